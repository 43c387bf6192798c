// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// bundler makes the page of one bundler.
func (e engine) bundler(name string) (string, error) {
	d, err := e.set.Description(name)
	if err != nil {
		return "", err
	}
	places := e.places(d)
	p := newPage("Bundler "+name, "What the bundler of "+d.Title+" reads from a recipe, and where it ends up.")
	p.paragraph(fmt.Sprintf("%s: %s, installed into the namespace %s. Releases with facts: %s.",
		d.Title, chartSources(&d.Entry), code(d.Chart.Namespace), codes(versions(&d.Entry))))
	p.paragraph("The facts come from " + words.And(d.Sources) + ". [Compatibility](compatibility.md#chart-releases) has the days on which they were read.")

	p.section("Recipe keys")
	p.paragraph("Every key that the bundler reads, its meaning and valid values, and every place that it can change. Which of these places a recipe changes depends on its other keys and on the release. " +
		"A value that equals the chart's default is not written.")
	p.paragraph("A value of another type, or one that is not listed, is an error. So is a key of `K8s/config` or `K8s/network-config` that no bundler reads (rule `unknown-option`); " +
		"elsewhere it is the finding `unknown-recipe-key`.")
	var rows [][]string
	for _, key := range e.renderer.Keys(name) {
		rows = append(rows, []string{code(key.Path), key.About, takes(key), listed(places[key.Path])})
	}
	p.table([]string{"Recipe key", "Meaning", "Takes", "Ends up in"}, rows)

	if !d.HasChart() {
		p.paragraph("The component has no chart, so there are no values to override. `object_overrides` changes its objects.")
		return p.String(), nil
	}
	p.section("Overrides")
	p.paragraph("`overrides[" + fmt.Sprintf("%q", name) + "]` takes any key of the chart. It is merged last: maps key by key, lists as a whole, and a null deletes the chart's default. " +
		"A key that the chart does not have is an error that names the nearest one; so is a value of another type.")
	return p.String(), nil
}

// chartSources says where the chart is found, that of the newest releases first.
func chartSources(e *component.Entry) string {
	all := versions(e)
	if !e.HasChart() {
		return "objects without a chart"
	}
	name, repository := e.Source(all[len(all)-1])
	text := fmt.Sprintf("chart %s of %s", code(name), repository)
	for _, release := range slices.Backward(all) {
		if older, place := e.Source(release); place != repository {
			return text + fmt.Sprintf(" (up to %s chart %s of %s)", code(release), code(older), place)
		}
	}
	return text
}

// versions lists the releases with facts, oldest first.
func versions(e *component.Entry) []string {
	list := make([]string, len(e.Releases))
	for i, r := range e.Releases {
		list[i] = r.Version
	}
	return list
}

func takes(key bundle.KeyInfo) string {
	switch {
	case key.Bool:
		return "bool"
	case key.Values != nil:
		return codes(key.Values)
	default:
		return "string"
	}
}

// listed groups places by file: "`values.yaml`: `a`, `b`; `manifests/x.yaml`".
func listed(places []string) string {
	if len(places) == 0 {
		return "checks only"
	}
	var files []string
	paths := map[string][]string{}
	for _, place := range places {
		file, path, isValue := strings.Cut(place, ": ")
		if _, seen := paths[file]; !seen {
			files = append(files, file)
			paths[file] = nil
		}
		if isValue {
			paths[file] = append(paths[file], path)
		}
	}
	var parts []string
	for _, file := range files {
		part := file
		if strings.HasSuffix(file, ".yaml") {
			part = code(file)
		}
		if len(paths[file]) > 0 {
			part += ": " + codes(paths[file])
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
