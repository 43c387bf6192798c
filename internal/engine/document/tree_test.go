// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

func tree(t *testing.T, text string) (map[string]any, error) {
	t.Helper()
	root, err := document.Parse(t.Context(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return root.Tree()
}

func TestTreeReadsAsHelmDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"y": true, "Yes": true, "on": true, "TRUE": true, "n": false, "No": false, "off": false, "false": false,
		`"on"`: "on", "'off'": "off", "!!str yes": "yes", "!!bool yes": true, "!!int '3'": int64(3), "!!null ''": nil,
		"null": nil, "~": nil, "": nil,
		"3": int64(3), "-3": int64(-3), "1_000": int64(1000), "0x10": int64(16), "010": int64(8), "18446744073709551615": float64(18446744073709551615),
		"1.5": 1.5, ".5": 0.5, "1.5e+3": 1500.0, "1e3": "1e3", "1.": "1.", "1.2.3": "1.2.3", "+x": "+x",
		"2026-01-02": "2026-01-02", "!!timestamp 2026-01-02": "2026-01-02", "25%": "25%", "yEs": "yEs",
		"[a, on, {b: null}]": []any{"a", true, map[string]any{"b": nil}},
		"{}":                 map[string]any{}, "|\n  on\n": "on\n",
	} {
		got, err := tree(t, "a: "+text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(map[string]any{"a": want}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestTreeReadsKeysAsText(t *testing.T) {
	t.Parallel()
	got, err := tree(t, "on: 1\n\"off\": 2\n3: c\n~: d\nb: &x {c: y}\nd: *x\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"true": int64(1), "off": int64(2), "3": "c", "null": "d",
		"b": map[string]any{"c": true}, "d": map[string]any{"c": true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTreeRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- a":                        "line 1, column 1: got a list, want a mapping",
		"a: .inf":                    "line 1, column 4: a: .inf is not a number that JSON can carry",
		"a: !!float .nan":            "a: .nan is not a number that JSON can carry",
		"a: !x y":                    `a: the tag "!x" is not supported`,
		"on: 1\nyes: 2":              `line 2, column 6: yes: the key "true" is given twice`,
		"a: [b, {c: 1, c: 2}]":       `the key "c" is given twice`,
		"a: &x {b: c}\nd:\n  <<: *x": "merge keys (<<) are not supported",
	} {
		if _, err := tree(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func FuzzTree(f *testing.F) {
	for _, s := range []string{"a: on\nb: [1, 0x1, 1e3, ~]", "on: {off: !!bool y}", `{"a": 1.5}`, "a: !!float .inf"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := document.Parse(t.Context(), data)
		if err != nil {
			return
		}
		tree, err := root.Tree()
		if err == nil && tree == nil {
			t.Error("no tree and no error")
		}
	})
}
