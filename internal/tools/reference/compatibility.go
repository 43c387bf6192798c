// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func (e engine) compatibility() (string, error) {
	p := newPage("Compatibility", "Which releases, Kubernetes versions, drivers, node images and GPUs go together.")
	p.paragraph("Generated from the data that recipes and bundles use: catalog " + code(e.catalog.Version()) + " and the facts about the charts.")
	for _, section := range []func(*page) error{e.lines, e.releases, e.driverContainers, e.platforms, e.nodeImages, e.hardware, e.otherDemands} {
		if err := section(p); err != nil {
			return "", err
		}
	}
	return p.String(), nil
}

// build makes the recipe of a query that nothing else is known of.
func (e engine) build(q document.Query) (document.Recipe, error) {
	result, err := e.catalog.Build(context.Background(), recipe.Request{Query: q, AllowUncovered: true})
	if err != nil {
		return document.Recipe{}, fmt.Errorf("recipe of %+v: %w", q, err)
	}
	return result.Recipe, nil
}

func image(r document.Recipe, key string) string {
	return r.Measurements.Text(measurement.K8s, "image", key)
}

func config(r document.Recipe, key string) string {
	return r.Measurements.Text(measurement.K8s, "config", key)
}

// lines shows what the catalog picks for each Kubernetes minor version.
func (e engine) lines(p *page) error {
	p.section("Release lines")
	p.paragraph("What a recipe installs on each Kubernetes version, unless an overlay changes it. " +
		"A dash means that the component is installed only on request, or that no release of it fits; `eidos catalog kubernetes` tells these apart. If the platform needs a component and no release fits, the recipe is an error.")
	header, recipes := []string{"Component"}, []document.Recipe{}
	minors, err := e.catalog.KubernetesVersions(context.Background())
	if err != nil {
		return err
	}
	for _, minor := range minors {
		r, err := e.build(document.Query{K8s: minor})
		if err != nil {
			return err
		}
		header, recipes = append(header, minor), append(recipes, r)
	}
	var rows [][]string
	add := func(title, key string) {
		row := []string{title}
		for _, r := range recipes {
			row = append(row, code(image(r, key)))
		}
		rows = append(rows, row)
	}
	entries := slices.SortedStableFunc(slices.Values(e.set.Entries()), func(a, b component.Entry) int { return cmp.Compare(a.Wave, b.Wave) })
	for _, entry := range entries {
		add("["+entry.Name+"](bundler-"+entry.Name+".md)", entry.Name)
		if entry.Driver != nil {
			add(mainImage(entry), mainImage(entry))
		}
	}
	p.table(header, rows)
	return nil
}

// releases shows the facts of every chart release.
func (e engine) releases(p *page) error {
	p.section("Chart releases")
	p.paragraph("Releases whose values, images and custom resources are known. Another release is checked against its nearest relative, with the finding `version-without-facts`. A candidate is not published yet: recipes use it only if you pin it, with the finding `candidate-release`.")
	var rows [][]string
	for _, entry := range e.set.Entries() {
		for _, known := range entry.Releases {
			release, err := e.set.Facts.Release(entry.Name, known.Version)
			if err != nil {
				return err
			}
			main := "-"
			if key := mainImage(entry); key != "" {
				main = key + " " + code(known.Tags[key])
			}
			shown := code(known.Version)
			if known.Candidate {
				shown += " (candidate)"
			}
			rows = append(rows, []string{entry.Name, shown, release.Kubernetes.String(), release.KubeVersion.String(), main, release.Read})
		}
	}
	p.table([]string{"Chart", "Release", "Kubernetes", "`kubeVersion` that Helm tests", "Main image", "Read on"}, rows)
	return nil
}

// mainImage is the first of a component's versions in a recipe, "" for none.
func mainImage(entry component.Entry) string {
	if len(entry.Images) == 0 {
		return ""
	}
	return entry.Images[0].Key
}

// platforms shows the product table.
func (e engine) platforms(p *page) error {
	p.section("Platforms")
	p.paragraph("GPUs that each service sells, their instance types, and the fabric that joins the nodes. A dash means that only you can know. Any other pair is an error, which `allow_uncovered` turns into a warning.")
	var rows [][]string
	for _, platform := range e.catalog.Platforms() {
		for _, gpu := range platform.GPUs {
			rows = append(rows, []string{platform.Service, gpu.GPU, orDash(gpu.Fabric), orDash(codes(gpu.InstanceTypes))})
		}
	}
	p.table([]string{"Service", "GPU", "Fabric", "Instance types"}, rows)
	return nil
}

// nodeImages shows who brings driver and toolkit.
func (e engine) nodeImages(p *page) error {
	p.section("Node images")
	p.paragraph("Who installs the driver and the container toolkit: the operator, or the node image. An overlay can set `driver_source` or `toolkit_source` of `K8s/config` to change it.")
	var rows [][]string
	for _, platform := range e.catalog.Platforms() {
		for _, os := range platform.OS {
			r, err := e.build(document.Query{Service: platform.Service, OS: os})
			if err != nil {
				return err
			}
			rows = append(rows, []string{platform.Service, os, config(r, "driver_source"), config(r, "toolkit_source")})
		}
	}
	p.table([]string{"Service", "OS", "Driver", "Toolkit"}, rows)
	return nil
}
