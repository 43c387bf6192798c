// SPDX-License-Identifier: Apache-2.0

package node

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tally counts how many GPUs say what.
type tally map[string]int

// texts returns what is said by most first, and among equals in the order of
// the texts.
func (t tally) texts() []string {
	return slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		return cmp.Or(cmp.Compare(t[b], t[a]), cmp.Compare(a, b))
	})
}

// most returns what is said by most, "" where nothing is said.
func (t tally) most() string {
	if len(t) == 0 {
		return ""
	}
	return t.texts()[0]
}

// String returns "Enabled: 7, Disabled: 1".
func (t tally) String() string {
	texts := t.texts()
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = fmt.Sprintf("%s: %d", text, t[text])
	}
	return strings.Join(parts, ", ")
}
