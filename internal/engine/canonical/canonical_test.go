// SPDX-License-Identifier: Apache-2.0

package canonical_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
)

func TestValueGivesOneForm(t *testing.T) {
	t.Parallel()
	tree := map[string]any{
		"b": []any{int64(1), 2, uint64(math.MaxUint64), 1.0, true, nil, "x"},
		"a": map[string]any{"on": "off", "n": "1.10", "e": "", "t": "line one\nline two\n", "date": "2026-01-02", "plain": "v1.20.0"},
		"c": map[string]any{}, "d": []any{},
	}
	node, err := canonical.Value(tree)
	if err != nil {
		t.Fatal(err)
	}
	gotYAML, err := canonical.YAML(node)
	if err != nil {
		t.Fatal(err)
	}
	wantYAML := `a:
  date: "2026-01-02"
  e: ""
  "n": "1.10"
  "on": "off"
  plain: v1.20.0
  t: |
    line one
    line two
b:
  - 1
  - 2
  - 18446744073709551615
  - 1.0
  - true
  - null
  - x
c: {}
d: []
`
	if diff := cmp.Diff(wantYAML, string(gotYAML)); diff != "" {
		t.Errorf("YAML (-want +got):\n%s", diff)
	}
	gotJSON, err := canonical.JSON(node)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(gotJSON), "18446744073709551615") || !strings.HasPrefix(string(gotJSON), "{\n  \"a\": {\n    \"date\": \"2026-01-02\"") {
		t.Errorf("JSON lost digits or order:\n%s", gotJSON)
	}
}

func TestValueRefusesOtherTypes(t *testing.T) {
	t.Parallel()
	_, err := canonical.Value(map[string]any{"a": []any{struct{}{}}})
	if err == nil || err.Error() != "a: [0]: a value of type struct {} has no YAML form" {
		t.Errorf("got %v, want the place and the type", err)
	}
}

func TestJSONRefusesAliases(t *testing.T) {
	t.Parallel()
	if _, err := canonical.JSON(canonical.Sequence(&yaml.Node{Kind: yaml.AliasNode})); err == nil {
		t.Error("an alias node was encoded, want an error")
	}
}

// FuzzStringStaysString proves that any text survives both formats unchanged
// and that the plain form is a string for YAML 1.1 readers too.
func FuzzStringStaysString(f *testing.F) {
	for _, s := range []string{
		"", "on", "No", "~", "null", "1.10", "0x10", "1e3", "12:30:00", "0000:16:00.0", "=", "<<", "- a", "a: b", "# c", "a #b", "'", "\"", "{{ x }}", "$(rm -rf /)", "---", "...",
		"a\nb", "a\n b\n", "\na", " a\nb", "a\n\n", "a\r\nb", "a\tb\nc", "a \nb", "\u0085", "\u2028\n", "\ufeff", "\x00", "\x7f", "é", "a\n\u0085b", "!!int 3", "*a", "&a", "@", "`", "%YAML", "?", "|", ">",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // documents hold UTF-8 only
		}
		node := canonical.Mapping(canonical.Pair{Key: s, Value: canonical.Sequence(canonical.String(s))})
		raw, err := canonical.YAML(node)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]any{s: {s}}
		var got map[string][]any
		if err := yaml.Unmarshal(raw, &got); err != nil {
			t.Fatalf("reading back %q: %v", raw, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("YAML %q (-want +got):\n%s", raw, diff)
		}
		raw, err = canonical.JSON(node)
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("reading back %q: %v", raw, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("JSON %q (-want +got):\n%s", raw, diff)
		}
	})
}
