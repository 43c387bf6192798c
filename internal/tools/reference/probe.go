// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// probe finds out where the keys of a recipe end up in a component: it renders
// the component with other values of a key and looks at what changes.
type probe struct {
	engine
	component string
	ignored   []string
	starts    []start
}

// start is a recipe that keys are changed in.
type start struct {
	query    document.Query
	settings map[string]any // by "subtype/key", laid over the recipe of the query
	rendered rendered
}

func (e engine) newProbe(ctx context.Context, component string) (probe, error) {
	p := probe{engine: e, component: component}
	queries, err := e.queries(component)
	if err != nil {
		return probe{}, err
	}
	for _, rule := range e.renderer.Rules() {
		p.ignored = append(p.ignored, rule.Name)
	}
	for _, query := range queries {
		for _, settings := range startSettings() {
			if r, ok := p.render(ctx, query, settings); ok {
				p.starts = append(p.starts, start{query, settings, r})
			}
		}
	}
	return p, nil
}

// places returns where a key ends up: paths below values.yaml and below the
// manifests, sorted. It is empty for a key that is only checked.
func (p probe) places(ctx context.Context, key bundle.KeyInfo) []string {
	places := map[string]bool{}
	for _, start := range p.starts {
		for _, sample := range samples(key) {
			changed := maps.Clone(start.settings)
			changed[key.Subtype+"/"+key.Name] = sample
			if after, ok := p.render(ctx, start.query, changed); ok {
				difference(start.rendered, after, places)
			}
		}
	}
	if len(places) == 0 && p.chooses(ctx, key) {
		places[inBundle] = true
	}
	if places[chartVersion] {
		return []string{chartVersion} // whatever else changes is another release's
	}
	if len(places) > 1 {
		delete(places, readme) // it repeats what the other files say
	}
	return outermost(slices.Sorted(maps.Keys(places)))
}

// outermost leaves out places, sorted, that are fields below others.
func outermost(places []string) []string {
	var kept []string
	for _, place := range places {
		below := func(above string) bool { return strings.HasPrefix(place, above+".") }
		if !slices.ContainsFunc(kept, below) {
			kept = append(kept, place)
		}
	}
	return kept
}

// chooses reports whether a key decides if the component is in a bundle for
// which no bundlers are named.
func (p probe) chooses(ctx context.Context, key bundle.KeyInfo) bool {
	seen := map[bool]bool{}
	for _, start := range p.starts {
		for _, sample := range samples(key) {
			changed := maps.Clone(start.settings)
			changed[key.Subtype+"/"+key.Name] = sample
			b, ok := p.bundle(ctx, start.query, changed, nil)
			if !ok {
				continue
			}
			seen[slices.ContainsFunc(b.Components, func(c bundle.Component) bool { return c.Name == p.component })] = true
		}
		if len(seen) == 2 {
			return true
		}
		clear(seen) // services differ in what they need; a key must decide on one
	}
	return false
}

// rendered maps a place, such as "values.yaml: driver.version", to its value.
type rendered map[string]string

// Places that are no values.
const (
	chartVersion = "chart version"
	readme       = "README.md"
	valuesFile   = "values.yaml"
	inBundle     = "whether a bundle has the component"
)

// bundle reports false where the settings make no bundle.
func (p probe) bundle(ctx context.Context, query document.Query, settings map[string]any, bundlers []string) (*bundle.Bundle, bool) {
	made, err := p.catalog.Build(recipe.Request{Query: query, Overlays: overlays(settings), AllowUncovered: true})
	if err != nil {
		return nil, false
	}
	b, err := p.renderer.Render(ctx, bundle.Request{Recipe: made.Recipe, Bundlers: bundlers, IgnoreFindings: p.ignored})
	return b, err == nil
}

// render renders the component alone. It reports false as bundle does.
func (p probe) render(ctx context.Context, query document.Query, settings map[string]any) (rendered, bool) {
	b, ok := p.bundle(ctx, query, settings, []string{p.component})
	if !ok {
		return nil, false
	}
	component := b.Components[0]
	all := rendered{chartVersion: component.Version}
	all.add(valuesFile, component.Values)
	for path, text := range component.Manifests {
		all.add(path, text)
	}
	for _, file := range b.Files {
		if file.Path == p.component+"/"+readme {
			all[readme] = string(file.Content)
		}
	}
	return all, true
}

// overlays returns the settings, by "subtype/key", as an overlay document that
// matches every query.
func overlays(settings map[string]any) []string {
	var subtypes []map[string]any
	for _, subtype := range []string{"image", "config", "network-config", "server"} {
		data := map[string]any{}
		for path, value := range settings {
			if name, ok := cutSubtype(path, subtype); ok {
				data[name] = value
			}
		}
		if len(data) > 0 {
			subtypes = append(subtypes, map[string]any{"subtype": subtype, "data": data})
		}
	}
	if subtypes == nil {
		return nil
	}
	text, err := json.Marshal(map[string]any{
		"key":   map[string]any{},
		"types": []any{map[string]any{"type": "K8s", "subtypes": subtypes}},
	})
	if err != nil {
		return nil // strings and bools marshal
	}
	return []string{string(text)}
}

func cutSubtype(path, subtype string) (string, bool) {
	if len(path) <= len(subtype) || path[:len(subtype)+1] != subtype+"/" {
		return "", false
	}
	return path[len(subtype)+1:], true
}

// add notes every value of a YAML document. Of a manifest it also notes that it
// is there, and every map in it.
func (r rendered) add(file, text string) {
	var tree any
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return // the renderer writes YAML
	}
	r[file] = "present"
	r.walk(file, "", tree)
}

func (r rendered) walk(file, path string, value any) {
	place := file + ": " + path
	tree, isMap := value.(map[string]any)
	switch {
	case !isMap || len(tree) == 0 && path != "":
		r[place] = fmt.Sprintf("%#v", value)
		return
	case path != "" && file != valuesFile:
		r[place] = "a map"
	}
	for key, below := range tree {
		child := key
		if path != "" {
			child = path + "." + key
		}
		r.walk(file, child, below)
	}
}

// difference adds the places at which two renderings differ. A file that only
// one of them has is one place, and so is one that holds another kind of object.
func difference(a, b rendered, places map[string]bool) {
	for _, pair := range [][2]rendered{{a, b}, {b, a}} {
		for place, value := range pair[0] {
			if other, ok := pair[1][place]; ok && other == value {
				continue
			}
			file, _ := fileOf(place)
			if kind := file + ": kind"; pair[0][kind] != pair[1][kind] || pair[1][file] == "" {
				place = file
			}
			places[anyShape(place)] = true
		}
	}
}

// anyShape puts a word for all shapes of OKE's nodes in place of the shape that
// a file is named after; they differ by GPU.
func anyShape(place string) string {
	const policy = "manifests/sriovnetworknodepolicy-"
	file, _ := fileOf(place)
	if !strings.HasPrefix(file, policy) {
		return place
	}
	return policy + "<shape>.yaml" + strings.TrimPrefix(place, file)
}

// fileOf returns the file of a place in a file, and false for other places.
func fileOf(place string) (string, bool) {
	file, _, inFile := strings.Cut(place, ":")
	return file, inFile
}
