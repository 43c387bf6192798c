// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// chartRules hold for every component: its release, its values and its objects
// against the facts about the chart.
func chartRules() []rule {
	warning := func(name, summary string, check func(*draft) []violation) rule {
		return rule{RuleInfo: RuleInfo{Name: name, Severity: SeverityWarning, Summary: summary}, component: check}
	}
	failure := func(name, summary string, check func(*draft) []violation) rule {
		return rule{RuleInfo: RuleInfo{Name: name, Severity: SeverityError, Summary: summary}, component: check}
	}
	return []rule{
		warning("version-without-facts", "The chart release is not known, so its values are checked against another release.", withoutFacts),
		warning("candidate-release", "The chart release is a candidate, of which its maker publishes something else in the end.", candidate),
		warning("kubernetes-range", "The chart release is not supported on this Kubernetes version.", outsideRange),
		failure("chart-kube-version", "Helm refuses to install the chart on this Kubernetes version.", refusedByHelm),
		failure("helm-version-suffix", "Helm refuses the chart on clusters whose version has a suffix, as on EKS and GKE.", refusedForSuffix),
		failure("image-tag-not-of-release", "A component's version in the recipe is not the tag that the chart release is made for.", foreignTags),
		failure("unknown-value", "A value has no key in the chart; Helm would drop it silently.", valueProblems(chart.Unknown)),
		failure("value-type", "A value has another type than the chart's key.", valueProblems(chart.Type, chart.Enum, chart.Pattern, chart.Bounds, chart.Required)),
		failure("null-breaks-chart", "A null that makes the chart fail or that server-side apply refuses.", valueProblems(chart.Null)),
		failure("chart-refuses", "The chart's templates fail on purpose with these values.", refusedValues),
		failure("config-map-too-large", "A ConfigMap is larger than Kubernetes stores.", largeConfigMap),
		warning("dead-value", "The chart declares the key but nothing reads it.", valueProblems(chart.Dead)),
	}
}

func withoutFacts(d *draft) []violation {
	return broken(!d.hasFacts, component.ImageKey(d.Name),
		fmt.Sprintf("%s %s is not a release that this version of eidos knows; its values follow those of %s, and the objects that its templates make are not shown", d.Name, d.version, d.release.Version),
		"review the values, or choose a known release")
}

func candidate(d *draft) []violation {
	return broken(d.hasFacts && d.release.Candidate, component.ImageKey(d.Name),
		fmt.Sprintf("%s %s is a candidate for a release: the release may differ from it, and its maker may keep chart and images where nobody else can pull them", d.Name, d.version),
		"use it for tests only; the newest release that eidos knows is "+d.Newest("").Version)
}

func outsideRange(d *draft) []violation {
	k8s := d.job.recipe.kubernetes()
	if k8s == "" || !d.hasFacts {
		return nil
	}
	inside, err := d.release.Kubernetes.Contains(k8s)
	if err != nil {
		return broken(true, component.ServerVersion, err.Error(), "set the version that the cluster reports")
	}
	return broken(!inside, component.ServerVersion,
		fmt.Sprintf("%s %s is supported on Kubernetes %s, not on %s", d.Name, d.version, d.release.Kubernetes, k8s),
		"choose a release for this version of Kubernetes")
}

// sampleSuffix is the form of a version on EKS; GKE's has the same effect.
const sampleSuffix = "-eks-0"

func refusedByHelm(d *draft) []violation {
	k8s := d.job.recipe.kubernetes()
	plain, _, _ := strings.Cut(k8s, "-")
	allowed, err := d.release.KubeVersion.Allows(plain)
	return broken(k8s != "" && err == nil && !allowed, component.ServerVersion,
		fmt.Sprintf("the chart %s %s demands Kubernetes %s, and Helm refuses to install it on %s", d.Name, d.version, d.release.KubeVersion, k8s),
		"choose an older release of the chart, or upgrade the cluster")
}

// suffixKey says whether the service appends a suffix to Kubernetes versions.
func suffixKey() measurement.Path {
	return measurement.Path{Type: measurement.K8s, Subtype: "service", Key: "version-suffix"}
}

func refusedForSuffix(d *draft) []violation {
	k8s := d.job.recipe.kubernetes()
	hasSuffix := strings.Contains(k8s, "-") || d.job.recipe.get(suffixKey()) == measurement.Bool(true)
	if !hasSuffix || !d.hasFacts {
		return nil
	}
	const anyRecent = "1.99.0" // the suffix alone is in question
	allowed, err := d.release.KubeVersion.Allows(anyRecent + sampleSuffix)
	return broken(err == nil && !allowed, component.ImageKey(d.Name),
		fmt.Sprintf("the chart %s %s demands Kubernetes %q, which Helm refuses on clusters whose version has a suffix such as %s, as on EKS and GKE",
			d.Name, d.version, d.release.KubeVersion, sampleSuffix),
		`choose a release whose kubeVersion allows a suffix, such as ">= 1.21.0-0"; the compatibility page lists them`)
}

// valueProblems reports problems of some kinds, as the facts about the chart
// see them.
func valueProblems(kinds ...chart.Kind) func(*draft) []violation {
	return func(d *draft) []violation {
		var found []violation
		for _, p := range d.problems() {
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

// refusedValues blames, of the values that a refusal depends on, the first that an
// override sets.
func refusedValues(d *draft) []violation {
	var found []violation
	for _, p := range d.problems() {
		if p.Kind == chart.Refused {
			found = append(found, violation{path: d.place(p.Places), message: p.Message})
		}
	}
	return found
}

// largeConfigMap looks at the ConfigMaps of the bundle and at those that the chart
// creates from its values.
func largeConfigMap(d *draft) []violation {
	const most = 1 << 20 // bytes, of keys and values; the API server refuses more
	sizes := map[string]int{}
	for _, path := range d.ConfigMaps {
		sizes[path] = sizeOf(d.effective(path))
	}
	for _, m := range d.manifests {
		if m.object["kind"] == "ConfigMap" {
			sizes[m.path()] = sizeOf(m.object["data"])
		}
	}
	var found []violation
	for _, path := range slices.Sorted(maps.Keys(sizes)) {
		found = append(found, broken(sizes[path] > most, path,
			fmt.Sprintf("%d bytes are more than the %d that a ConfigMap holds", sizes[path], most), "shorten it, or name a ConfigMap of your own")...)
	}
	return found
}

// sizeOf counts the bytes of a text or of a map's keys and texts.
func sizeOf(value any) int {
	size := 0
	switch value := value.(type) {
	case string:
		size = len(value)
	case map[string]any:
		for key, below := range value {
			size += len(key) + sizeOf(below)
		}
	}
	return size
}
