// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"slices"
)

// bundler knows how to make one component. Everything about a component that
// is not a fact about its chart's releases stands in its bundler.
type bundler struct {
	// name is the component's, the chart's and the Helm release's.
	name string
	// title is the name as people write it.
	title string
	// requires lists components that, where they are in the same bundle, must be
	// installed first.
	requires []string
	// keys are those read from the recipe, besides images and those that every
	// bundler reads.
	keys []recipeKey
	// reads are all keys that it reads, those of every bundler and images
	// included.
	reads []recipeKey
	// images are the keys of K8s/image whose tags the chart release fixes.
	images []imageKey
	// essential says that a bundle without the component is worth nothing: it is
	// never left out for want of a release.
	essential bool
	// needed reports whether the platform of a recipe needs the component.
	needed func(recipe) bool
	// build fills in the values and manifests of a draft.
	build func(*draft) error
	// crds are the custom resource definitions that belong to this component
	// alone: what uninstall.sh --delete-crds deletes. Nil for none.
	crds func(*draft) []string
	// ready tells how the component reports that it is up; nil for one that is
	// up when its workloads are rolled out.
	ready func(*draft) readiness
	// workloads are the kinds of the chart's workloads to wait for, where no
	// object reports readiness.
	workloads []string
	// notes are what the README says beyond the values.
	notes func(*draft) []note
}

// readiness is how a component reports that it is up.
type readiness struct {
	// object is what says so in its status.state, as resource/name; "" when the
	// bundle may have none.
	object string
	// after is the component of the bundle, installed later, without which the
	// object never says so; "" for none.
	after string
}

// imageKey is a component version of K8s/image.
type imageKey struct {
	key string
	// title is the component as people call it, inside a sentence.
	title string
	// image is the component that chart.Release.Image knows.
	image string
	// paths are the values that take the tag; nil where a manifest takes it.
	paths []string
}

// registry lists the bundlers by name.
func registry() []*bundler {
	bundlers := []*bundler{efaPlugin(), gpuOperator(), networkOperator(), draDriver()}
	for _, b := range bundlers {
		b.reads = b.recipeKeys()
	}
	return bundlers
}

// otherImageKeys are keys of K8s/image that recipes carry and no bundler
// renders: other tools' components, and names of older documents.
func otherImageKeys() []string {
	return []string{
		"gpu-operator-validator", "k8s-dra-driver-gpu", "mpi-operator",
		"node-feature-discovery", "training-operator", "whereabouts-ipam",
	}
}

// otherConfigKeys are keys of K8s/config that older documents carry.
func otherConfigKeys() []string { return []string{"intent"} }

func (b *bundler) chartKey() recipeKey {
	return recipeKey{subtype: imageSubtype, name: b.name, about: "The release of the chart."}
}

// recipeKeys lists every key that the bundler reads.
func (b *bundler) recipeKeys() []recipeKey {
	keys := append([]recipeKey{b.chartKey(), versionKey()}, b.keys...)
	for _, image := range b.images {
		keys = append(keys, image.recipeKey())
	}
	return keys
}

// about returns what a key means that the bundler reads.
func (b *bundler) about(subtype, name string) string {
	i := slices.IndexFunc(b.reads, func(k recipeKey) bool { return k.subtype == subtype && k.name == name })
	if i < 0 {
		return ""
	}
	return b.reads[i].about
}

// requiresAmong returns the components to install first, sorted.
func (b *bundler) requiresAmong(names []string) []string {
	var first []string
	for _, name := range b.requires {
		if slices.Contains(names, name) {
			first = append(first, name)
		}
	}
	slices.Sort(first)
	return first
}
