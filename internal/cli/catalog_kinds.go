// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
)

// ruleKind is the kind that has a command of its own.
const ruleKind = "rules"

// catalogKind is one kind of things that eidos catalog lists.
type catalogKind struct {
	name, about string
	header      []string // of the table of all
	more        []string // of the table of one, nil where the row of all says everything
	entries     func(*listing.Listing) []catalogEntry
}

// catalogEntry is one thing of a kind.
type catalogEntry struct {
	name string
	item any        // as JSON shows it
	rows [][]string // in the table of all
	more [][]string // in the table of this one, or lines after its own
}

// kindGaps is the kind that takes long to list.
const kindGaps = "gaps"

func catalogKinds() []catalogKind {
	return []catalogKind{
		{"services", "Kubernetes services, with their operating systems and GPUs", []string{"SERVICE", "OS", "GPUS"}, []string{"GPU", "FABRIC", "INSTANCE TYPES"}, serviceEntries},
		{"gpus", "GPUs, with the services that offer them", []string{"GPU", "SERVICES"}, []string{"SERVICE", "OS", "FABRIC", "INSTANCE TYPES"}, gpuEntries},
		{"kubernetes", "versions of Kubernetes, with the newest releases that support them", []string{"KUBERNETES", "COMPONENTS WITHOUT A RELEASE FOR IT"}, []string{"COMPONENT", "NEWEST RELEASE"}, kubernetesEntries},
		{kindGaps, "combinations without a recipe, and why", []string{"WHAT", "WHY THERE IS NO RECIPE"}, nil, gapEntries},
		{"options", "options of a recipe, with their valid values", []string{"OPTION", "TAKES", "DEFAULT", "MEANING"}, nil, optionEntries},
		{"components", "components of a bundle, with their charts", []string{"COMPONENT", "CHART", "NEWEST", "REPOSITORY", "NAMESPACE", "ON REQUEST", "AFTER"}, nil, componentEntries},
		{"releases", "chart releases of each component, oldest first", []string{"COMPONENT", "RELEASE", "KUBERNETES", "IMAGES"}, nil, releaseEntries},
		{ruleKind, "checks of recipes and bundles", []string{"RULE", "OF", "COMPONENT", "SEVERITY", "WHAT IT FINDS"}, nil, ruleEntries},
	}
}

// table shows all entries.
func (k catalogKind) table(entries []catalogEntry) [][]string {
	rows := [][]string{k.header}
	for _, e := range entries {
		rows = append(rows, e.rows...)
	}
	return rows
}

// detail shows one entry: what belongs to it as a table, or the cells of its row.
func (k catalogKind) detail(p Process, e catalogEntry) []byte {
	switch {
	case k.more != nil:
		return p.table(append([][]string{k.more}, e.more...))
	case len(e.rows) != 1:
		return p.table(append([][]string{k.header}, e.rows...))
	}
	names, cells := slices.Clone(k.header), slices.Clone(e.rows[0])
	for _, line := range e.more {
		names, cells = append(names, line[0]), append(cells, line[1])
	}
	return paragraphs([][]string{names, cells}, cmp.Or(p.width(), math.MaxInt))
}

func items(entries []catalogEntry) []any {
	all := []any{}
	for _, e := range entries {
		all = append(all, e.item)
	}
	return all
}

func entryNames(entries []catalogEntry) []string {
	var names []string
	for _, e := range entries {
		names = append(names, e.name)
	}
	return names
}

func serviceEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for _, p := range l.Platforms {
		e := catalogEntry{name: p.Service, item: p}
		var gpus []string
		for _, g := range p.GPUs {
			gpus = append(gpus, g.GPU)
			e.more = append(e.more, []string{g.GPU, orDash(g.Fabric), orDash(g.InstanceTypes...)})
		}
		slices.Sort(gpus)
		e.rows = [][]string{{p.Service, orDash(p.OS...), orDash(slices.Compact(gpus)...)}}
		entries = append(entries, e)
	}
	return entries
}

