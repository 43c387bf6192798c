// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// driverContainers shows the operating systems that components can install a
// driver on.
func (e engine) driverContainers(p *page) error {
	p.section("Driver containers")
	for _, entry := range e.set.Entries() {
		if entry.Driver == nil {
			continue
		}
		p.paragraph("Versions of the operating systems that a release of the " + entry.Title + " has driver containers for. " +
			"Another version is an error if the operator installs the driver; so is an operating system that is not listed.")
		header, rows := []string{entry.Name}, make([][]string, len(entry.Releases))
		for i, known := range entry.Releases {
			rows[i] = []string{code(known.Version)}
		}
		for _, os := range e.catalog.Values("os") {
			versions, err := e.systems(entry, os)
			if err != nil {
				return err
			}
			if strings.Join(versions, "") == "" {
				continue
			}
			header = append(header, os)
			for i, text := range versions {
				rows[i] = append(rows[i], orDash(text))
			}
		}
		p.table(header, rows)
	}
	return nil
}

// systems lists for each release of a component the versions of an operating
// system that it has driver containers for.
func (e engine) systems(entry component.Entry, os string) ([]string, error) {
	texts := make([]string, len(entry.Releases))
	for i, known := range entry.Releases {
		release, err := e.set.Facts.Release(entry.Name, known.Version)
		if err != nil {
			return nil, err
		}
		texts[i] = strings.Join(release.Systems(os), ", ")
	}
	return texts, nil
}

// hardware shows what GPUs demand of versions and drivers.
func (e engine) hardware(p *page) error {
	p.section("What GPUs demand")
	p.paragraph("A version outside the range is an error that names the layer that requires it. Kernel modules: the only kind that the GPU works with, or any.")
	var rows [][]string
	for _, gpu := range e.catalog.Values("gpu") {
		r, err := e.build(document.Query{GPU: gpu})
		if err != nil {
			return err
		}
		rows = append(rows, []string{gpu, demands(r.Constraints), orDash(r.Measurements.Text(measurement.GPU, "driver", "kernel-module"))})
	}
	p.table([]string{"GPU", "Demands", "Kernel modules"}, rows)
	return nil
}

// otherDemands shows what the catalog's other overlays demand.
func (e engine) otherDemands(p *page) error {
	p.section("What platforms demand")
	p.paragraph("The same for services and operating systems, if the version is known.")
	var rows [][]string
	for _, overlay := range e.catalog.Overlays() {
		ofGPU := overlay.Key == document.Query{GPU: overlay.Key.GPU}
		if len(overlay.Constraints) > 0 && !ofGPU {
			rows = append(rows, []string{code(overlay.Name), demands(overlay.Constraints)})
		}
	}
	p.table([]string{"Recipes for", "Demand"}, rows)
	return nil
}

// demands names the versions as people do: "Kubernetes `>= 1.32`".
func demands(constraints []document.Constraint) string {
	names := map[string]string{"k8s": "Kubernetes", "osv": "OS version"}
	var parts []string
	for _, c := range constraints {
		name := c.Field
		if known, ok := names[name]; ok {
			name = known
		}
		parts = append(parts, fmt.Sprintf("%s %s", name, code(c.Range)))
	}
	slices.Sort(parts)
	return orDash(strings.Join(parts, ", "))
}
