// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// The rules of findings.
const (
	ruleNotCovered        = "not-covered"
	ruleKubernetesUnknown = "kubernetes-version-unknown"
	ruleKubernetesAsked   = "kubernetes-version-replaced"
	ruleNoRelease         = "component-without-release"
	ruleDriverOfImage     = "driver-of-image"
	ruleMIGLeftOff        = "mig-left-off"
	ruleNodesDiffer       = "nodes-differ"
	ruleSourcesDisagree   = "sources-disagree"
	ruleUnreadable        = "reading-unreadable"
	ruleNotApplied        = "overlay-not-applied"
	ruleRemovesNothing    = "overlay-removes-nothing"
	ruleOverlaysClash     = "overlays-clash"
	ruleUnknownSubtype    = "overlay-subtype-unknown"
	ruleUnknownRule       = "unknown-rule"

	ruleInstalledNewer     = "installed-release-newer"
	ruleInstalledFarBehind = "installed-release-skips"
	ruleInstalledBranch    = "installed-driver-branch"
)

// RuleInfo describes a rule of findings.
type RuleInfo struct {
	Name    string // stable: users name it in their configuration
	Summary string
}

// Rules lists the rules of findings by name.
func Rules() []RuleInfo {
	return []RuleInfo{
		{ruleNoRelease, "No release of a component that the platform needs supports the Kubernetes version, and that is allowed."},
		{ruleDriverOfImage, "A driver version is stated, but the node image brings the driver."},
		{ruleInstalledBranch, "The snapshot shows a GPU driver of another branch than the recipe's."},
		{ruleInstalledNewer, "The snapshot shows a newer release of a component than the recipe's."},
		{ruleInstalledFarBehind, "The snapshot shows a release of a component from which an upgrade would skip major releases."},
		{ruleKubernetesAsked, "An overlay sets another Kubernetes version than the one that is asked for."},
		{ruleKubernetesUnknown, "The Kubernetes version is not known, so the newest releases were chosen."},
		{ruleMIGLeftOff, "The snapshot shows GPUs in MIG mode, and the recipe leaves MIG off."},
		{ruleNodesDiffer, "GPUs or instance types of the snapshot's nodes differ."},
		{ruleNotCovered, "No data covers what is asked for, and that is allowed."},
		{ruleNotApplied, "An overlay of yours does not apply to the query."},
		{ruleRemovesNothing, "An overlay removes a key that no layer sets."},
		{ruleUnknownSubtype, "An overlay sets a subtype that nothing reads."},
		{ruleOverlaysClash, "Equally specific overlays of one list set a key differently."},
		{ruleUnreadable, "A reading of the snapshot means nothing."},
		{ruleSourcesDisagree, "Readings of the snapshot contradict each other."},
		{ruleUnknownRule, "A rule that does not exist is to be ignored."},
	}
}

// Audible returns the findings without those that are to be ignored, and one
// for each name among these that is not a rule.
func Audible(findings []Finding, ignored finding.Ignored) []Finding {
	findings = slices.DeleteFunc(findings, func(f Finding) bool { return ignored.Covers(f.Rule, f.Place()) })
	var known []string
	for _, info := range Rules() {
		known = append(known, info.Name)
	}
	for _, name := range ignored.Rules() {
		if !slices.Contains(known, name) {
			findings = append(findings, Finding{Rule: ruleUnknownRule, Field: fieldIgnored, Message: fmt.Sprintf("there is no rule %q to ignore; remove it%s", name, suggest.Question(name, known))})
		}
	}
	return findings
}
