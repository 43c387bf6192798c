// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Conflicts describes every key that two overlays of the catalogue set
// differently although they are equally specific and one query can match both,
// so that only their order in the files decides. An empty result is a promise
// of the embedded catalogue. It takes time quadratic in the number of overlays.
func (c *Catalog) Conflicts() []string { return clashes(c.overlays) }

// clashes compares all pairs of layers that are sorted by specificity.
func clashes(layers []*layer) []string {
	var found []string
	for i, a := range layers {
		for _, b := range layers[i+1:] {
			if len(a.conditions) != len(b.conditions) {
				break
			}
			if bothMatch(a.conditions, b.conditions) {
				found = append(found, differences(a, b)...)
			}
		}
	}
	return found
}

// differences describes the keys that two layers set to different values. A
// removal differs from every value.
func differences(a, b *layer) []string {
	var found []string
	for _, e := range b.entries {
		if other := find(a.entries, e.path); other != nil && other.value != e.value {
			found = append(found, fmt.Sprintf("%s and %s are equally specific and set %s differently (%s, %s)", a.name, b.name, e.name, shown(other), shown(e)))
		}
	}
	return found
}

func shown(e *entry) string {
	if e.value == nil {
		return "removed"
	}
	return words.Quote(e.value.String())
}
