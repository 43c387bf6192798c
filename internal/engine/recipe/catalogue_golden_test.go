// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"bytes"
	"flag"
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

var update = flag.Bool("update", false, "rewrite the golden files")

func TestCatalogueGolden(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	for name, q := range map[string]document.Query{
		"eks-h100-ubuntu-training":           {Service: "eks", GPU: "h100", OS: "ubuntu", OSVersion: "22.04", Intent: "training", K8s: "v1.33.5-eks-3025e55"},
		"eks-gb200-ubuntu-training":          {Service: "eks", GPU: "gb200", OS: "ubuntu", OSVersion: "24.04", Kernel: "6.8.0-1028-aws", Intent: "training", K8s: "v1.33.5-eks-3025e55"},
		"gke-h100-cos-inference":             {Service: "gke", GPU: "h100", OS: "cos", Intent: "inference", K8s: "v1.34.1-gke.2037000"},
		"aks-h100-ubuntu-training":           {Service: "aks", GPU: "h100", OS: "ubuntu", Intent: "training", K8s: "1.32"},
		"oke-h100-ubuntu-training":           {Service: "oke", GPU: "h100", OS: "ubuntu", Intent: "training", K8s: "1.31"},
		"self-managed-l40s-ubuntu-inference": {Service: "self-managed", GPU: "l40s", OS: "ubuntu", Intent: "inference", K8s: "1.36"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := summary(t, recipeFor(t, c, q))
			file := filepath.Join("testdata", "golden", name+".yaml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// summary is a recipe on one line a value, with the layer that set it.
func summary(t *testing.T, r *recipe.Result) []byte {
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
		MatchedRules []string   `yaml:"matchedRules"`
		Constraints  []string   `yaml:"constraints"`
		Values       *yaml.Node `yaml:"values"`
	}{r.Recipe.MatchedRules, constraints, readings})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
