// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGlossary: words are in order, each once, and what a resource or a data source is
// about is among them, by its name.
func TestGlossary(t *testing.T) {
	t.Parallel()
	var words []string
	for _, row := range regexp.MustCompile(`(?m)^\| \*\*(.+?)\*\* \|`).FindAllStringSubmatch(readPage(t, filepath.Join(templatesDir, "guides", "glossary.md.tmpl")), -1) {
		words = append(words, strings.ToLower(row[1]))
	}
	if !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) < len(words) {
		t.Errorf("not in order, or twice: %q", words)
	}
	for name := range schemas(t) {
		word := name[strings.LastIndexByte(name, '_')+1:]
		if singular := strings.TrimSuffix(word, "s"); !slices.Contains([]string{"provider", "status", "manifests"}, word) && !slices.Contains(words, singular) {
			t.Errorf("%s is missing", singular)
		}
	}
}
