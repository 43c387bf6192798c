// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func loadCatalog(tb testing.TB) *recipe.Catalog {
	tb.Helper()
	data, err := os.ReadFile("testdata/catalog.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	c, err := recipe.Load(tb.Context(), data)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func mustLoad(tb testing.TB, text string) *recipe.Catalog {
	tb.Helper()
	c, err := recipe.Load(tb.Context(), []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// unversioned silences what most tests have no business with.
func unversioned() []string { return []string{"kubernetes-version-unknown"} }

// advised are the rules that ask for what a request of the whole catalog leaves open.
func advised() []string { return append(unversioned(), "dra-api-off", "fabric-unstated") }

func buildRecipe(tb testing.TB, c *recipe.Catalog, r recipe.Request) *recipe.Result {
	tb.Helper()
	r.IgnoreFindings = append(r.IgnoreFindings, unversioned()...)
	result, err := c.Build(tb.Context(), r)
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

func loadSnapshot(tb testing.TB) document.Snapshot {
	tb.Helper()
	data, err := os.ReadFile("testdata/snapshot.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	s, err := document.DecodeSnapshot(tb.Context(), data)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// snapshotOf builds a snapshot from paths ("K8s/node/provider") and texts. The
// key is all that follows the second slash.
func snapshotOf(readings map[string]string) document.Snapshot {
	var list measurement.List
	for path, text := range readings {
		parts := strings.SplitN(path, "/", 3)
		typ, name, key := measurement.Type(parts[0]), parts[1], parts[2]
		i := slices.IndexFunc(list, func(m measurement.Measurement) bool { return m.Type == typ })
		if i < 0 {
			i = len(list)
			list = append(list, measurement.Measurement{Type: typ})
		}
		if list.Subtype(typ, name) == nil {
			list[i].Subtypes = append(list[i].Subtypes, measurement.Subtype{Name: name, Data: map[string]measurement.Reading{}})
		}
		list.Subtype(typ, name).Data[key] = measurement.Str(text)
	}
	return document.Snapshot{Measurements: list}
}

// flat returns every value of a recipe by its path.
func flat(list measurement.List) map[string]string {
	values := map[string]string{}
	for _, m := range list {
		for _, s := range m.Subtypes {
			for key, value := range s.Data {
				values[measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()] = value.String()
			}
		}
	}
	return values
}

// wantErrors checks that err consists of errors with these fields, in order,
// whose messages contain these texts.
func wantErrors(t *testing.T, err error, want ...[2]string) {
	t.Helper()
	got := recipe.Errors(err)
	if len(got) != len(want) {
		t.Fatalf("got %d errors, want %d: %v", len(got), len(want), err)
	}
	for i, w := range want {
		if got[i].Field != w[0] || !strings.Contains(got[i].Error(), w[1]) {
			t.Errorf("error %d: got field %q, %q; want field %q with %q", i, got[i].Field, got[i], w[0], w[1])
		}
	}
}

// wantWarnings checks fields and texts of warnings, in order.
func wantWarnings(t *testing.T, got []recipe.Finding, want ...[2]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d warnings, want %d: %v", len(got), len(want), got)
	}
	for i, w := range want {
		if got[i].Field != w[0] || !strings.Contains(got[i].Message, w[1]) {
			t.Errorf("warning %d: got %+v; want field %q with %q", i, got[i], w[0], w[1])
		}
	}
}
