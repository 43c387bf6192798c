// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"iter"
	"slices"
	"strings"
)

// use is one of the places where templates take a key, in the data's notation:
// "free", "into place [quoted]" and "copy place [quoted]" render it whole, the
// last one also where it is empty; all may depend on a condition. "as type" is
// what the chart's own schema demands.
type use struct {
	what   string // "notnull", "free", "into", "copy" or "as"; "" for when the key is read at all
	place  string // of the last two
	quoted bool
	when   condition
}

// readUses takes the uses of a key apart.
func (k *key) readUses() iter.Seq[use] {
	return func(yield func(use) bool) {
		for text := range strings.SplitSeq(k.uses, "; ") {
			what, when, _ := strings.Cut(text, "when ")
			what, place, _ := strings.Cut(strings.TrimSpace(what), " ")
			place, quoted := strings.CutSuffix(place, " quoted")
			if text != "" && !yield(use{what, place, quoted, condition(when)}) {
				return
			}
		}
	}
}

// when is the condition without which no template reads the key.
func (k *key) when() condition {
	for u := range k.readUses() {
		if u.what == "" {
			return u.when
		}
	}
	return ""
}

// renderings lists the places where the key is rendered whole.
func (k *key) renderings() []use {
	return slices.DeleteFunc(slices.Collect(k.readUses()), func(u use) bool { return u.what != "free" && u.what != "into" && u.what != "copy" })
}
