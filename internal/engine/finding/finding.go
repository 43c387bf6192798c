// SPDX-License-Identifier: Apache-2.0

// Package finding silences doubts that users know of.
package finding

import "strings"

// Ignored lists what a user wants to hear no more of: RULE, or RULE:PATH for one
// place.
type Ignored []string

// Covers reports whether a doubt about a place is to be ignored.
func (i Ignored) Covers(rule, path string) bool {
	for _, entry := range i {
		name, place, atPlace := strings.Cut(entry, ":")
		if name == rule && (!atPlace || place == path) {
			return true
		}
	}
	return false
}

// Rules lists the rules that are named.
func (i Ignored) Rules() []string {
	names := make([]string, len(i))
	for k, entry := range i {
		names[k], _, _ = strings.Cut(entry, ":")
	}
	return names
}
