// SPDX-License-Identifier: Apache-2.0

// Package recipe turns a query into a recipe: the base of a catalogue, merged
// with every overlay whose key the query satisfies. It also reads a query from
// a snapshot. Everything in it is pure: equal inputs give equal recipes, in any
// order and from any number of goroutines.
package recipe

import (
	"maps"
	"slices"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// Catalog is what is known of GPU clusters: a base, overlays, how
// services and systems are recognized and, optionally, a platform table and the
// PCI device ids of products. It is immutable and safe for concurrent use.
type Catalog struct {
	version    string
	components componentList
	releases   func() (*component.Set, error) // of components
	base       *layer
	overlays   []*layer // in order of application
	platforms  platformTable
	products   productTable
	services   serviceTable
	values     vocabulary
	subtypes   func() []string // of K8s, that overlays are known to set; sorted
}

// Version returns the version that the catalogue states, "" when it states
// none.
func (c *Catalog) Version() string { return c.version }

// Values returns the valid values of a field (os, service, gpu or intent) in
// sorted order. Any other field has none.
func (c *Catalog) Values(field string) []string { return slices.Clone(c.values.values[field]) }

// Platforms returns the platform table in the order of the catalogue, nil when
// it has none.
func (c *Catalog) Platforms() []Platform {
	platforms := slices.Clone(c.platforms)
	for i, p := range platforms {
		platforms[i].OS = slices.Clone(p.OS)
		platforms[i].GPUs = slices.Clone(p.GPUs)
		platforms[i].Without = maps.Clone(p.Without)
		for j, g := range p.GPUs {
			platforms[i].GPUs[j].InstanceTypes = slices.Clone(g.InstanceTypes)
		}
	}
	return platforms
}

// without says why a real value is none of the catalogue's, "" for others.
func (c *Catalog) without(field, value string) string {
	switch field {
	case "gpu":
		return c.products.without(value)
	case "os":
		return c.platforms.without(value)
	default:
		return ""
	}
}

// newCatalog completes what was read from fragments.
func newCatalog(l *loader) *Catalog {
	bySpecificity(l.overlays)
	c := &Catalog{version: l.version, components: l.components, releases: sync.OnceValues(component.Embedded), base: l.base, overlays: l.overlays, platforms: l.platforms, products: l.products, services: l.services}
	c.subtypes = sync.OnceValue(func() []string { return knownSubtypes(append([]*layer{l.base}, l.overlays...)) })
	c.values = vocabulary{map[string][]string{}, l.systems}.with(l.overlays)
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

// matching returns the layers that apply to a query, in order of application.
func (c *Catalog) matching(s *subject) []*layer {
	layers := []*layer{c.base}
	for _, l := range c.overlays {
		if l.mismatch(s) == nil {
			layers = append(layers, l)
		}
	}
	return layers
}
