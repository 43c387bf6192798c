// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// driverContainers shows the operating systems that the GPU Operator can install
// a driver on.
func (e engine) driverContainers(p *page) error {
	p.section("Driver containers")
	p.paragraph("Versions of the operating systems that a release of the GPU Operator has driver containers for. " +
		"Another version is an error where the operator installs the driver; so is an operating system that is not listed.")
	releases := e.facts.Releases("gpu-operator")
	systems := slices.DeleteFunc(e.catalog.Values("os"), func(os string) bool {
		return !slices.ContainsFunc(releases, func(release string) bool { return e.systems(release, os) != nil })
	})
	var rows [][]string
	for _, release := range releases {
		row := []string{code(release)}
		for _, os := range systems {
			row = append(row, orDash(strings.Join(e.systems(release, os), ", ")))
		}
		rows = append(rows, row)
	}
	p.table(append([]string{"gpu-operator"}, systems...), rows)
	return nil
}

// hardware shows what GPUs demand of versions and drivers.
func (e engine) hardware(p *page) error {
	p.section("What GPUs demand")
	p.paragraph("A version outside is an error that names the layer that asks. Kernel modules: the only kind that the GPU works with, or any.")
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
	p.paragraph("The same for services and operating systems, where the version is known.")
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

// systems returns the versions of an operating system that a release has driver
// containers for.
func (e engine) systems(release, os string) []string {
	r, err := e.facts.Release("gpu-operator", release)
	if err != nil {
		return nil // a test loads every release
	}
	return r.Systems(os)
}
