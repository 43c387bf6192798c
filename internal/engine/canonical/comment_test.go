// SPDX-License-Identifier: Apache-2.0

package canonical_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
)

func TestComment(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"words":        {in: "why  it is so", want: "# why it is so"},
		"empty":        {in: "", want: ""},
		"blank":        {in: " \n\t ", want: ""},
		"line breaks":  {in: "a\r\nb: c\n---\nd\u2028e\u0085f", want: "# a b: c --- d e f"},
		"control":      {in: "a\x00b\x1b[31mc", want: "# a b [31mc"},
		"already one":  {in: "# a", want: "# # a"},
		"wrapped":      {in: strings.Repeat("word ", 30), want: "# " + strings.Repeat("word ", 18) + "word\n# " + strings.TrimSpace(strings.Repeat("word ", 11))},
		"one long one": {in: strings.Repeat("x", 200), want: "# " + strings.Repeat("x", 200)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, canonical.Comment(tt.in)); diff != "" {
				t.Errorf("Comment (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzCommentIsNoContent proves that no comment changes what a document says.
func FuzzCommentIsNoContent(f *testing.F) {
	for _, s := range []string{"", "why", "a\nb: c", "---", "\x00", "\ufeff", "é\u2028x", "# x", "\xff", strings.Repeat("long ", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := map[string]any{"a": map[string]any{"b": "x", "c": 1}, "d": []any{"e"}}
		node, err := canonical.Value(want)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []*yaml.Node{node.Content[0], node.Content[1].Content[0], node.Content[1].Content[2], node.Content[2]} {
			key.HeadComment = canonical.Comment(text)
		}
		raw, err := canonical.YAML(node)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := yaml.Unmarshal(raw, &got); err != nil {
			t.Fatalf("reading back %q: %v", raw, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", raw, diff)
		}
	})
}
