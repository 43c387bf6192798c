// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// renderer is shared by all tests, as a front door shares one.
var renderer = sync.OnceValue(bundle.NewRenderer)

// fixtures are the names of the recipes in testdata/recipes.
func fixtures() []string { return slices.Sorted(maps.Keys(stacks())) }

func fixture(tb testing.TB, name string) document.Recipe {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "recipes", name+".yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	recipe, err := document.DecodeRecipe(tb.Context(), text)
	if err != nil {
		tb.Fatal(err)
	}
	return recipe
}

func render(tb testing.TB, req bundle.Request) *bundle.Bundle {
	tb.Helper()
	b, err := renderer().Render(tb.Context(), req)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// k8s is the path of a recipe's key below K8s.
type k8s struct{ subtype, key string }

func config(key string) k8s  { return k8s{"config", key} }
func image(key string) k8s   { return k8s{"image", key} }
func network(key string) k8s { return k8s{"network-config", key} }

// with returns a copy of the recipe in which a key has another value; nil
// removes it.
func with(tb testing.TB, recipe document.Recipe, at k8s, value any) document.Recipe {
	tb.Helper()
	list := recipe.Measurements.Sorted()
	for i := range list[0].Subtypes {
		s := &list[0].Subtypes[i]
		if s.Name != at.subtype {
			continue
		}
		s.Data = maps.Clone(s.Data)
		s.Context = maps.Clone(s.Context)
		delete(s.Data, at.key)
		delete(s.Context, at.key)
		if value != nil {
			reading, err := measurement.FromAny(value)
			if err != nil {
				tb.Fatal(err)
			}
			s.Data[at.key] = reading
		}
		recipe.Measurements = list
		return recipe
	}
	tb.Fatalf("the recipe has no subtype %s", at.subtype)
	return recipe
}

// withContext returns a copy of the recipe in which a key has another reason.
func withContext(tb testing.TB, recipe document.Recipe, at k8s, context string) document.Recipe {
	tb.Helper()
	recipe = with(tb, recipe, at, recipe.Measurements.Get(measurement.K8s, at.subtype, at.key).Any())
	s := recipe.Measurements.Subtype(measurement.K8s, at.subtype)
	if s.Context == nil {
		s.Context = map[string]string{}
	}
	s.Context[at.key] = context
	return recipe
}

// contents returns the text of every file by path.
func contents(b *bundle.Bundle) map[string]string {
	texts := map[string]string{}
	for _, f := range b.Files {
		texts[f.Path] = string(f.Content)
	}
	return texts
}

func componentOf(tb testing.TB, b *bundle.Bundle, name string) bundle.Component {
	tb.Helper()
	for _, c := range b.Components {
		if c.Name == name {
			return c
		}
	}
	tb.Fatalf("the bundle has no component %s", name)
	return bundle.Component{}
}

// values decodes the values of a component.
func values(tb testing.TB, b *bundle.Bundle, name string) map[string]any {
	tb.Helper()
	root, err := document.Parse(tb.Context(), []byte(componentOf(tb, b, name).Values))
	if err != nil {
		tb.Fatal(err)
	}
	tree, err := root.Tree()
	if err != nil {
		tb.Fatal(err)
	}
	return tree
}
