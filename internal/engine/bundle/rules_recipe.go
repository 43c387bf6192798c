// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func recipeRules() []rule {
	warn := func(name, summary string, check func(*job) []violation) rule {
		return rule{RuleInfo: RuleInfo{name, SeverityWarning, summary}, recipe: check}
	}
	return []rule{
		warn("unknown-recipe-key", "The recipe has a key that no bundler reads.", unknownRecipeKeys),
		warn("unknown-rule", "ignore_findings names a rule that does not exist.", unknownRules),
		warn("component-not-rendered", "Overrides or a namespace are given for a component that is not in the bundle.", notRendered),
		warn("kubernetes-version-unknown", "Nobody knows the cluster's Kubernetes version, so it is checked against nothing.", kubernetesUnknown),
		warn("os-not-in-matrix", "The service has no node image of its own with this operating system.", osNotInMatrix),
	}
}

// unknownRecipeKeys looks at the subtypes that the rendered bundlers read; the
// keys of all bundlers are known.
func unknownRecipeKeys(j *job) []violation {
	known := j.knownKeys()
	var found []violation
	for _, subtype := range slices.Sorted(maps.Keys(known)) {
		s := j.recipe.Measurements.Subtype(measurement.K8s, subtype)
		if s == nil {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(s.Data)) {
			if !slices.Contains(known[subtype], key) {
				found = append(found, violation{
					recipePath(subtype, key), "no bundler reads this key, so it has no effect",
					"check its spelling" + didYouMean(key, known[subtype]),
				})
			}
		}
	}
	return found
}

// knownKeys lists the keys of each subtype that the rendered bundlers read.
func (j *job) knownKeys() map[string][]string {
	known := map[string][]string{}
	for _, b := range j.bundlers {
		for _, k := range b.reads {
			known[k.subtype] = nil
		}
	}
	for _, b := range j.Renderer.bundlers {
		for _, k := range b.reads {
			if _, read := known[k.subtype]; read {
				known[k.subtype] = append(known[k.subtype], k.name)
			}
		}
	}
	known[imageSubtype] = append(known[imageSubtype], otherImageKeys()...)
	known[configSubtype] = append(known[configSubtype], otherConfigKeys()...)
	return known
}

func unknownRules(j *job) []violation {
	var names []string
	for _, r := range j.rules {
		names = append(names, r.Name)
	}
	var found []violation
	for _, name := range j.ignored {
		if !slices.Contains(names, name) {
			found = append(found, violation{"ignore_findings", fmt.Sprintf("there is no rule %q to ignore", name), "remove it" + didYouMean(name, names)})
		}
	}
	return found
}

func notRendered(j *job) []violation {
	var found []violation
	for _, component := range j.unusedSettings() {
		found = append(found, violation{
			component, fmt.Sprintf("the overrides or the namespace given for %s have no effect, because it is not in the bundle", component),
			"name it in bundlers, or remove them",
		})
	}
	return found
}

func kubernetesUnknown(j *job) []violation {
	return broken(j.recipe.kubernetes() == "", recipePath(serverSubtype, "version"),
		"the recipe does not say which Kubernetes version the cluster runs, so the charts are not checked against it", "state k8s in the recipe")
}

func osNotInMatrix(j *job) []violation {
	q := j.recipe.Request
	return broken(q.Service == "eks" && q.OS == "rhel", "request/os",
		"EKS has no node image with RHEL, and NVIDIA tests EKS with Ubuntu only", "use ubuntu, or test your own image well")
}
