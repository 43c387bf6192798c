// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"text/template"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

//go:embed module.tf.tmpl
var moduleTemplate string

// block is what the module has for a component, whatever else is in a stack.
type block struct {
	Name, Title string
	Chart       bool
	// Definitions says that its chart may have definitions that Helm leaves as they
	// are; Before that it may have those, have to wait for objects, or have manifests
	// besides its namespace; After and Late that it may have manifests after the
	// chart, and when the component is ready.
	Definitions, Before, After, Late bool
	Awaits                           []string // components that an object reports to be up
	Last                             []string // addresses of what has to be there first

	description *component.Description
	requires    []string
}

// ID is the component's name in addresses.
func (b *block) ID() string { return strings.ReplaceAll(b.Name, "-", "_") }

// module returns the releases of modules/gpu-stack.
func (e engine) module() (string, error) {
	blocks := map[string]*block{}
	for _, name := range e.set.Names() {
		d, err := e.set.Description(name)
		if err != nil {
			return "", err
		}
		blocks[name] = newBlock(d)
	}
	var all []*block
	for _, name := range e.set.Names() {
		b := blocks[name]
		b.link(blocks)
		all = append(all, b)
	}
	slices.SortStableFunc(all, func(a, b *block) int { return cmp.Compare(a.description.Wave, b.description.Wave) })
	var text strings.Builder
	err := template.Must(template.New("module").Parse(moduleTemplate)).Execute(&text, all)
	return text.String(), err
}

func newBlock(d *component.Description) *block {
	b := &block{Name: d.Name, Title: d.Title, Chart: d.HasChart(), description: d}
	b.Definitions = slices.ContainsFunc(d.Definitions, func(some component.Definitions) bool { return len(some.Kept) > 0 })
	b.Before = !b.Chart || b.Definitions
	for _, m := range d.Manifests {
		b.Before = b.Before || m.Order == bundle.BeforeChart && m.Name != "namespace"
		b.After = b.After || m.Order == bundle.AfterChart || m.Order == bundle.AfterReady
		b.Late = b.Late || m.Order == bundle.AfterReady
	}
	return b
}

// link finds what comes before a block: the components that it requires, and those
// after which one of these reports that it is up.
func (b *block) link(blocks map[string]*block) {
	b.requires = slices.Clone(b.description.Requires)
	for _, name := range b.description.Requires {
		for _, r := range blocks[name].description.Ready {
			if r.After != "" && r.After != b.Name && !slices.Contains(b.requires, r.After) {
				b.requires = append(b.requires, r.After)
			}
		}
	}
	slices.Sort(b.requires)
	for _, name := range b.requires {
		required := blocks[name]
		if len(required.description.Ready) > 0 {
			b.Awaits, b.Before = append(b.Awaits, name), true
		}
		b.Last = append(b.Last, required.Address())
	}
}

// Address is that of what of the block is applied last.
func (b *block) Address() string {
	switch {
	case b.Late:
		return "eidos_manifests." + b.ID() + "_late"
	case b.After:
		return "eidos_manifests." + b.ID() + "_after"
	case b.Chart:
		return "helm_release." + b.ID()
	default:
		return "eidos_manifests." + b.ID() + "_before"
	}
}
