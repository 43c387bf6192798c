// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Load reads a catalog that is one document.
func Load(ctx context.Context, data []byte) (*Catalog, error) {
	return loadFragments(ctx, []fragment{{data: data}})
}

// loader collects the fragments of a catalog.
type loader struct {
	version    string
	components []string
	names      names
	services   serviceTable
	platforms  platformTable
	products   productTable
	base       *layer
	overlays   []*layer
	nodes      NodeTable
	facts      []component.Setting
	rules      []component.Rule
	knowledge  func() knowledge
}

type section struct {
	name string
	read func(document.Value) error
}

// loadFragments reads a catalog. What it does not say of systems and services
// is as the embedded one says; which GPUs take the recipe of another, it says alone.
func loadFragments(ctx context.Context, fragments []fragment) (*Catalog, error) {
	embedded, services, err := embeddedNames()
	if err != nil {
		return nil, err
	}
	var l loader
	names := []section{{"systems", list(l.addSystem)}, {"gpus", list(l.addGPU)}} // which the others are read with
	others := []section{
		{"version", l.addVersion},
		{"components", l.addComponents},
		{"services", list(l.addService)},
		{"platforms", list(l.addPlatform)},
		{"products", l.addProducts},
		{"base", l.addBase},
		{"overlays", l.addOverlays},
		{"nodes", l.addNodes},
		{"facts", l.addFacts},
		{"rules", l.addRules},
	}
	for i := range fragments {
		if err := fragments[i].parse(ctx); err != nil {
			return nil, err
		}
	}
	if err := readSections(fragments, names); err != nil {
		return nil, err
	}
	l.names.systems = withDefaults(l.names.systems, embedded.systems, func(a, b system) bool { return a.OS == b.OS })
	if err := readSections(fragments, others); err != nil {
		return nil, err
	}
	l.services = withDefaults(l.services, services, func(a, b service) bool { return a.Service == b.Service })
	l.knowledge = func() knowledge { return knowledge{l.facts, l.rules} }
	return l.catalog()
}

func readSections(fragments []fragment, sections []section) error {
	for _, f := range fragments {
		for _, s := range sections {
			f.fields.Read(s.name, s.read)
		}
		if err := f.fields.Err(); err != nil {
			return f.problem(err)
		}
	}
	return nil
}

// withDefaults returns a table together with the rows of another that it has no
// row for.
func withDefaults[T any](table, defaults []T, same func(a, b T) bool) []T {
	own := len(table)
	for _, row := range defaults {
		if !slices.ContainsFunc(table[:own], func(other T) bool { return same(row, other) }) {
			table = append(table, row)
		}
	}
	return table
}

func (f *fragment) parse(ctx context.Context) error {
	root, err := document.Parse(ctx, f.data)
	if ctx.Err() != nil { // which is not a mistake of the catalog
		return err
	}
	if err != nil {
		return f.problem(err)
	}
	f.fields = root.Object(nil, []string{"version", "components", "base", "overlays", "platforms", "products", "services", "systems", "gpus", "nodes", "facts", "rules"})
	if f.fields.Err() == nil && f.fields.Empty() {
		return f.problem(root.Errorf("the catalog is empty; give at least a base or overlays"))
	}
	return f.problem(f.fields.Err())
}

// problem returns an error about the file, nil for nil.
func (f *fragment) problem(err error) error {
	switch {
	case err == nil:
		return nil
	case f.path != "":
		err = fmt.Errorf("%s: %w", f.path, err)
	}
	return &Error{Field: fieldCatalog, Err: err}
}

func (l *loader) addVersion(v document.Value) error {
	if l.version != "" {
		return v.Errorf("the version is given twice; an earlier file says %s", words.Quote(l.version))
	}
	var err error
	if l.version, err = v.Text(); err == nil && l.version == "" {
		err = v.Errorf("the version is empty; leave it out, or set one")
	}
	return err
}

func (l *loader) addBase(v document.Value) error {
	if l.base != nil {
		return v.Errorf("the base is given twice; an earlier file has one")
	}
	var types settings
	err := types.read(v, document.RefuseNulls)
	l.base = newLayer(baseName, types)
	return err
}

func (l *loader) addOverlays(v document.Value) error {
	overlays, err := l.readOverlays(v, "")
	l.overlays = append(l.overlays, overlays...)
	return err
}

func (l *loader) readOverlays(v document.Value, prefix string) ([]*layer, error) {
	return document.List(func(v document.Value) (*layer, error) { return l.overlay(v, prefix) })(v)
}

func (l *loader) catalog() (*Catalog, error) {
	if l.base == nil && len(l.overlays) == 0 {
		return nil, &Error{Field: fieldCatalog, Err: errors.New("the catalog has neither a base nor overlays")}
	}
	if l.base == nil {
		l.base = newLayer(baseName, nil)
	}
	return newCatalog(l), nil
}

// list returns what reads a list item by item.
func list(read func(document.Value) error) func(document.Value) error {
	return func(v document.Value) error {
		items, err := v.Items()
		for i := 0; i < len(items) && err == nil; i++ {
			err = read(items[i])
		}
		return err
	}
}

// texts reads a list of texts, none of them blank: what is to be recognized by
// one would be recognized in anything.
func texts(v document.Value) ([]string, error) {
	return document.List(func(v document.Value) (string, error) {
		text, err := v.Text()
		if err == nil && strings.TrimSpace(text) == "" {
			err = v.Errorf("the text is blank")
		}
		return text, err
	})(v)
}
