// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSetting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]setting{
		"c:a=b":               {"c", []string{"a"}, "b"},
		"c:a.b.c=1":           {"c", []string{"a", "b", "c"}, int64(1)},
		"c:a=1.10":            {"c", []string{"a"}, 1.1},
		`c:a="1.10"`:          {"c", []string{"a"}, "1.10"},
		"c:a=yes":             {"c", []string{"a"}, true},
		"c:a=null":            {"c", []string{"a"}, nil},
		"c:a=":                {"c", []string{"a"}, ""},
		"c:a= ":               {"c", []string{"a"}, ""},
		"c:a=b=c:d":           {"c", []string{"a"}, "b=c:d"},
		"c:a=[x, {b: 2}]":     {"c", []string{"a"}, []any{"x", map[string]any{"b": int64(2)}}},
		"c:a=x: 1":            {"c", []string{"a"}, map[string]any{"x": int64(1)}},
		`c:nvidia\.com/gpu=1`: {"c", []string{"nvidia.com/gpu"}, int64(1)},
		`c:a\=b.c\\.d\x=1`:    {"c", []string{"a=b", `c\`, `d\x`}, int64(1)},
		"c:a=|\n  one\n  two": {"c", []string{"a"}, "one\ntwo"},
	} {
		got, err := parseSetting(t.Context(), text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(setting{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseSettingErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "want COMPONENT:PATH=VALUE",
		"a=b":           "want COMPONENT:PATH=VALUE",
		":a=b":          "want COMPONENT:PATH=VALUE",
		"c:a":           "want COMPONENT:PATH=VALUE",
		"c:":            "want COMPONENT:PATH=VALUE",
		"c:=b":          "empty key",
		"c:a.=b":        "empty key",
		"c:a..b=b":      "empty key",
		"c:.a=b":        "empty key",
		"c:a\xff=b":     "not valid UTF-8",
		"c:a.e[0].n=x":  `"e[0]" names one element of a list, and a list is set whole: e='[{name: A, value: b}]' or e='[a, b]'`,
		"c:a.e[]=x":     `"e[]" names one element of a list`,
		"c:a=[":         "the value is not YAML: line 1",
		"c:a=# b":       "the value is not YAML",
		"c:a=1\n---\n2": "a second document",
		"c:a=!x y":      "the tag",
	} {
		if got, err := parseSetting(t.Context(), text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %q", text, got, err, want)
		}
	}
}

// FuzzParseSetting sees that a setting is a tree with its value at its path,
// and nothing else.
func FuzzParseSetting(f *testing.F) {
	for _, seed := range []string{"c:a.b=1", `c:a\.b="x"`, "c:a=[1, {b: null}]", "c:a=b\nc: d", "c:..=", `c:\=\\.x=`, "c:a=*b", "c:a=&x [*x]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSetting(t.Context(), text)
		if err != nil {
			return
		}
		var at any = s.tree()
		for _, key := range s.path {
			tree, ok := at.(map[string]any)
			if !ok || len(tree) != 1 || key == "" {
				t.Fatalf("%q: %v stands in the place of a mapping of %q alone", text, at, key)
			}
			at = tree[key]
		}
		if diff := cmp.Diff(s.value, at); diff != "" {
			t.Errorf("%q (-value +tree):\n%s", text, diff)
		}
		if _, err := encodeTrees(map[string]map[string]any{s.component: s.tree()}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
