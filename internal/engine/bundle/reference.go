// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"slices"
)

// KeyInfo describes a key that a bundler reads from a recipe.
type KeyInfo struct {
	Subtype, Name string   // of the type K8s, such as config and gds
	Path          string   // K8s/config/gds
	About         string   // a sentence on what it means
	Bool          bool     // takes a bool; else a string
	Values        []string // the strings that it takes; nil for any
}

// Keys lists the keys that a bundler reads, by path. An unknown bundler reads
// none.
func (r *Renderer) Keys(bundler string) []KeyInfo {
	var infos []KeyInfo
	for _, b := range r.bundlers {
		if b.name != bundler {
			continue
		}
		for _, k := range b.reads {
			infos = append(infos, KeyInfo{Subtype: k.subtype, Name: k.name, Path: k.path(), About: k.about, Bool: k.flag, Values: k.oneOf})
		}
	}
	slices.SortFunc(infos, func(a, b KeyInfo) int { return cmp.Compare(a.Path, b.Path) })
	return slices.CompactFunc(infos, func(a, b KeyInfo) bool { return a.Path == b.Path })
}

// Title returns the name of a bundler as people write it, "" for an unknown
// one.
func (r *Renderer) Title(bundler string) string {
	for _, b := range r.bundlers {
		if b.name == bundler {
			return b.title
		}
	}
	return ""
}
