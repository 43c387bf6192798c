// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// platformBundle is what is installed on a platform, nil where that is refused.
type platformBundle struct {
	query  document.Query
	recipe document.Recipe
	bundle *bundle.Bundle
}

// platformQueries are those of every service, operating system and GPU that the catalog
// offers, for the newest Kubernetes version that there are recipes for on all of them.
func (e engine) platformQueries() ([]document.Query, error) {
	var all []document.Query
	for _, platform := range e.catalog.Platforms() {
		for _, os := range platform.OS {
			for _, g := range platform.GPUs {
				q := document.Query{Service: platform.Service, OS: os, GPU: g.GPU}
				if !slices.Contains(all, q) { // a GPU may be in several instance types
					all = append(all, q)
				}
			}
		}
	}
	minors, err := e.catalog.KubernetesVersions(context.Background())
	if err != nil {
		return nil, err
	}
	for _, minor := range slices.Backward(minors) {
		for i := range all {
			all[i].K8s = minor
		}
		if e.covers(all) {
			return all, nil
		}
	}
	return nil, errors.New("no Kubernetes version has recipes on all platforms")
}

// covers reports whether there are recipes for all queries, with every intent and
// without one.
func (e engine) covers(queries []document.Query) bool {
	for _, intent := range append(e.catalog.Values("intent"), "") {
		for _, q := range queries {
			q.Intent = intent
			if _, err := e.catalog.Build(context.Background(), recipe.Request{Query: q}); err != nil {
				return false
			}
		}
	}
	return true
}

// render renders what each query asks for, and leaves out what needs more than that,
// such as a node image with a driver that the operator has none for.
func (e engine) render(queries []document.Query) (all []platformBundle) {
	for _, q := range queries {
		if b, err := e.platformBundle(q, nil); err == nil {
			all = append(all, b)
		}
	}
	return all
}

// platformBundle renders what a query and options ask for.
func (e engine) platformBundle(q document.Query, options map[string]string) (platformBundle, error) {
	made, err := e.catalog.Build(context.Background(), recipe.Request{Query: q, Options: options})
	if err != nil {
		return platformBundle{}, err
	}
	rendered, err := e.renderer.Render(context.Background(), bundle.Request{Recipe: made.Recipe})
	return platformBundle{q, made.Recipe, rendered}, err
}

// representative returns of each service a platform for each of its GPUs, and one for
// each of its operating systems.
func representative(all []platformBundle) (some []platformBundle) {
	seen := map[string]bool{}
	for _, b := range all {
		system, gpu := b.query.Service+" "+b.query.OS, b.query.Service+" / "+b.query.GPU
		if !seen[system] || !seen[gpu] {
			some = append(some, b)
		}
		seen[system], seen[gpu] = true, true
	}
	return some
}

// others returns those platforms of the second list that have other components than in
// the first.
func others(first, second []platformBundle) (some []platformBundle) {
	for i, b := range second {
		if !maps.EqualFunc(first[i].files(), b.files(), func(_, _ map[string][]byte) bool { return true }) {
			some = append(some, b)
		}
	}
	return some
}

// changes lists what another bundle has that this one has not, and the reverse: whole
// components, and of those in both the values, objects and settings of nodes.
func (b platformBundle) changes(other platformBundle) ([]string, error) {
	before, after := b.files(), other.files()
	var all []string
	for _, c := range other.bundle.Components {
		if before[c.Name] == nil {
			all = append(all, "installs [`"+c.Name+"`](bundler-"+c.Name+".md)")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if after[name] == nil {
			all = append(all, "leaves out `"+name+"`")
			continue
		}
		changes, err := compare.Files(context.Background(), before[name], after[name])
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			file, value, _ := strings.Cut(c.Path, ": ")
			if file == valuesFile {
				all = append(all, "`"+name+"`: `"+value+"` "+set(c.After))
				continue
			}
			all = append(all, verb(before[name][file], after[name][file])+" `"+name+"/"+file+"`")
		}
	}
	return slices.Compact(all), nil
}

const (
	valuesFile = "values.yaml"
	nodeFolder = "node" // of a bundle, with settings of nodes
)

func set(value *string) string {
	if value == nil {
		return "is the chart's default"
	}
	return "is " + code(*value)
}

func verb(before, after []byte) string {
	switch {
	case before == nil:
		return "adds"
	case after == nil:
		return "leaves out"
	default:
		return "changes"
	}
}

// files are those of each component that say what is installed, and of the nodes.
func (b platformBundle) files() map[string]map[string][]byte {
	all := map[string]map[string][]byte{nodeFolder: {}}
	for _, c := range b.bundle.Components {
		all[c.Name] = map[string][]byte{}
		if values := strings.TrimSpace(c.Values); values != "{}" { // which is compared as no values
			all[c.Name][valuesFile] = []byte(values)
		}
		for path, text := range c.Manifests {
			all[c.Name][path] = []byte(text)
		}
	}
	for path, text := range b.bundle.NodeSettings {
		all[nodeFolder][path] = []byte(text)
	}
	return all
}

// together names the platforms of some queries: a service where all of its platforms
// are meant, else its operating systems, those with the same GPUs at once.
func together(some, every []document.Query) string {
	gpus := func(list []document.Query, service, os string) (names []string) {
		for _, q := range list {
			if q.Service == service && q.OS == os {
				names = append(names, q.GPU)
			}
		}
		return names
	}
	var parts []string
	for _, service := range distinctBy(some, func(q document.Query) string { return q.Service }) {
		var groups []string // of GPUs
		systems := map[string][]string{}
		whole := true
		for _, os := range distinctBy(every, func(q document.Query) string { return q.OS }) {
			mine, offered := gpus(some, service, os), gpus(every, service, os)
			whole = whole && len(mine) == len(offered)
			if len(mine) == 0 {
				continue
			}
			group := ": " + strings.Join(mine, ", ")
			if len(mine) == len(offered) {
				group = ""
			}
			if systems[group] == nil {
				groups = append(groups, group)
			}
			systems[group] = append(systems[group], os)
		}
		if whole {
			parts = append(parts, service)
			continue
		}
		for i, group := range groups {
			groups[i] = strings.Join(systems[group], ", ") + group
		}
		parts = append(parts, service+" ("+strings.Join(groups, "; ")+")")
	}
	return strings.Join(parts, ", ")
}

func distinctBy(list []document.Query, field func(document.Query) string) []string {
	var names []string
	for _, q := range list {
		if !slices.Contains(names, field(q)) {
			names = append(names, field(q))
		}
	}
	return names
}
