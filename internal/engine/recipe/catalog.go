// SPDX-License-Identifier: Apache-2.0

// Package recipe turns a query into a recipe: the base of a catalog, merged
// with every overlay whose key the query satisfies. It also reads a query from
// a snapshot. Everything in it is pure: equal inputs give equal recipes, in any
// order and from any number of goroutines.
package recipe

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Catalog is what is known of GPU clusters: a base, overlays, how
// services and systems are recognized and, optionally, a platform table and the
// PCI device ids of products. It is immutable and safe for concurrent use.
type Catalog struct {
	version    string
	components []string
	releases   func() (*component.Set, error) // of components
	base       *layer
	overlays   []*layer // in order of application
	platforms  platformTable
	products   productTable
	services   serviceTable
	nodes      NodeTable
	values     vocabulary
	subtypes   func() []string // see knownSubtypes
	knowledge  func() knowledge
}

// Version returns the version that the catalog states, "" when it states
// none.
func (c *Catalog) Version() string { return c.version }

// Size is how much a catalog holds.
type Size struct {
	Layers int // the base and the overlays
	Values int // that they set or remove
}

// Size counts what the catalog holds.
func (c *Catalog) Size() Size {
	size := Size{Layers: 1 + len(c.overlays), Values: len(c.base.entries())}
	for _, l := range c.overlays {
		size.Values += len(l.entries())
	}
	return size
}

// Values returns the valid values of a field (os, service, gpu or intent) in
// sorted order. Any other field has none.
func (c *Catalog) Values(field string) []string { return slices.Clone(c.values.values[field]) }

// Platforms returns the platform table in the order of the catalog, nil when
// it has none.
func (c *Catalog) Platforms() []Platform {
	platforms := slices.Clone(c.platforms)
	for i, p := range platforms {
		platforms[i].OS = slices.Clone(p.OS)
		platforms[i].GPUs = slices.Clone(p.GPUs)
		for j, g := range p.GPUs {
			platforms[i].GPUs[j].InstanceTypes = slices.Clone(g.InstanceTypes)
			platforms[i].GPUs[j].Sizes = maps.Clone(g.Sizes)
		}
	}
	return platforms
}

// explain says why a real value is none of the catalog's, and which of the
// catalog's values another name means; "" for others.
func (c *Catalog) explain(field, value string) (why, meant string) {
	switch field {
	case "gpu":
		if name := c.values.gpuNamed(value); name != "" {
			return "", name
		}
		return c.products.without(value), ""
	case "os":
		for _, s := range c.values.systems {
			if slices.Contains(s.Also, value) {
				return "", s.OS
			}
		}
		return c.values.systems.without(value), ""
	case "service":
		return c.services.explain(value)
	default:
		return "", ""
	}
}

// newCatalog completes what was read from fragments.
func newCatalog(l *loader) *Catalog {
	bySpecificity(l.overlays)
	c := &Catalog{version: l.version, components: l.components, releases: sync.OnceValues(component.Embedded), base: l.base, overlays: l.overlays, platforms: l.platforms, products: l.products, services: l.services, nodes: l.nodes, knowledge: l.knowledge}
	c.subtypes = sync.OnceValue(c.knownSubtypes)
	c.values = vocabulary{map[string][]string{}, l.names}.with(l.overlays)
	for _, p := range l.platforms {
		c.values.add("service", p.Service)
		for _, field := range []string{"os", "gpu"} {
			for _, value := range p.values(field) {
				c.values.add(field, value)
			}
		}
	}
	return c
}

// knownSubtypes returns the subtypes of K8s that components read or the catalog
// states, sorted.
func (c *Catalog) knownSubtypes() []string {
	known := []string{"image", "server", "service"}
	if set, err := c.releases(); err == nil { // a recipe reports the error
		for _, e := range set.Entries() {
			for _, key := range e.KeyNames {
				if path := measurement.ParsePath(key); path.Type == measurement.K8s {
					known = append(known, path.Subtype)
				}
			}
		}
	}
	for _, l := range append([]*layer{c.base}, c.overlays...) {
		known = append(known, subtypesSet(l)...)
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// matching returns the layers that apply to a query, in order of application.
func (c *Catalog) matching(s *subject, when component.Env) []*layer {
	layers := []*layer{c.base}
	for _, l := range c.overlays {
		if l.mismatch(s) == nil && l.when.Holds(when) {
			layers = append(layers, l)
		}
	}
	return layers
}

// Overlay describes an overlay of a catalog.
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
		overlays[i] = Overlay{Name: l.name, Key: l.key(), Constraints: documented(l.demands())}
	}
	return overlays
}

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
		if i, found := search(l.entries(), path); found {
			settings = append(settings, Setting{Layer: l.name, Key: l.key(), Value: l.entries()[i].value})
		}
	}
	return settings
}

// BaseValue returns what the base sets at a path, nil for nothing.
func (c *Catalog) BaseValue(path measurement.Path) measurement.Reading { return c.base.get(path) }

// Conflicts describes every key that two overlays of the catalog set
// differently although they are equally specific and one query can match both,
// so that only their order in the files decides. An empty result is a promise
// of the embedded catalog. It takes time quadratic in the number of overlays.
func (c *Catalog) Conflicts() []string { return slices.Collect(clashes(c.overlays)) }

// clashes compares all pairs of layers that are sorted by specificity.
func clashes(layers []*layer) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, a := range layers {
			for _, b := range layers[i+1:] {
				if a.specificity() != b.specificity() {
					break
				}
				if !bothMatch(a.conditions, b.conditions) || exclusive(a.when, b.when) {
					continue
				}
				for difference := range differences(a, b) {
					if !yield(difference) {
						return
					}
				}
			}
		}
	}
}

// differences describes the keys that two layers set to different values. A
// removal differs from every value.
func differences(a, b *layer) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range b.entries() {
			other := find(a.entries(), e.path)
			if other == nil || other.value == e.value {
				continue
			}
			if !yield(fmt.Sprintf("%s and %s are equally specific and set %s differently (%s, %s)", a.name, b.name, e.name, shown(other), shown(e))) {
				return
			}
		}
	}
}

func shown(e *entry) string {
	if e.value == nil {
		return "removed"
	}
	return words.Quote(e.value.String())
}
