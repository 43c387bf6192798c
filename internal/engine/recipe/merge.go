// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// mergeLayers returns the last entry of every path, in the order of paths. An
// entry that removes its path is kept, so that it also hides what is below the
// layers given. Splitting in halves keeps many overlays cheap.
func mergeLayers(layers []*layer) []*entry {
	switch len(layers) {
	case 0:
		return nil
	case 1:
		return layers[0].entries()
	}
	half := len(layers) / 2
	return mergeEntries(mergeLayers(layers[:half]), mergeLayers(layers[half:]))
}

// mergeEntries merges two sorted lists; where both have a path, the one above
// wins.
func mergeEntries(below, above []*entry) []*entry {
	if len(above) == 0 {
		return below
	}
	merged := make([]*entry, 0, len(below)+len(above))
	for len(below) > 0 && len(above) > 0 {
		c := comparePaths(below[0].path, above[0].path)
		if c < 0 {
			merged, below = append(merged, below[0]), below[1:]
			continue
		}
		if c == 0 {
			below = below[1:]
		}
		merged, above = append(merged, above[0]), above[1:]
	}
	return append(append(merged, below...), above...)
}

// news returns the entries that change what is below: a snapshot of what a bundle
// has installed says again what the catalog said.
func news(entries, below []*entry) []*entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool {
		there := find(below, e.path)
		return there != nil && there.value == e.value
	})
}

func setters(entries []*entry) []*entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return e.value == nil })
}

// search returns the place of a path among sorted entries.
func search(entries []*entry, path measurement.Path) (int, bool) {
	return slices.BinarySearchFunc(entries, path, func(e *entry, p measurement.Path) int { return comparePaths(e.path, p) })
}

func find(entries []*entry, path measurement.Path) *entry {
	i, found := search(entries, path)
	if !found {
		return nil
	}
	return entries[i]
}

func provenance(entries []*entry) map[string]string {
	layers := make(map[string]string, len(entries))
	for _, e := range entries {
		layers[e.name] = e.layer.name
	}
	return layers
}

// measurements builds the tree of entries that set values, with or without the
// texts that explain them.
func measurements(entries []*entry, withContext bool) measurement.List {
	var l measurement.List
	for len(entries) > 0 {
		first := entries[0].path
		n := slices.IndexFunc(entries, func(e *entry) bool { return e.path.Type != first.Type || e.path.Subtype != first.Subtype })
		if n < 0 {
			n = len(entries)
		}
		if len(l) == 0 || l[len(l)-1].Type != first.Type {
			l = append(l, measurement.Measurement{Type: first.Type})
		}
		m := &l[len(l)-1]
		m.Subtypes = append(m.Subtypes, subtype(first.Subtype, entries[:n], withContext))
		entries = entries[n:]
	}
	return l
}

func subtype(name string, entries []*entry, withContext bool) measurement.Subtype {
	s := measurement.Subtype{Name: name, Data: make(map[string]measurement.Reading, len(entries))}
	for _, e := range entries {
		s.Data[e.path.Key] = e.value
		if !withContext || e.context == "" {
			continue
		}
		if s.Context == nil {
			s.Context = make(map[string]string, len(entries))
		}
		s.Context[e.path.Key] = e.context
	}
	return s
}
