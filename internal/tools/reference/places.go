// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Places that are not in a file of YAML.
const (
	chartVersion = "chart version"
	imageVersion = "version of the images"
	readme       = "README.md"
	inBundle     = "whether a bundle has the component"
)

// places lists for each recipe key where it ends up in a component, sorted: files,
// or paths in them such as "values.yaml: driver.version". A key that is only
// checked has none.
func (e engine) places(d *component.Description) map[string][]string {
	all := map[string]map[string]bool{}
	add := func(place string, keys map[string]bool) {
		for key := range keys {
			if all[key] == nil {
				all[key] = map[string]bool{}
			}
			all[key][place] = true
		}
	}
	for _, image := range d.Images {
		for _, path := range image.Paths {
			add("values.yaml: "+path, map[string]bool{component.ImageKey(image.Key): true})
		}
	}
	for _, s := range d.Values {
		if s.Extend != "" {
			s.When = nil // which says whether the value counts, not what it is
		}
		add("values.yaml: "+s.Set, e.read(d, func(r *reader) { r.setting(s) }))
	}
	for _, m := range d.Manifests {
		file := fileOf(m)
		add(file, e.read(d, func(r *reader) { r.condition(m.When) }))
		e.leaves(d, m.Object, file, "", add)
		for _, s := range m.Values {
			place := file + ": " + s.Set
			if kind, _, _ := s.From.Parts(); kind == component.ImageOf {
				add(place+".version", e.read(d, func(r *reader) { r.operand(s.From) }))
				s.From = ""
			}
			add(place, e.read(d, func(r *reader) { r.setting(s) }))
		}
	}
	// What follows is said of keys that nothing else is to be said of: a README
	// repeats what the other files say.
	for place, keys := range map[string]map[string]bool{
		inBundle: e.read(d, func(r *reader) { r.condition(d.Needed) }),
		readme:   e.read(d, func(r *reader) { r.notes(slices.Concat(d.Prerequisites, d.Notes)) }),
	} {
		maps.DeleteFunc(keys, func(key string, _ bool) bool { return all[key] != nil })
		add(place, keys)
	}
	released := chartVersion
	if !d.HasChart() {
		released = imageVersion
	}
	all[component.ImageKey(d.Name)] = map[string]bool{released: true} // whatever else changes is another release's
	sorted := map[string][]string{}
	for key, places := range all {
		sorted[key] = distinct(slices.Sorted(maps.Keys(places)))
	}
	return sorted
}

// fileOf is the file of a manifest. Several of one kind, which are named for it
// and for something else, count as one.
func fileOf(m component.Manifest) string {
	name := m.Name
	object, _ := m.Object.(map[string]any)
	kind, _ := object["kind"].(string)
	if of := strings.ToLower(kind) + "-"; kind != "" && strings.HasPrefix(name, of) {
		name = of + "<name>"
	}
	return "manifests/" + name + ".yaml"
}

// leaves adds the places of an object that operands fill, below a path.
func (e engine) leaves(d *component.Description, value any, file, path string, add func(string, map[string]bool)) {
	fields, isMap := value.(map[string]any)
	if _, from := fields["from"]; !isMap || from {
		add(file+": "+path, e.read(d, func(r *reader) { r.literal(value) }))
		return
	}
	for name, below := range fields {
		e.leaves(d, below, file, tree.Join(path, name), add)
	}
}

// distinct leaves out of places, sorted, the fields that are below others, and
// files of which fields are told.
func distinct(places []string) []string {
	var kept []string
	for i, place := range places {
		last := len(kept) - 1
		switch {
		case last >= 0 && strings.HasPrefix(place, kept[last]+"."):
		case i+1 < len(places) && strings.HasPrefix(places[i+1], place+": "):
		default:
			kept = append(kept, place)
		}
	}
	return kept
}

// reader collects the recipe keys that a component's data reads, also through the
// values and terms that it names.
type reader struct {
	set  *component.Set
	of   *component.Description
	keys map[string]bool
	seen map[string]bool // operands
}

func (e engine) read(d *component.Description, visit func(*reader)) map[string]bool {
	r := &reader{set: e.set, of: d, keys: map[string]bool{}, seen: map[string]bool{}}
	visit(r)
	return r.keys
}

func (r *reader) setting(s component.Setting) {
	r.condition(s.When)
	r.operand(s.From)
	r.operand(s.Extend)
	r.literal(s.Value)
	r.literal(s.Add)
}

func (r *reader) condition(c component.Condition) {
	for _, clause := range c.Clauses() {
		r.operand(clause.Operand)
		r.test(clause.Test)
	}
}

func (r *reader) test(test any) {
	list, _ := test.([]any)
	for i, item := range list {
		if other, _ := item.(string); i > 0 && list[0] == "same" {
			r.named(other)
		}
		r.test(item)
	}
}

func (r *reader) notes(notes []component.Note) {
	for _, n := range notes {
		r.condition(n.When)
		r.literal(n.Text)
		r.literal(n.Command)
	}
}

func (r *reader) literal(value any) {
	switch value := value.(type) {
	case string:
		component.Fill(value, func(name string) string { r.named(name); return "" })
	case []any:
		for _, item := range value {
			r.literal(item)
		}
	case map[string]any:
		if from, ok := value["from"].(string); ok {
			r.named(from)
		}
		for _, below := range value {
			r.literal(below)
		}
	}
}

func (r *reader) named(name string) { r.operand(component.Operand(name)) }

// operand ignores a text that is not an operand: a test of the data finds it.
func (r *reader) operand(o component.Operand) {
	kind, other, name := o.Parts()
	if other != "" {
		of, err := r.set.Description(other)
		if err != nil {
			return // a test of the data finds it
		}
		defer func(own *component.Description) { r.of = own }(r.of)
		r.of = of
	}
	id := r.of.Name + " " + string(kind) + " " + name
	if r.seen[id] {
		return
	}
	r.seen[id] = true
	switch kind {
	case component.RecipeKey:
		r.keys[name] = true
	case component.OfPlacement:
		if o == component.GPUTolerations {
			r.keys[component.NodeTaints] = true
		}
	case component.Term:
		r.condition(r.set.Term(r.of.Terms, name))
	case component.Object:
		for _, m := range r.of.Manifests {
			if object, _ := m.Object.(map[string]any); object["kind"] == name {
				r.condition(m.When)
			}
		}
	case component.Value:
		for _, s := range r.of.Values {
			if s.Set == name {
				r.setting(s)
			}
		}
	case component.ImageOf:
		for _, image := range r.of.Images {
			if image.Image == name {
				r.keys[component.ImageKey(image.Key)] = true
			}
		}
	}
}
