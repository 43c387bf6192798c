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
	more [][]string // in the table of this one
}

func catalogKinds() []catalogKind {
	return []catalogKind{
		{"services", "Kubernetes services, with their operating systems and GPUs", []string{"SERVICE", "OS", "GPUS"}, []string{"GPU", "FABRIC", "INSTANCE TYPES"}, serviceEntries},
		{"gpus", "GPUs, with the services that offer them", []string{"GPU", "SERVICES"}, []string{"SERVICE", "OS", "FABRIC", "INSTANCE TYPES"}, gpuEntries},
		{"options", "options of a recipe, with what they take", []string{"OPTION", "TAKES", "MEANING"}, nil, optionEntries},
		{"components", "components of a bundle, with their charts", []string{"COMPONENT", "CHART", "NEWEST", "REPOSITORY", "NAMESPACE", "ON REQUEST", "AFTER"}, nil, componentEntries},
		{"releases", "chart releases of each component, oldest first", []string{"COMPONENT", "RELEASE", "KUBERNETES", "IMAGES"}, nil, releaseEntries},
		{"rules", "checks of recipes and bundles", []string{"RULE", "OF", "COMPONENT", "SEVERITY", "WHAT IT FINDS"}, nil, ruleEntries},
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
	default:
		return paragraphs(append([][]string{k.header}, e.rows...), cmp.Or(p.width(), math.MaxInt))
	}
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

func optionEntries(l *listing.Listing) []catalogEntry {
	var entries []catalogEntry
	for _, o := range l.Options {
		takes := o.Type
		if o.Values != nil {
			takes = strings.Join(o.Values, ", ")
		}
		entries = append(entries, catalogEntry{name: o.Name, item: o, rows: [][]string{{o.Name, takes, o.About}}})
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
	for _, r := range l.Rules {
		entries = append(entries, catalogEntry{name: r.Name, item: r, rows: [][]string{{r.Name, r.Of, orDash(r.Component), r.Severity, r.Summary}}})
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
