// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"maps"
	"slices"
	"strings"
)

// codeList formats words for Markdown: `a`, `b`.
func codeList(words []string) string {
	return "`" + strings.Join(words, "`, `") + "`"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
