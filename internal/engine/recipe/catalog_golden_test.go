// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestCatalogGolden makes the recipe of every request in the folder. To add
// one, write a file with its request alone, and run the test with -update.
func TestCatalogGolden(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	files, err := filepath.Glob("testdata/golden/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var request struct{ Request map[string]string }
			if err := yaml.Unmarshal(want, &request); err != nil {
				t.Fatal(err)
			}
			var q document.Query
			for field, text := range request.Request {
				*q.Field(field) = text
			}
			got := summary(t, request.Request, recipeFor(t, c, q))
			if *recipe.Update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// summary is a request, and its recipe on one line a value with the layer that
// set it.
func summary(t *testing.T, request map[string]string, r *recipe.Result) []byte {
	t.Helper()
	values := map[string]any{}
	for _, m := range r.Recipe.Measurements {
		for _, s := range m.Subtypes {
			for key, reading := range s.Data {
				values[string(m.Type)+"/"+s.Name+"/"+key] = reading.Any()
			}
		}
	}
	constraints := []string{}
	for _, c := range r.Recipe.Constraints {
		constraints = append(constraints, c.Layer+" demands "+c.Field+" "+c.Range)
	}
	readings := &yaml.Node{Kind: yaml.MappingNode}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		var value yaml.Node
		if err := value.Encode(values[path]); err != nil {
			t.Fatal(err)
		}
		value.LineComment = r.Provenance[path]
		readings.Content = append(readings.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path}, &value)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(struct {
		Request      map[string]string `yaml:"request"`
		MatchedRules []string          `yaml:"matchedRules"`
		Constraints  []string          `yaml:"constraints"`
		Values       *yaml.Node        `yaml:"values"`
	}{request, r.Recipe.MatchedRules, constraints, readings})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
