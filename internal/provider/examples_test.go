// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	examplesDir = "../../examples"
	helmExample = "eks-h100-training"
	// These plan what a cluster says later.
	agentExample  = "resources/eidos_agent"
	statusExample = "data-sources/eidos_status"
	// helmFile needs a provider that tests do not have.
	helmFile = "helm.tf"
)

// helmProvider is what a configuration says of that provider.
var helmProvider = regexp.MustCompile(`(?m)^    helm = \{\n(?:      .*\n)+    \}\n`)

// exampleDirs returns every directory below examples that holds a
// configuration, except the modules of others.
func exampleDirs(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(examplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".tf" {
			return err
		}
		dir, err := filepath.Rel(examplesDir, filepath.Dir(path))
		if dir = filepath.ToSlash(dir); err == nil && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(dirs)
	return slices.DeleteFunc(dirs, func(dir string) bool { return slices.Contains(all, path.Dir(dir)) })
}

// newExample copies a directory of examples with its modules and tests, without what an
// apply has left there.
func newExample(t *testing.T, dir string) *workspace {
	t.Helper()
	source := os.DirFS(filepath.Join(examplesDir, filepath.FromSlash(dir)))
	files := map[string]string{}
	modules, required := false, 0
	for _, pattern := range []string{"*.tf", "*.yaml", "*/*.tf", "tests/*.hcl"} {
		names, err := fs.Glob(source, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := fs.ReadFile(source, name)
			if err != nil {
				t.Fatal(err)
			}
			if path.Dir(name) == "." {
				required += strings.Count(string(content), "required_providers {")
			}
			if name != helmFile {
				files[name] = helmProvider.ReplaceAllString(string(content), "")
			}
			modules = modules || path.Dir(name) != "." && path.Ext(name) == ".tf"
		}
	}
	if required > 1 {
		t.Errorf("%s has %d blocks required_providers, and Terraform takes one", dir, required)
	}
	w := newWorkspace(t, files)
	if modules {
		w.must("get")
	}
	return w
}

func TestExamplesArePlanned(t *testing.T) {
	t.Parallel()
	dirs := exampleDirs(t)
	for _, want := range []string{
		"data-sources/eidos_recipe", "data-sources/eidos_snapshot", statusExample, helmExample, "provider", "quickstart", "fleet", agentExample, "resources/eidos_bundle", "resources/eidos_manifests",
	} {
		if !slices.Contains(dirs, want) {
			t.Errorf("there is no example %s", want)
		}
	}
	for _, dir := range dirs {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			w := newExample(t, dir)
			for address, c := range w.plan() {
				if at := firstUnknown(address, c.AfterUnknown); at != "" && dir != agentExample && dir != statusExample {
					t.Errorf("%s is known only after apply", at)
				}
			}
		})
	}
}

// TestExamplesSayTheirSize: an example says how many resources its plan has.
func TestExamplesSayTheirSize(t *testing.T) {
	t.Parallel()
	said := 0
	for _, dir := range exampleDirs(t) {
		main, err := os.ReadFile(filepath.Join(examplesDir, filepath.FromSlash(dir), "main.tf"))
		if size := statedSize(string(main)); err == nil && size != "" {
			said++
			w := newExample(t, dir)
			w.contains(w.must("plan", "-input=false", "-no-color"), "Plan: "+size+" to add, 0 to change, 0 to destroy.")
		}
	}
	if said < 3 {
		t.Errorf("%d examples say how many resources their plans have", said)
	}
}

// statedSize is the number of resources that a configuration says its plan adds, "" for
// none.
func statedSize(main string) string {
	if size := regexp.MustCompile(`(?m)^# Plan: (\d+) to add\.$`).FindStringSubmatch(main); size != nil {
		return size[1]
	}
	return ""
}

// TestExampleTestsPass runs the tests that show how a team tests its module and its
// fleet.
func TestExampleTestsPass(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examplesDir, "*", "tests", "*.tftest.hcl"))
	if err != nil || len(files) < 2 {
		t.Fatalf("got %q (%v)", files, err)
	}
	for _, file := range files {
		dir := filepath.Base(filepath.Dir(filepath.Dir(file)))
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			w := newExample(t, dir)
			runs := strings.Count(readPage(t, file), "\nrun ")
			w.contains(w.must("test"), fmt.Sprintf("Success! %d passed, 0 failed.", runs))
		})
	}
}

