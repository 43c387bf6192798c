// SPDX-License-Identifier: Apache-2.0

package tree_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

func decode(tb testing.TB, text string) map[string]any {
	tb.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
	return out
}

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"":                             {""},
		"driver":                       {"driver"},
		"driver.rdma.enabled":          {"driver", "rdma", "enabled"},
		"a..b":                         {"a", "", "b"},
		"a.":                           {"a", ""},
		`nodeSelector."kubernetes.io"`: {"nodeSelector", "kubernetes.io"},
		`a."b.c".d`:                    {"a", "b.c", "d"},
		`"a.b"`:                        {"a.b"},
		`""`:                           {""},
		`a."\"b"`:                      {"a", `"b`},
		`a."b`:                         {"a", `"b`},
		`a."b"c.d`:                     {"a", `"b"c`, "d"},
		"a.`b.c`":                      {"a", "`b", "c`"},
	}
	for path, want := range tests {
		if diff := cmp.Diff(want, slices.Collect(tree.Names(path))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func FuzzJoin(f *testing.F) {
	for _, seed := range []string{"", "a", "a.b", `"`, `a"b`, "`", ".", "ü.\x00", "\xff.", `"a".b`, `\`} {
		f.Add(seed, "b.c")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		path := tree.Join(tree.Join("", first), second)
		if got := slices.Collect(tree.Names(path)); !slices.Equal(got, []string{first, second}) {
			t.Errorf("%q and %q make %s, which parts into %q", first, second, path, got)
		}
	})
}

const sample = `{"driver":{"version":"580","env":[],"upgradePolicy":{},"startupProbe":null},"selector":{"a.b/c":"d"}}`

func TestLookup(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want any
		ok   bool
	}{
		"driver.version":       {"580", true},
		"driver.upgradePolicy": {map[string]any{}, true},
		"driver.startupProbe":  {nil, true},
		`selector."a.b/c"`:     {"d", true},
		"selector.a.b/c":       {nil, false},
		"driver.verzion":       {nil, false},
		"driver.version.more":  {nil, false},
		"driver.env.more":      {nil, false},
		"toolkit.version":      {nil, false},
		"":                     {nil, false},
	}
	values := decode(t, sample)
	for path, want := range tests {
		got, ok := tree.Lookup(values, path)
		if diff := cmp.Diff(want.want, got); diff != "" || ok != want.ok {
			t.Errorf("%s: ok %t, want %t (-want +got):\n%s", path, ok, want.ok, diff)
		}
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"driver.version":  `{"driver":{"version":1,"env":[]},"cdi":true}`,
		"driver.rdma.use": `{"driver":{"env":[],"rdma":{"use":1}},"cdi":true}`,
		"driver.env.a":    `{"driver":{"env":{"a":1}},"cdi":true}`,
		"cdi.enabled":     `{"driver":{"env":[]},"cdi":{"enabled":1}}`,
		`driver."a.b".c`:  `{"driver":{"env":[],"a.b":{"c":1}},"cdi":true}`,
		"toolkit.a.b":     `{"driver":{"env":[]},"cdi":true,"toolkit":{"a":{"b":1}}}`,
	}
	for path, want := range tests {
		values := decode(t, `{"driver":{"env":[]},"cdi":true}`)
		tree.Set(values, path, 1.0)
		if diff := cmp.Diff(decode(t, want), values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestMap(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"driver":      `{"driver":{"env":[],"new":1},"cdi":true}`,
		"driver.rdma": `{"driver":{"env":[],"rdma":{"new":1}},"cdi":true}`,
		"cdi.a":       `{"driver":{"env":[]},"cdi":{"a":{"new":1}}}`,
		"":            `{"driver":{"env":[]},"cdi":true,"new":1}`,
	}
	for path, want := range tests {
		values := decode(t, `{"driver":{"env":[]},"cdi":true}`)
		tree.Map(values, path)["new"] = 1.0
		if diff := cmp.Diff(decode(t, want), values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"driver.version": true, "driver.version.more": true, "driver.env.a": true, "driver.startupProbe.x": true,
		"driver": true, "driver.upgradePolicy": true, `selector."a.b/c"`: true,
		"driver.verzion": false, "driver.upgradePolicy.more": false, "toolkit": false, "selector.a.b/c": false,
	}
	values := decode(t, sample)
	for path, want := range tests {
		if got := tree.Covers(values, path); got != want {
			t.Errorf("%s: got %t", path, got)
		}
	}
}

func TestLeaves(t *testing.T) {
	t.Parallel()
	want := []string{"driver.env", "driver.startupProbe", "driver.upgradePolicy", "driver.version", `selector."a.b/c"`}
	if diff := cmp.Diff(want, tree.Leaves(decode(t, sample))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := tree.Leaves(nil); got != nil {
		t.Errorf("of nothing: got %v", got)
	}
}

func BenchmarkLookup(b *testing.B) {
	values := decode(b, sample)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := tree.Lookup(values, "driver.version"); !ok {
			b.Fatal("not found")
		}
	}
}
