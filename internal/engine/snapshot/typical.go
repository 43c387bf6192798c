// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Typical returns the node whose measurements stand for those of all nodes: the
// one that agrees with the others in most readings, and among equals the first
// by name. Taken as a whole, they contradict each other no more than one machine
// does, where a majority for each key might make up a machine that does not
// exist.
//
// disagreements has a key for every reading that nodes disagree about, as
// "Type/subtype/key", and as its value what they say with how many do:
// "6.8.0-1034-azure: 3, 6.8.0-1029-azure: 1". A node that does not say counts
// for nothing.
func Typical(nodes map[string]measurement.List) (node string, disagreements map[string]string) {
	count := newFactCount()
	for _, list := range nodes {
		count.add(factsOf(list))
	}
	most := -1
	for _, name := range slices.Sorted(maps.Keys(nodes)) {
		if agreement := count.agreement(factsOf(nodes[name])); agreement > most {
			node, most = name, agreement
		}
	}
	disagreements = map[string]string{}
	for path, counts := range count.said {
		if len(counts) > 1 {
			disagreements[path] = tally(byCount(counts), counts)
		}
	}
	return node, disagreements
}

// agreement sums, over the facts of one node, how many nodes say the same.
func (c *factCount) agreement(f facts) int {
	sum := 0
	for path, reading := range f {
		sum += c.said[path][reading]
	}
	return sum
}

func factsOf(list measurement.List) facts {
	f := facts{}
	for _, m := range list {
		for _, s := range m.Subtypes {
			for key, reading := range s.Data {
				f[measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()] = reading
			}
		}
	}
	return f
}
