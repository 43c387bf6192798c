// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Overlay describes an overlay of a catalogue.
type Overlay struct {
	Name string // as in the matchedRules of a recipe
	// Key holds the stated fields: values in their one form, versions as
	// written, such as "1.33" or ">= 1.30, < 1.32".
	Key         document.Query
	Constraints []document.Constraint
}

// Overlays describes the overlays in order of application.
func (c *Catalog) Overlays() []Overlay {
	overlays := make([]Overlay, len(c.overlays))
	for i, l := range c.overlays {
		overlays[i] = Overlay{Name: l.name, Key: l.key(), Constraints: documented(l.demands)}
	}
	return overlays
}

// key returns the stated fields of the layer's key.
func (l *layer) key() document.Query {
	var key document.Query
	for _, c := range l.conditions {
		text := c.value
		if c.version != nil {
			text = c.version.String()
		}
		*key.Field(c.field) = text
	}
	return key
}

// Setting is what a layer does to one key.
type Setting struct {
	Layer string              // "base" or the name of an overlay
	Key   document.Query      // as in Overlay; empty for the base
	Value measurement.Reading // nil where the layer removes the key
}

// Settings returns every layer that sets or removes a key, in order of
// application: the base, then overlays.
func (c *Catalog) Settings(path measurement.Path) []Setting {
	var settings []Setting
	for _, l := range append([]*layer{c.base}, c.overlays...) {
		if i, found := search(l.entries, path); found {
			settings = append(settings, Setting{Layer: l.name, Key: l.key(), Value: l.entries[i].value})
		}
	}
	return settings
}
