// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"gopkg.in/yaml.v3"
)

// setting is one key that a layer of the data sets or, without a value,
// removes.
type setting struct {
	file, path string
	key        map[string]string // of the overlay; nil for the base
	value      any
	context    string
}

type fragmentTypes []struct {
	Type     string
	Subtypes []struct {
		Subtype string
		Data    map[string]any
		Context map[string]string
	}
}

func (ts fragmentTypes) settings(file string, key map[string]string) []setting {
	var all []setting
	for _, t := range ts {
		for _, s := range t.Subtypes {
			for _, name := range slices.Sorted(maps.Keys(s.Data)) {
				all = append(all, setting{file, t.Type + "/" + s.Subtype + "/" + name, key, s.Data[name], s.Context[name]})
			}
		}
	}
	return all
}

// catalogueSettings reads every setting of the data as it stands in the files.
func catalogueSettings(t *testing.T) []setting {
	t.Helper()
	var all []setting
	err := fs.WalkDir(os.DirFS("data"), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path.Join("data", file))
		if err != nil {
			return err
		}
		var fragment struct {
			Base     fragmentTypes
			Overlays []struct {
				Key   map[string]string
				Types fragmentTypes
			}
			Platforms []struct {
				Service string
				GPUs    []struct {
					GPU   string
					Types fragmentTypes
				}
			}
		}
		if err := yaml.Unmarshal(data, &fragment); err != nil {
			return err
		}
		all = append(all, fragment.Base.settings(file, nil)...)
		for _, overlay := range fragment.Overlays {
			all = append(all, overlay.Types.settings(file, overlay.Key)...)
		}
		for _, p := range fragment.Platforms {
			for _, g := range p.GPUs {
				all = append(all, g.Types.settings(file, map[string]string{"service": p.Service, "gpu": g.GPU})...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("the data holds no settings")
	}
	return all
}

func TestCatalogueContextsReadWell(t *testing.T) {
	t.Parallel()
	const longest = 140 // a comment of values.yaml on one line
	explains := map[string]string{}
	for _, s := range catalogueSettings(t) {
		if s.value == nil {
			continue
		}
		words := []rune(s.context)
		switch {
		case len(words) < 10 || len(words) > longest:
			t.Errorf("%s: %s: the context has %d characters, want 10 to %d: %q", s.file, s.path, len(words), longest, s.context)
		case strings.HasSuffix(s.context, "."):
			t.Errorf("%s: %s: the context ends with a period: %q", s.file, s.path, s.context)
		case unicode.IsLower(words[0]) && !namesSomething(s.context):
			t.Errorf("%s: %s: the context begins in lower case: %q", s.file, s.path, s.context)
		case strings.Contains(s.context, "catalogue"):
			t.Errorf("%s: %s: users know the catalog, which the context spells otherwise: %q", s.file, s.path, s.context)
		}
		if other, taken := explains[s.context]; taken && other != s.path {
			t.Errorf("%s: %s and %s share the context %q", s.file, s.path, other, s.context)
		}
		explains[s.context] = s.path
	}
}

// namesSomething reports whether a text begins with a name that is written in
// lower case, such as that of an instance type.
func namesSomething(context string) bool {
	name, _, _ := strings.Cut(context, " ")
	return strings.ContainsAny(name, "0123456789-")
}

func TestCataloguePinsHaveOneHome(t *testing.T) {
	t.Parallel()
	settings := catalogueSettings(t)
	inLine := func(s setting) bool { return s.file == "base.yaml" || path.Dir(s.file) == "lines" }
	home := map[string]string{} // of pins outside the lines
	pinned := map[string]bool{}
	for _, s := range settings {
		if strings.HasPrefix(s.path, "K8s/image/") && inLine(s) {
			pinned[s.path] = true
		}
	}
	for _, s := range settings {
		switch {
		case path.Dir(s.file) == "lines" && s.value != nil && !slices.Equal(slices.Collect(maps.Keys(s.key)), []string{"k8s"}):
			t.Errorf("%s: %s depends on more than the Kubernetes version: %v", s.file, s.path, s.key)
		case inLine(s) || !strings.HasPrefix(s.path, "K8s/image/"):
		case pinned[s.path]:
			t.Errorf("%s sets %s, which a release line sets", s.file, s.path)
		case home[s.path] != "":
			t.Errorf("%s and %s both set %s", home[s.path], s.file, s.path)
		default:
			home[s.path] = s.file
		}
	}
}

func TestCatalogueImageTagsAreFull(t *testing.T) {
	t.Parallel()
	const v = `v\d+\.\d+(\.\d+)?`
	ofRelease := regexp.MustCompile(`^network-operator-v\d+\.\d+\.\d+$`)
	patterns := map[string]*regexp.Regexp{
		"gpu-operator":                 regexp.MustCompile(`^v\d+\.\d+\.\d+$`),
		"driver":                       regexp.MustCompile(`^\d{3}\.\d+\.\d+$`),
		"container-toolkit":            regexp.MustCompile(`^(v1\.17\.\d+-ubuntu20\.04|v1\.(1[89]|[2-9]\d)\.\d+)$`),
		"k8s-device-plugin":            regexp.MustCompile(`^v\d+\.\d+\.\d+$`),
		"dcgm":                         regexp.MustCompile(`^\d+\.\d+\.\d+-\d+-ubuntu2[24]\.04$`),
		"dcgm-exporter":                regexp.MustCompile(`^\d+\.\d+\.\d+-\d+\.\d+\.\d+-(distroless|ubuntu22\.04)$`),
		"k8s-driver-manager":           regexp.MustCompile(`^v\d+\.\d+\.\d+$`),
		"k8s-mig-manager":              regexp.MustCompile(`^(v0\.12\.\d+-ubuntu20\.04|v0\.(1[3-9]|[2-9]\d)\.\d+)$`),
		"gdrdrv":                       regexp.MustCompile(`^` + v + `$`),
		"nvidia-fs":                    regexp.MustCompile(`^\d+\.\d+\.\d+$`),
		"network-operator":             regexp.MustCompile(`^\d+\.\d+\.\d+$`),
		"mofed-driver":                 regexp.MustCompile(`^doca\d+\.\d+\.\d+-\d+\.\d+-\d+\.\d+\.\d+\.\d+-\d+$`),
		"rdma-shared-device-plugin":    ofRelease,
		"sriov-device-plugin":          ofRelease,
		"multus-cni":                   ofRelease,
		"container-networking-plugins": ofRelease,
		"nvidia-k8s-ipam":              ofRelease,
		"nic-feature-discovery":        ofRelease,
		"nvidia-dra-driver-gpu":        regexp.MustCompile(`^\d+\.\d+\.\d+$`),
		"aws-efa-k8s-device-plugin":    regexp.MustCompile(`^v\d+\.\d+\.\d+$`),
	}
	seen := map[string]bool{}
	for _, s := range catalogueSettings(t) {
		component, isImage := strings.CutPrefix(s.path, "K8s/image/")
		if !isImage {
			continue
		}
		seen[component] = true
		pattern, known := patterns[component]
		if !known {
			t.Errorf("%s: unknown component %s", s.file, component)
			continue
		}
		if tag, ok := s.value.(string); s.value != nil && (!ok || !pattern.MatchString(tag)) {
			t.Errorf("%s: %s is %v, want a full tag like %s", s.file, s.path, s.value, pattern)
		}
	}
	for component := range patterns {
		if !seen[component] {
			t.Errorf("no line sets %s", component)
		}
	}
}
