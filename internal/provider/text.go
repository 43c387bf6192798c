// SPDX-License-Identifier: Apache-2.0

package provider

import "strings"

// codeList formats words for Markdown: `a`, `b`.
func codeList(words []string) string {
	return "`" + strings.Join(words, "`, `") + "`"
}
