// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

func recipeRules() []rule {
	warn := func(name, summary string, check func(*job) []violation) rule {
		r := warning(name, summary, nil)
		r.recipe = check
		return r
	}
	fail := func(name, summary string, check func(*job) []violation) rule {
		r := failure(name, summary, nil)
		r.recipe = check
		return r
	}
	unmet := failure("constraint-unmet", "A version is outside what a layer of the recipe demands.", on(gpuOperatorName, unmetDriver))
	unmet.recipe = unmetVersions
	ignored := warning("recipe-key-ignored", "The recipe asks for something that nothing in the bundle does.", on(gpuOperatorName, ignoredKeys))
	ignored.recipe = unusedNetworkKeys
	return []rule{
		unmet,
		ignored,
		fail("rdma-not-mellanox", "The service's fabric has no NIC that the Network Operator looks after.", notMellanox),
		fail("rdma-os-unsupported", "The service has no RDMA with this operating system.", rdmaOnOracleLinux),
		fail("deploy-ofed-contradicts-host-mofed", "The network driver comes from the operator or from the host, not from both.", twoNetworkDrivers),
		warn("rdma-without-fabric", "RDMA is on, but the nodes' fabric is none that the operators look after.", rdmaWithoutFabric),
		fail("unknown-option", "The recipe has an option that no bundler reads.", unknownOptions),
		warn("unknown-recipe-key", "The recipe has a key beside the options that no bundler reads.", unknownRecipeKeys),
		warn("unknown-rule", "ignore_findings names a rule that does not exist.", unknownRules),
		warn("component-not-rendered", "Overrides or a namespace are given for a component that is not in the bundle.", notRendered),
		warn("kubernetes-version-unknown", "Nobody knows the cluster's Kubernetes version, so it is checked against nothing.", kubernetesUnknown),
		warn("os-not-in-matrix", "The service has no node image of its own with this operating system.", osNotInMatrix),
	}
}

// unknownOptions looks for wishes that nothing fulfils.
func unknownOptions(j *job) []violation { return j.unknownKeys(isOption) }

// unknownRecipeKeys looks at what else recipes carry, such as the versions of
// other tools' components.
func unknownRecipeKeys(j *job) []violation {
	return j.unknownKeys(func(subtype string) bool { return !isOption(subtype) })
}

func isOption(subtype string) bool { return subtype == configSubtype || subtype == networkSubtype }

// maxSuggestions bounds how many unknown keys of a recipe are compared with all
// known ones: a document of a mebibyte may have 60,000.
const maxSuggestions = 20

// unknownKeys looks at some of the subtypes that the rendered bundlers read; the
// keys of all bundlers are known.
func (j *job) unknownKeys(in func(subtype string) bool) []violation {
	known := j.knownKeys()
	var found []violation
	for _, subtype := range slices.Sorted(maps.Keys(known)) {
		s := j.recipe.Measurements.Subtype(measurement.K8s, subtype)
		if s == nil || !in(subtype) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(s.Data)) {
			if slices.Contains(known[subtype], key) {
				continue
			}
			advice := "remove it, or check its spelling"
			if len(found) < maxSuggestions {
				advice += suggest.Question(key, known[subtype])
			}
			found = append(found, broken(true, recipePath(subtype, key), "no bundler reads this key, so it has no effect", advice)...)
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
	for subtype, keys := range map[string][]string{imageSubtype: otherImageKeys(), configSubtype: otherConfigKeys()} {
		if _, read := known[subtype]; read {
			known[subtype] = append(known[subtype], keys...)
		}
	}
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
			found = append(found, broken(true, "ignore_findings", fmt.Sprintf("there is no rule %q to ignore", name), "remove it"+suggest.Question(name, names))...)
		}
	}
	return found
}

func notRendered(j *job) []violation {
	var found []violation
	for _, component := range j.unusedSettings() {
		found = append(found, broken(true,
			component, fmt.Sprintf("the overrides or the namespace given for %s have no effect, because it is not in the bundle", component),
			"name it in bundlers, or remove them")...)
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

// unmetVersions checks the versions that are known of the cluster.
func unmetVersions(j *job) []violation {
	q := j.recipe.Request
	known := map[string]struct{ path, version string }{
		"k8s":    {recipePath(serverSubtype, "version"), j.recipe.kubernetes()},
		"osv":    {"request/osv", q.OSVersion},
		"kernel": {"request/kernel", q.Kernel},
	}
	var found []violation
	for _, c := range j.recipe.Constraints {
		if have := known[c.Field]; have.version != "" {
			found = append(found, unmet(c, have.path, have.version)...)
		}
	}
	return found
}

// unmetDriver checks the driver on the nodes, overrides included.
func unmetDriver(d *draft) []violation {
	var found []violation
	for _, c := range d.recipe.Constraints {
		if have := d.driverVersion(); c.Field == "driver" && have != "" && !driverBranch.MatchString(have) {
			found = append(found, unmet(c, driverVersionPath, have)...)
		}
	}
	return found
}

func unmet(c document.Constraint, path, have string) []violation {
	met, err := version.Satisfies(have, c.Range)
	if err != nil {
		return broken(true, path, fmt.Sprintf("%s demands %s %s, which cannot be compared with %q: %v", c.Layer, c.Field, c.Range, have, err), "correct the version")
	}
	return broken(!met, path, fmt.Sprintf("%s demands %s %s, but it is %s", c.Layer, c.Field, c.Range, have), "use a version inside that range")
}
