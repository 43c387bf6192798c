// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"fmt"
	"io/fs"
	"os"
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

// exampleDirs returns every directory below examples that holds a
// configuration.
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
	return dirs
}

// newExample copies a directory of examples, without what an apply has left
// there.
func newExample(t *testing.T, dir string) *workspace {
	t.Helper()
	source := filepath.Join(examplesDir, filepath.FromSlash(dir))
	entries, err := os.ReadDir(source)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		if !slices.Contains([]string{".tf", ".yaml"}, filepath.Ext(entry.Name())) || entry.Name() == helmFile {
			continue
		}
		content, err := os.ReadFile(filepath.Join(source, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return newWorkspace(t, files)
}

func TestExamplesArePlanned(t *testing.T) {
	t.Parallel()
	dirs := exampleDirs(t)
	for _, want := range []string{
		"data-sources/eidos_recipe", "data-sources/eidos_snapshot", statusExample, helmExample, "provider", "quickstart", agentExample, "resources/eidos_bundle", "resources/eidos_manifests",
	} {
		if !slices.Contains(dirs, want) {
			t.Errorf("there is no example %s", want)
		}
	}
	for _, dir := range dirs {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			for address, c := range newExample(t, dir).plan() {
				if at := firstUnknown(address, c.AfterUnknown); at != "" && dir != agentExample && dir != statusExample {
					t.Errorf("%s is known only after apply", at)
				}
			}
		})
	}
}

// TestExampleTestsPass runs the tests that show how a team tests its module.
func TestExampleTestsPass(t *testing.T) {
	t.Parallel()
	const dir, tests = "testing", "tests/stack.tftest.hcl"
	w := newExample(t, dir)
	content, err := os.ReadFile(filepath.Join(examplesDir, dir, filepath.FromSlash(tests)))
	if err != nil {
		t.Fatal(err)
	}
	w.write(tests, string(content))
	runs := strings.Count(string(content), "\nrun ")
	w.contains(w.must("test"), fmt.Sprintf("Success! %d passed, 0 failed.", runs))
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
