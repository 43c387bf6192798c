// SPDX-License-Identifier: Apache-2.0

// Package suggest finds the word that somebody probably meant.
package suggest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

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

// swapped is the likeness of two words that differ in the order of two
// neighboring letters: even in three letters that is not an accident.
const swapped = 0.95

// Nearest returns the known word most like the given one, whatever the case of
// letters, or "" when none is like it enough. Ties go to the first in order of
// the alphabet.
func Nearest(word string, known []string, enough float64) string {
	if len(word) > longest {
		return ""
	}
	word = strings.ToLower(word)
	best, likeness := "", enough
	length := utf8.RuneCountInString(word)
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		// Each letter that one of them has more is a difference.
		n := utf8.RuneCountInString(candidate)
		if float64(min(n, length)) <= likeness*float64(max(n, length)) {
			continue
		}
		if l := likenessOf(word, strings.ToLower(candidate)); l > likeness {
			best, likeness = candidate, l
		}
	}
	return best
}

func likenessOf(a, b string) float64 {
	if isSwapped(a, b) {
		return swapped
	}
	return levenshtein.Similarity(a, b, nil)
}

// isSwapped reports whether exchanging two neighboring bytes of a gives b.
func isSwapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// Question asks for the nearest word at the end of an error's message: `; did you
// mean "training"?`, or "" when there is none.
func Question(word string, known []string) string {
	if near := Nearest(word, known, Name); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
