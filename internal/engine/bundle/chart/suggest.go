// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"iter"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// The similarity from which a suggestion is worth making. One typo in four
// letters reaches it for names, two unrelated words do not; long paths are
// alike by what they share, so they have to be nearer.
const (
	nearName = 0.7
	nearPath = 0.85
)

// longestName bounds the cost of comparing a name that someone else made up.
const longestName = 128

// nearest returns the candidate most like a name, whatever the case of
// letters, or "" when none is near enough. Ties go to the first in order.
func nearest(name string, candidates []string, enough float64) string {
	if len(name) > longestName {
		return ""
	}
	best, similarity := "", enough
	for _, candidate := range slices.Sorted(slices.Values(candidates)) {
		if s := levenshtein.Similarity(strings.ToLower(name), strings.ToLower(candidate), nil); s > similarity {
			best, similarity = candidate, s
		}
	}
	return best
}

// all yields the dotted path of every key below k that is worth setting.
func (k *key) all() iter.Seq[string] {
	return func(yield func(string) bool) { k.walk(yield) }
}

func (k *key) walk(yield func(string) bool) bool {
	for _, below := range k.children {
		if below.dead {
			continue
		}
		if !yield(below.path) || !below.walk(yield) {
			return false
		}
	}
	return true
}
