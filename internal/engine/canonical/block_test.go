// SPDX-License-Identifier: Apache-2.0

package canonical

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// texts are put into every place of a document.
func texts() []string {
	return []string{
		"plain", "two words", "nvcr.io/nvidia/driver:580.105.08-ubuntu22.04", "1.10", "on", "", "a: b", "a #b", "a  b", " a", "a ", "a:", "é", "key=value", "=", "x(y)",
		"one\ntwo\n", "one\n\ntwo\n", "one\ntwo", "one\n\n", "\none\n", " one\ntwo\n", "one\n two\n", "tab\there\n", "quote\"d", `back\slash`, "#x", "?", "? x", "- x", "@x", "%x", "{x}", "[x]", "!x", "&x", "*x", "|", ">", "a,b", ">= 1.30", ">= 1.30, < 1.36", ">= it's", ">= é", ">= a ", "[cpu io]", "---", "a\x00",
		"a very long text that goes on and on beyond the hundred and twenty-eight characters at which the library changes how it writes a key of a mapping",
	}
}

// document puts the text and the comment into every place.
func document(text, comment string) *yaml.Node {
	key := String("k")
	key.HeadComment = Comment(comment)
	below := String("z")
	below.HeadComment = Comment(comment)
	inner := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{
		below, String(text), String("list"), Sequence(String(text), Scalar("!!int", "3"), Mapping(), Sequence()),
	}}
	nested := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{
		key, inner, String(text + "x"), Sequence(
			Mapping(Pair{"name", String(text)}, Pair{"value", Scalar("!!bool", "true")}, Pair{"more", Sequence(Mapping(Pair{"a", String(text)}))}),
		),
	}}
	return Mapping(Pair{"a", Mapping()}, Pair{"b", Sequence()}, Pair{"c", Scalar("!!null", "null")}, Pair{"d", nested}, Pair{"e", Scalar("!!float", "1.0")})
}

// checkBlock compares the quick way with the library, byte by byte.
func checkBlock(t *testing.T, n *yaml.Node) bool {
	t.Helper()
	got, ok := encodeBlock(n)
	if !ok {
		return false
	}
	want, err := encodeAny(n)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-library +quick):\n%s", diff)
	}
	return true
}

func TestBlockWritesWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	quick := map[string]bool{}
	for _, text := range texts() {
		quick[text] = checkBlock(t, document(text, "why"))
		checkBlock(t, document("plain", text))
	}
	for _, text := range []string{"plain", "two words", "nvcr.io/nvidia/driver:580.105.08-ubuntu22.04"} {
		if !quick[text] {
			t.Errorf("%q took the slow way", text)
		}
	}
}

func TestBlockLeavesOtherNodesToTheLibrary(t *testing.T) {
	t.Parallel()
	commented := String("x")
	commented.LineComment = "# x"
	for name, n := range map[string]*yaml.Node{
		"scalar":           String("x"),
		"list":             Sequence(String("x")),
		"empty":            Mapping(),
		"line comment":     Mapping(Pair{"a", commented}),
		"list of lists":    Mapping(Pair{"a", Sequence(Sequence(String("x")))}),
		"alias":            Mapping(Pair{"a", &yaml.Node{Kind: yaml.AliasNode, Alias: String("x")}}),
		"flow style value": Mapping(Pair{"a", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "x", Style: yaml.SingleQuotedStyle}}),
	} {
		if text, ok := encodeBlock(n); ok {
			t.Errorf("%s: written as %q", name, text)
		}
	}
}

func FuzzBlock(f *testing.F) {
	for _, text := range texts() {
		f.Add(text, "why")
		f.Add("plain", text)
	}
	f.Fuzz(func(t *testing.T, text, comment string) {
		if utf8.ValidString(text) {
			checkBlock(t, document(text, comment))
		}
	})
}