// TestExamplesAreListed: the table of examples has each one, those of the module
// included, and says how many resources its plan has.
func TestExamplesAreListed(t *testing.T) {
	t.Parallel()
	table := readPage(t, filepath.Join(examplesDir, "README.md"))
	var mains []string
	for _, pattern := range []string{"*/main.tf", "../modules/gpu-stack/examples/*/main.tf"} {
		found, err := filepath.Glob(filepath.Join(examplesDir, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		mains = append(mains, found...)
	}
	for _, main := range mains {
		dir, err := filepath.Rel(examplesDir, filepath.Dir(main))
		if err != nil {
			t.Fatal(err)
		}
		size := cmp.Or(statedSize(readPage(t, main)), "-")
		if row := regexp.MustCompile(`(?m)^\| .*\]\(` + regexp.QuoteMeta(filepath.ToSlash(dir)) + `\) \| .* \| ` + size + ` \|$`); !row.MatchString(table) {
			t.Errorf("examples/README.md has no row of %s with the size %s", dir, size)
		}
	}
}

func TestHelmExampleIsApplied(t *testing.T) {
	t.Parallel()
	w := newExample(t, helmExample)
	w.apply()
	w.unchanged()
	w.apply("-var=driver_version=580.126.20")
	if r := w.must("state", "show", "-no-color", "eidos_bundle.training"); !strings.Contains(r.output, "580.126.20") {
		t.Errorf("the driver of the variable is not in the bundle:\n%s", r.output)
	}
}

// TestHelmExampleReadsWhatExists checks the file that cannot be planned here.
func TestHelmExampleReadsWhatExists(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(examplesDir, helmExample, helmFile))
	if err != nil {
		t.Fatal(err)
	}
	read := readAttributes(t, string(content))
	for _, want := range []string{"chart", "namespace", "release_name", "repository", "requires", "values", "version"} {
		if !slices.Contains(read["component"], want) {
			t.Errorf("%s does not read %s of a component", helmFile, want)
		}
	}
}

func TestExamplesAreFormatted(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs(examplesDir)
	if err != nil {
		t.Fatal(err)
	}
	if r := newWorkspace(t, nil).terraform("fmt", "-check", "-diff", "-recursive", dir); r.code != 0 {
		t.Errorf("not formatted; run make fmt:\n%s", r.output)
	}
}

// readAttributes finds the attributes of this provider that a configuration
// reads, and fails on those that the schema does not have. Components go by the
// names that the examples give them in expressions, each.value and c.
func readAttributes(t *testing.T, configuration string) map[string][]string {
	t.Helper()
	all := schemas(t)
	components := attributeNamed(all["eidos_bundle"].Block.Attributes, "components").NestedType.Attributes
	read := map[string][]string{}
	for _, source := range []struct {
		object     string
		expression string
		attributes []*tfprotov6.SchemaAttribute
	}{
		{"component", `\b(?:each\.value|c)\.(\w+)`, components},
		{"component", `\.components\["[\w-]+"\]\.(\w+)`, components},
		{"bundle", `\beidos_bundle\.\w+\.(\w+)`, all["eidos_bundle"].Block.Attributes},
		{"agent", `\beidos_agent\.\w+\.(\w+)`, all["eidos_agent"].Block.Attributes},
		{"recipe", `\bdata\.eidos_recipe\.\w+\.(\w+)`, all["data.eidos_recipe"].Block.Attributes},
		{"snapshot", `\bdata\.eidos_snapshot\.\w+\.(\w+)`, all["data.eidos_snapshot"].Block.Attributes},
	} {
		for _, match := range regexp.MustCompile(source.expression).FindAllStringSubmatch(configuration, -1) {
			if attributeNamed(source.attributes, match[1]) == nil {
				t.Errorf("%s: a %s has no attribute %s", match[0], source.object, match[1])
			}
			read[source.object] = append(read[source.object], match[1])
		}
	}
	return read
}

func attributeNamed(attributes []*tfprotov6.SchemaAttribute, name string) *tfprotov6.SchemaAttribute {
	i := slices.IndexFunc(attributes, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return attributes[i]
}
