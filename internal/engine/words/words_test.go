// SPDX-License-Identifier: Apache-2.0

package words_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	exact := strings.Repeat("é", 80)
	for text, want := range map[string]string{
		"":             `""`,
		"a\n\x00b":     `"a\n\x00b"`,
		exact:          `"` + exact + `"`,
		exact + "more": `"` + exact + `"...`,
	} {
		if got := words.Quote(text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for most, want := range []string{"", "é", "éa", "éa"} {
		if got := words.Cut("éa", most); got != want {
			t.Errorf("%d characters: got %q, want %q", most, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		list    []string
		or, and string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a or b", "a and b"},
		{[]string{"a", "b", "c"}, "a, b or c", "a, b and c"},
	} {
		if or, and := words.Or(tt.list), words.And(tt.list); or != tt.or || and != tt.and {
			t.Errorf("%v: got %q and %q", tt.list, or, and)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for want, list := range map[string][]string{
		"  a": {"a"}, "  a\n  b": {"a", "b"}, "  a\n  b\n  and 2 more": {"a", "b", "c", "d"},
	} {
		if got := words.Lines(list, 2); got != want {
			t.Errorf("%v: got %q, want %q", list, got, want)
		}
	}
}
