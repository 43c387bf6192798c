// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                          "",
		"plain text, 1.10 (really)": "plain text, 1.10 (really)",
		"a|b\nc\td":                 `a\|b c d`,
		"*a* _b_ `c` [d](e) ~f~ $g": "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\$g",
		`a\b`:                       `a\\b`,
		"<b>&amp;":                  "&lt;b>&amp;amp;",
		"\x00a\u2028b\x1b":          "a b",
		strings.Repeat("é", 501):    strings.Repeat("é", 500) + "…",
	} {
		if diff := cmp.Diff(want, bundle.Markdown(in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}
