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
	Chart       bool // it has one
	After, Late bool // it may have manifests after the chart, and when it is ready
	// Requires are components to install first: those that it requires, and those
	// after which one of them reports that it is ready.
	Requires []string
}

// ID is the component's name in addresses.
func (b block) ID() string { return strings.ReplaceAll(b.Name, "-", "_") }

// module returns the releases of modules/gpu-stack: for every component a block of
// its own, so that no address depends on what else is in a stack.
func (e engine) module() (string, error) {
	var blocks []block
	waves := map[string]int{}
	for _, name := range e.set.Names() {
		d, err := e.set.Description(name)
		if err != nil {
			return "", err
		}
		b, err := e.block(d)
		if err != nil {
			return "", err
		}
		blocks = append(blocks, b)
		waves[name] = d.Wave
	}
	slices.SortStableFunc(blocks, func(a, b block) int { return cmp.Compare(waves[a.Name], waves[b.Name]) })
	byName := map[string]block{}
	for _, b := range blocks {
		byName[b.Name] = b
	}
	functions := template.FuncMap{"block": func(name string) block { return byName[name] }}
	var text strings.Builder
	err := template.Must(template.New("module").Funcs(functions).Parse(moduleTemplate)).Execute(&text, blocks)
	return text.String(), err
}

func (e engine) block(d *component.Description) (block, error) {
	b := block{Name: d.Name, Title: d.Title, Chart: true, Requires: slices.Clone(d.Requires)}
	for _, m := range d.Manifests {
		b.After = b.After || m.Order == bundle.AfterChart
		b.Late = b.Late || m.Order == bundle.AfterReady
	}
	for _, name := range d.Requires {
		required, err := e.set.Description(name)
		if err != nil {
			return b, err
		}
		for _, r := range required.Ready {
			if r.After != "" && r.After != d.Name && !slices.Contains(b.Requires, r.After) {
				b.Requires = append(b.Requires, r.After)
			}
		}
	}
	slices.Sort(b.Requires)
	return b, nil
}
