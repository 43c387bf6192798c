// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const templatesDir = "../../templates"

// situation is a column of the table "Known at plan?".
type situation struct {
	title  string
	config string
}

func situations() []situation {
	return []situation{
		{"Known recipe", bundleConfig},
		{"Known recipe, an unknown override of the component", unknownRecipe + `
data "eidos_recipe" "known" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  kubernetes_version = "1.34"
}

resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.known.json
  bundlers   = ["gpu-operator"]
  overrides  = { gpu-operator = yamlencode({ operator = { runtimeClass = terraform_data.cluster.output } }) }
  output_dir = "out"
}
`},
		{"Unknown recipe, `bundlers` and `releases` set", unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  bundlers   = ["gpu-operator"]
  releases   = { gpu-operator = "v26.7.0" }
  output_dir = "out"
}
`},
		{"Unknown recipe, `bundlers` set", unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  bundlers   = ["gpu-operator", "network-operator"]
  output_dir = "out"
}
`},
		{"Unknown recipe, `bundlers` not set", unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  output_dir = "out"
}
`},
	}
}

// TestKnownAtPlan makes a plan for every column of the documented table and
// compares every cell with it.
func TestKnownAtPlan(t *testing.T) {
	t.Parallel()
	header, rows := knownAtPlanTable(t)
	for _, attribute := range computedAttributes("", schemas(t)["eidos_bundle"].Block.Attributes) {
		if rows[attribute] == nil {
			t.Errorf("the table has no row for %s", attribute)
		}
	}
	for column, s := range situations() {
		t.Run(s.title, func(t *testing.T) {
			t.Parallel()
			if column >= len(header) || header[column] != s.title {
				t.Fatalf("the table's columns are %q, want %q at %d", header, s.title, column)
			}
			planned := newWorkspace(t, map[string]string{"main.tf": s.config}).plan()["eidos_bundle.test"]
			for attribute, cells := range rows {
				if got := planned.knowledge(attribute); got != cells[column] {
					t.Errorf("%s is %s, the table says %s", attribute, got, cells[column])
				}
			}
		})
	}
}

// knownAtPlanTable returns the titles of the columns and the cells by
// attribute, both without the first column.
func knownAtPlanTable(t *testing.T) (header []string, rows map[string][]string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(templatesDir, "resources", "bundle.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "## Known at plan?")
	attribute := regexp.MustCompile("^`([^`]+)`")
	rows = map[string][]string{}
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if header == nil {
			header = cells[1:]
			continue
		}
		name := attribute.FindStringSubmatch(cells[0])
		if name == nil || len(cells) != len(header)+1 {
			t.Fatalf("a row of the table does not name an attribute and fill every column: %s", line)
		}
		rows[name[1]] = cells[1:]
	}
	return header, rows
}

// computedAttributes lists what needs a row: every computed attribute, and of a
// map of objects each attribute of its elements.
func computedAttributes(prefix string, attributes []*tfprotov6.SchemaAttribute) []string {
	var names []string
	for _, a := range attributes {
		if !a.Computed {
			continue
		}
		names = append(names, prefix+a.Name)
		if a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeMap {
			names = append(names, computedAttributes(prefix+a.Name+"[*].", a.NestedType.Attributes)...)
		}
	}
	return names
}

// knowledge tells in the words of the table what a plan knows of an attribute.
func (c change) knowledge(attribute string) string {
	object, element, nested := strings.Cut(attribute, "[*].")
	if c.AfterUnknown[object] == true {
		return "unknown"
	}
	value, isMap := c.After[object].(map[string]any)
	switch {
	case c.After[object] == nil:
		return "absent"
	case nested:
		return elementKnowledge(value, c.AfterUnknown[object], element)
	case object == "components":
		if !isMap || len(value) == 0 {
			return "absent"
		}
		return "known" // its keys
	case firstUnknown(object, c.AfterUnknown[object]) != "":
		return "unknown"
	}
	return "known"
}

// elementKnowledge is the same for one attribute of all elements of a map.
func elementKnowledge(elements map[string]any, unknown any, attribute string) string {
	var words []string
	unknowns, _ := unknown.(map[string]any)
	for key, element := range elements {
		values, _ := element.(map[string]any)
		marks, _ := unknowns[key].(map[string]any)
		word := "known"
		switch {
		case firstUnknown(attribute, marks[attribute]) != "":
			word = "unknown"
		case values[attribute] == nil:
			word = "absent"
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " or ")
}

func TestDataSourcesAreReadAtPlan(t *testing.T) {
	t.Parallel()
	snapshot := func(document string) string {
		return "\ndata \"eidos_snapshot\" \"test\" {\n  document = " + document + "\n}\n"
	}
	files := func(config string) map[string]string {
		return map[string]string{"main.tf": config, "snapshot.yaml": snapshotDocument}
	}
	known := newWorkspace(t, files(requireEidos+recipeConfig+snapshot(`file("snapshot.yaml")`))).plan()
	unknown := newWorkspace(t, files(unknownRecipe+`
resource "terraform_data" "document" {
  input = file("snapshot.yaml")
}
`+snapshot("terraform_data.document.output"))).plan()
	for _, address := range []string{"data.eidos_recipe.test", "data.eidos_snapshot.test"} {
		if c, left := known[address]; left {
			t.Errorf("with known input, %s is left to the apply: %v", address, c.Actions)
		}
		if c := unknown[address]; !slices.Equal(c.Actions, []string{"read"}) {
			t.Errorf("with unknown input, the plan of %s is %v, want read", address, c.Actions)
		}
	}
}

// TestDocumentedConfigurations plans the whole configurations in the pages
// (```terraform), and looks up what fragments (```hcl) read. Fragments are what
// cannot be planned here, for it needs other providers.
func TestDocumentedConfigurations(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?ms)^```(terraform|hcl)\n(.*?)^```$")
	planned := 0
	err := filepath.WalkDir(templatesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, block := range fence.FindAllStringSubmatch(string(content), -1) {
			w := newWorkspace(t, map[string]string{"main.tf": block[2]})
			if r := w.terraform("fmt", "-check", "-diff"); r.code != 0 {
				t.Errorf("%s: a configuration is not formatted:\n%s", path, r.output)
			}
			readAttributes(t, block[2])
			if block[1] == "terraform" {
				w.plan()
				planned++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if planned == 0 {
		t.Error("no page has a configuration")
	}
}
