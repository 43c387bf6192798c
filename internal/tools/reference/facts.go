// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/readings"
)

// facts shows what snapshots say, what reads it, and what they leave out.
func (e engine) facts() (string, error) {
	all, err := readings.All()
	if err != nil {
		return "", err
	}
	readers, err := e.catalog.Readers()
	if err != nil {
		return "", err
	}
	readers = append(readers, bundle.Readers()...)
	for _, r := range readers {
		if all.Find(r.Reading) == nil {
			return "", fmt.Errorf("%s %s reads %s, which no snapshot has", r.Kind, r.Name, r.Reading)
		}
	}
	p := newPage("Facts of a snapshot", "What a snapshot says, what reads it, and what is left out.")
	p.paragraph("A snapshot holds readings: `TYPE/SUBTYPE/KEY` and a value. What is unknown has no key. " +
		"This page lists them with what a recipe makes of each: a field of its *query*, a *fact* that the recipe keeps under the key named, the condition of an *overlay*, or a *rule* of recipes or bundles, whose finding says what to do. " +
		"A dash means that no decision depends on it; it is for comparisons and for people. `*` stands for any text.")
	p.paragraph("An argument that you set overrides the snapshot. Without a snapshot, you can also set a fact with an option or an overlay that sets its key.")
	for _, kind := range []struct{ prefix, title, about string }{
		{"K8s/", "The cluster", "From the API server. Readings of `K8s/node` are those of the GPU node that agrees with the others in most readings; `K8s/node-variance` lists the differences."},
		{"GPU/", "GPUs", "From the collectors on a node; the API server knows some of them from labels."},
		{"OS/", "The operating system", "From the collectors on a node; the API server also knows `OS/release` from the names of images."},
		{"SystemD/", "Services of the node", "systemd says them over D-Bus."},
	} {
		p.section(kind.title)
		p.paragraph(kind.about)
		p.table([]string{"Reading", "Type", "Meaning", "Read by"}, readingRows(all, readers, kind.prefix))
	}
	p.nodeMarks(e.catalog.Nodes())
	p.section("What is left out")
	var rows [][]string
	for _, out := range all.LeftOut {
		rows = append(rows, []string{out.What, out.Why})
	}
	p.table([]string{"Not in a snapshot", "Because"}, rows)
	return p.String(), nil
}

// readingRows are the readings of a type, each with those of its keys that
// something reads.
func readingRows(all readings.List, readers []recipe.Reader, prefix string) [][]string {
	var rows [][]string
	for i, r := range all.Readings {
		if !strings.HasPrefix(r.Path, prefix) {
			continue
		}
		by := map[string][]recipe.Reader{}
		for _, reader := range readers {
			if all.Find(reader.Reading) == &all.Readings[i] {
				by[reader.Reading] = append(by[reader.Reading], reader)
			}
		}
		rows = append(rows, []string{code(r.Path), r.Type, orDash(r.About), readBy(by[r.Path])})
		delete(by, r.Path)
		for _, name := range slices.Sorted(maps.Keys(by)) {
			rows = append(rows, []string{code(name), r.Type, "-", readBy(by[name])})
		}
	}
	return rows
}

// readBy lists readers by their kinds.
func readBy(readers []recipe.Reader) string {
	var parts []string
	for _, kind := range []recipe.ReaderKind{recipe.ReaderQuery, recipe.ReaderFact, recipe.ReaderOverlay, recipe.ReaderRule} {
		var names []string
		for _, r := range readers {
			if r.Kind == kind {
				names = append(names, r.Name)
			}
		}
		if len(names) > 0 {
			parts = append(parts, string(kind)+" "+codes(names))
		}
	}
	return orDash(strings.Join(parts, "; "))
}

// nodeMarks shows what labels, taints and names of nodes mean.
func (p *page) nodeMarks(nodes recipe.NodeTable) {
	p.section("Marks of nodes")
	p.paragraph("`K8s/node/distribution` is the first of these that a node has a mark of; each mark alone is enough.")
	var rows [][]string
	for _, d := range nodes.Distributions {
		rows = append(rows, []string{code(d.Distribution), orDash(codes(d.ProviderIDs)), orDash(codes(d.Kubelet)), orDash(codes(d.Images)), orDash(codes(d.Labels))})
	}
	p.table([]string{"Distribution", "Part of the provider ID", "Part of the kubelet's version", "Beginning of the image's name", "Beginning of a label"}, rows)
	p.paragraph("These node labels are kept, each as a key of `K8s/node`:")
	rows = nil
	for _, label := range slices.Sorted(maps.Keys(nodes.Labels)) {
		rows = append(rows, []string{code(label), code("K8s/node/" + nodes.Labels[label])})
	}
	p.table([]string{"Label", "Reading"}, rows)
	p.paragraph("Nodes belong to the same pool if they agree in the first of these labels that they have: " + codes(nodes.Pools) + ".")
	p.paragraph("Taints that all GPU nodes of a pool have become tolerations, except taints with the effect NoExecute and those that come and go with the state of a node (prefixes of keys): " + codes(nodes.Passing) + ". Every component tolerates " + codes(nodes.Tolerated) + " anyway.")
}
