// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

const kubernetesRange = "kubernetes-range"

// chartRules hold for every component: its release, its values and its objects
// against the facts about the chart.
func chartRules() []rule {
	return []rule{
		warning("version-without-facts", "The chart release is not known, so its values are checked against another release.", withoutFacts),
		warning(kubernetesRange, "The chart release is not supported on this Kubernetes version.", outsideRange),
		failure("chart-kube-version", "Helm refuses to install the chart on this Kubernetes version.", refusedByHelm),
		failure("helm-version-suffix", "Helm refuses the chart on clusters whose version has a suffix, as on EKS and GKE.", refusedForSuffix),
		failure("image-tag-not-of-release", "A component's version in the recipe is not the tag that the chart release is made for.", foreignTags),
		failure("unknown-value", "A value has no key in the chart; Helm would drop it silently.", valueProblems(chart.Unknown)),
		failure("value-type", "A value has another type than the chart's key.", valueProblems(chart.Type, chart.Enum, chart.Pattern, chart.Bounds, chart.Required)),
		failure("null-breaks-chart", "A null that makes the chart fail or that server-side apply refuses.", valueProblems(chart.Null)),
		warning("dead-value", "The chart declares the key but nothing reads it.", valueProblems(chart.Dead)),
	}
}

func withoutFacts(d *draft) []violation {
	return broken(!d.hasFacts, d.chartKey().path(),
		fmt.Sprintf("%s %s is not a release that this version of eidos knows; its values follow those of %s, and no ClusterPolicy is shown", d.name, d.version, d.release.Version),
		"review the values, or choose a known release")
}

func outsideRange(d *draft) []violation {
	version := d.recipe.kubernetes()
	if version == "" || !d.hasFacts {
		return nil
	}
	inside, err := d.release.Kubernetes.Contains(version)
	if err != nil {
		return broken(true, recipePath(serverSubtype, "version"), err.Error(), "state the version as the cluster reports it")
	}
	return broken(!inside, recipePath(serverSubtype, "version"),
		fmt.Sprintf("%s %s is supported on Kubernetes %s, not on %s", d.name, d.version, d.release.Kubernetes, version),
		"choose a release line for this version of Kubernetes")
}

// missingRelease is about a component that the platform needs and that has no
// release for the cluster's Kubernetes version.
func (j *job) missingRelease(name string) verdict {
	path := recipePath(imageSubtype, name)
	message := fmt.Sprintf("the platform needs %s, but the recipe has no release of it for Kubernetes %s, so it is left out", name, orUnknown(j.recipe.kubernetes()))
	return verdict{
		RuleInfo{Name: kubernetesRange, Severity: SeverityWarning},
		violation{path: path, message: message, advice: "set " + path + " to install it anyway"},
	}
}

// sampleSuffix is the form of a version on EKS; GKE's has the same effect.
const sampleSuffix = "-eks-0"

func refusedByHelm(d *draft) []violation {
	version := d.recipe.kubernetes()
	plain, _, _ := strings.Cut(version, "-")
	allowed, err := d.release.KubeVersion.Allows(plain)
	return broken(version != "" && err == nil && !allowed, recipePath(serverSubtype, "version"),
		fmt.Sprintf("the chart %s %s demands Kubernetes %s, and Helm refuses to install it on %s", d.name, d.version, d.release.KubeVersion, version),
		"choose an older release of the chart, or upgrade the cluster")
}

func refusedForSuffix(d *draft) []violation {
	version := d.recipe.kubernetes()
	hasSuffix := strings.Contains(version, "-") || d.recipe.providersOwnFabric()
	if !hasSuffix || !d.hasFacts {
		return nil
	}
	const anyRecent = "1.99.0" // the suffix alone is in question
	allowed, err := d.release.KubeVersion.Allows(anyRecent + sampleSuffix)
	return broken(err == nil && !allowed, d.chartKey().path(),
		fmt.Sprintf("the chart %s %s demands Kubernetes %q, which Helm refuses on clusters whose version has a suffix such as %s, as on EKS and GKE",
			d.name, d.version, d.release.KubeVersion, sampleSuffix),
		"choose a newer release, of network-operator 26.1 or later")
}

// valueProblems reports problems of some kinds, as the facts about the chart
// see them.
func valueProblems(kinds ...chart.Kind) func(*draft) []violation {
	return func(d *draft) []violation {
		var found []violation
		for _, p := range d.valueProblems() {
			for _, kind := range kinds {
				if p.Kind == kind {
					found = append(found, fromProblem(p))
				}
			}
		}
		return found
	}
}

func fromProblem(p chart.Problem) violation {
	advice := ""
	if p.Suggestion != "" {
		advice = "did you mean " + p.Suggestion + "?"
	}
	return violation{path: p.Path, message: p.Message, advice: advice}
}