// gpuOffers is a GPU with the services that offer it.
type gpuOffers struct {
	GPU    string     `json:"gpu"`
	Offers []gpuOffer `json:"offers"`
}

type gpuOffer struct {
	Service       string   `json:"service"`
	OS            []string `json:"os"`
	Fabric        string   `json:"fabric,omitempty"`
	InstanceTypes []string `json:"instanceTypes"`
}

func gpuEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for _, gpu := range l.Values["gpu"] {
		all := gpuOffers{gpu, []gpuOffer{}}
		e := catalogEntry{name: gpu}
		var services []string
		for _, p := range l.Platforms {
			for _, g := range p.GPUs {
				if g.GPU != gpu {
					continue
				}
				services = append(services, p.Service)
				all.Offers = append(all.Offers, gpuOffer{p.Service, p.OS, g.Fabric, g.InstanceTypes})
				e.more = append(e.more, []string{p.Service, orDash(p.OS...), orDash(g.Fabric), orDash(g.InstanceTypes...)})
			}
		}
		e.item = all
		e.rows = [][]string{{gpu, orDash(slices.Compact(services)...)}}
		entries = append(entries, e)
	}
	return entries
}

func kubernetesEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for _, k := range l.Kubernetes {
		e := catalogEntry{name: k.Version, item: k}
		var without []string
		for i := range l.Components {
			name := l.Components[i].Component
			if k.Releases[name] == "" {
				without = append(without, name)
			}
			e.more = append(e.more, []string{name, orDash(k.Releases[name])})
		}
		e.rows = [][]string{{k.Version, orDash(without...)}}
		entries = append(entries, e)
	}
	return entries
}

func gapEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for _, g := range l.Gaps {
		entries = append(entries, catalogEntry{name: g.Name, item: g, rows: [][]string{{g.Name, g.Reason}}})
	}
	return entries
}

func optionEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for _, o := range l.Options {
		takes := o.Type
		if o.Values != nil {
			takes = strings.Join(o.Values, ", ")
		}
		entries = append(entries, catalogEntry{name: o.Name, item: o, rows: [][]string{{o.Name, takes, orDash(o.Default), o.About}}, more: [][]string{{"READ BY", orDash(o.Components...)}}})
	}
	return entries
}

func componentEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for i := range l.Components {
		c := &l.Components[i]
		asked := "no"
		if c.Optional {
			asked = "yes"
		}
		published := slices.DeleteFunc(slices.Clone(c.Releases), func(r listing.Release) bool { return r.Candidate })
		row := []string{c.Component, c.Chart, published[len(published)-1].Version, c.Repository, c.Namespace, asked, orDash(c.Requires...)}
		entries = append(entries, catalogEntry{name: c.Component, item: c, rows: [][]string{row}})
	}
	return entries
}

func releaseEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for i := range l.Components {
		c := &l.Components[i]
		e := catalogEntry{name: c.Component, item: c}
		for _, r := range c.Releases {
			var tags []string
			for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
				tags = append(tags, fmt.Sprintf("%s %s", key, r.Tags[key]))
			}
			version := r.Version
			if r.Candidate {
				version += " (candidate)"
			}
			e.rows = append(e.rows, []string{c.Component, version, orDash(r.Kubernetes), orDash(tags...)})
		}
		entries = append(entries, e)
	}
	return entries
}

func ruleEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for i := range l.Rules {
		r := &l.Rules[i]
		e := catalogEntry{name: r.Name, item: r, rows: [][]string{{r.Name, r.Of, orDash(r.Component), r.Severity, r.Summary}}}
		for _, c := range r.Cases {
			e.more = append(e.more, []string{"MESSAGE", c.Message}, []string{"WHAT TO DO", c.Advice})
		}
		entries = append(entries, e)
	}
	return entries
}

// orDash lists texts in a cell, which is not left empty.
func orDash(texts ...string) string {
	text := strings.Join(texts, ", ")
	if text == "" {
		return "-"
	}
	return text
}
