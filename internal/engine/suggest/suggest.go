// SPDX-License-Identifier: Apache-2.0

// Package suggest finds the word that somebody probably meant.
package suggest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// The likeness, from 0 to 1, above which a suggestion is worth making. One typo
// in four letters reaches Name, two unrelated words do not; long dotted paths
// are alike by what they share, so they have to be nearer.
const (
	Name = 0.7
	Path = 0.85
)

// longest bounds the cost, in bytes, of comparing a word that anybody can make up.
const longest = 128

// Nearest returns the known word most like the given one, whatever the case of
// letters, or "" when none is like it enough. Ties go to the first in order of
// the alphabet.
func Nearest(word string, known []string, enough float64) string {
	if len(word) > longest {
		return ""
	}
	word = strings.ToLower(word)
	best, likeness := "", enough
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if l := levenshtein.Similarity(word, strings.ToLower(candidate), nil); l > likeness {
			best, likeness = candidate, l
		}
	}
	return best
}

// Question asks for the nearest word at the end of an error's message: `; did you
// mean "gke"?`, or "" when there is none.
func Question(word string, known []string) string {
	if near := Nearest(word, known, Name); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
