// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func (e engine) compatibility() (string, error) {
	p := newPage("Compatibility", "Which releases, Kubernetes versions, drivers, node images and GPUs go together.")
	p.paragraph("Made from the same data that recipes and bundles are made from: catalog " + code(e.catalog.Version()) + " and the facts about the charts.")
	for _, section := range []func(*page) error{e.lines, e.releases, e.driverContainers, e.platforms, e.nodeImages, e.hardware, e.otherDemands} {
		if err := section(p); err != nil {
			return "", err
		}
	}
	return p.String(), nil
}

// build makes the recipe of a query that nothing else is known of.
func (e engine) build(q document.Query) (document.Recipe, error) {
	result, err := e.catalog.Build(recipe.Request{Query: q, AllowUncovered: true})
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
	p.paragraph("What a recipe installs on each Kubernetes version, unless an overlay says otherwise. " +
		"A dash: no release fits, the component is left out with the finding `kubernetes-range`, and naming its bundler is an error.")
	minors, err := e.minors()
	if err != nil {
		return err
	}
	var rows [][]string
	for _, minor := range minors {
		own, err := e.build(document.Query{K8s: minor})
		if err != nil {
			return err
		}
		eks, err := e.build(document.Query{K8s: minor, Service: "eks"})
		if err != nil {
			return err
		}
		rows = append(rows, []string{
			minor, code(image(own, "gpu-operator")), code(image(own, "driver")), code(image(own, "network-operator")),
			code(image(eks, "network-operator")), code(image(own, "nvidia-dra-driver-gpu")), code(image(eks, "aws-efa-k8s-device-plugin")),
		})
	}
	p.table([]string{"Kubernetes", "gpu-operator", "driver", "network-operator", "network-operator on EKS and GKE", "nvidia-dra-driver-gpu", "aws-efa-k8s-device-plugin (EKS)"}, rows)
	return nil
}

// minors lists the Kubernetes versions that releases of the GPU Operator
// support, oldest first.
func (e engine) minors() ([]string, error) {
	const beyond = 100 // the minor versions of many years
	var minors []string
	for minor := range beyond {
		kubernetes := fmt.Sprintf("1.%d", minor)
		supported, err := e.supported(kubernetes)
		if err != nil {
			return nil, err
		}
		if supported {
			minors = append(minors, kubernetes)
		}
	}
	return minors, nil
}

func (e engine) supported(kubernetes string) (bool, error) {
	for _, version := range e.facts.Releases("gpu-operator") {
		release, err := e.facts.Release("gpu-operator", version)
		if err != nil {
			return false, err
		}
		if inside, err := release.Kubernetes.Contains(kubernetes); inside || err != nil {
			return inside, err
		}
	}
	return false, nil
}

// releases shows the facts of every chart release.
func (e engine) releases(p *page) error {
	p.section("Chart releases")
	p.paragraph("Releases whose values, images and custom resources are known. Another release is checked against its nearest relative, with the finding `version-without-facts`.")
	var rows [][]string
	for _, name := range e.renderer.Bundlers() {
		for _, version := range e.facts.Releases(name) {
			release, err := e.facts.Release(name, version)
			if err != nil {
				return err
			}
			rows = append(rows, []string{name, code(version), release.Kubernetes.String(), release.KubeVersion.String(), code(defaultDriver(release))})
		}
	}
	p.table([]string{"Chart", "Release", "Kubernetes", "`kubeVersion` that Helm tests", "Default GPU or network driver"}, rows)
	return nil
}

func defaultDriver(release *chart.Release) string {
	for _, component := range []string{"driver", "ofedDriver"} {
		if image, ok := release.Image(component); ok {
			return image.Version
		}
	}
	return ""
}

// platforms shows the product table.
func (e engine) platforms(p *page) error {
	p.section("Platforms")
	p.paragraph("GPUs that each service sells, on which instance types, and the fabric that joins the nodes; a dash where that is for you to know. Any other pair is an error, which `allow_uncovered` turns into a warning.")
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
	p.paragraph("Who brings the driver and the container toolkit: the GPU Operator, or the node image. An overlay that sets `driver_source` or `toolkit_source` of `K8s/config` decides otherwise.")
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
