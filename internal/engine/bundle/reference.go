// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
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
	d, err := r.set.Description(bundler)
	if err != nil {
		return nil
	}
	var infos []KeyInfo
	for _, k := range d.Reads() {
		path := k.Path()
		infos = append(infos, KeyInfo{Subtype: path.Subtype, Name: path.Key, Path: k.Key, About: k.About, Bool: k.Type == component.Bool, Values: k.OneOf})
	}
	slices.SortFunc(infos, func(a, b KeyInfo) int { return cmp.Compare(a.Path, b.Path) })
	return infos
}

// Title returns the name of a bundler as people write it, "" for an unknown
// one.
func (r *Renderer) Title(bundler string) string {
	e, _ := r.set.Entry(bundler)
	return e.Title
}
