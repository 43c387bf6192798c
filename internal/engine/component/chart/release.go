// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Summary is what a release's data file says first.
type Summary struct {
	Name        string
	Version     string     // as the chart writes it: v26.7.0 of gpu-operator, 26.4.1 of network-operator
	Candidate   bool       // for a release, which may differ
	AppVersion  string     // default tag of the chart's own images
	KubeVersion Constraint // the chart's own, tested by Helm
	Kubernetes  Range      // supported according to its maker's documentation
	Read        string     // the day on which this was read, such as 2026-11-22
}

// Release is what is known about one release of a chart. It is immutable.
type Release struct {
	Summary

	text     raw
	systems  map[string][]string
	images   map[string]Image
	objects  map[string]*object   // by kind
	policy   *policy              // nil where the chart renders no ClusterPolicy
	renders  map[string]condition // custom resources that the templates write, and when
	refusals []refusal

	keys     []key // of the chart and, with its name before them, of each sub-chart
	byPath   func() map[string]*key
	defaults func() map[string]any // not to be changed
}

// Image is where a component's container image is found by default.
type Image struct {
	Repository string // e.g. nvcr.io/nvidia/mellanox
	Image      string // e.g. doca-driver
	Version    string // the full tag
}

// Default returns the value that the chart, or for a sub-chart its parent,
// gives a dotted path such as driver.version. It is false where the chart sets
// nothing. The value is the caller's own.
func (r *Release) Default(path string) (any, bool) {
	if k := r.byPath()[path]; k != nil && k.typ != mapKey && k.standard != "" {
		return k.standard.reader().value(), true
	}
	v, ok := tree.Lookup(r.defaults(), path)
	return tree.Clone(v), ok
}

// Image returns the default image of a component: a dotted path below spec of
// the NicClusterPolicy such as secondaryNetwork.multus, or of the chart's values
// such as driver.manager or image. It is false for any other component.
func (r *Release) Image(component string) (Image, bool) {
	if image, ok := r.images[component]; ok {
		return image, true
	}
	values, _ := tree.Lookup(r.defaults(), component)
	settings, _ := values.(map[string]any)
	image := r.imageIn(settings)
	if image.Repository == "" || image.Image == "" || image.Version == "" {
		return Image{}, false
	}
	return image, true
}

// imageIn reads the two ways in which charts write an image: repository, image
// and version, or a repository that ends in the image's name, and tag.
func (r *Release) imageIn(values map[string]any) Image {
	repository, _ := values["repository"].(string)
	if tag, ok := values["tag"].(string); ok && values["image"] == nil {
		slash := max(strings.LastIndexByte(repository, '/'), 0)
		return Image{Repository: repository[:slash], Image: strings.TrimPrefix(repository[slash:], "/"), Version: tag}
	}
	name, _ := values["image"].(string)
	version, ok := values["version"].(string)
	if !ok {
		version = r.AppVersion
	}
	return Image{Repository: repository, Image: name, Version: version}
}

// Systems lists the versions of an operating system, by the name that recipes
// give it, that the release has driver containers for: of ubuntu the releases,
// of rhel the major versions. It is nil where the facts say nothing. The slice
// is the caller's own.
func (r *Release) Systems(os string) []string { return slices.Clone(r.systems[os]) }
