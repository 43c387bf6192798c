// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
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
	ruleSiblingGPU        = "recipe-of-sibling"
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

	ruleInstalledDefinitions = "installed-definitions"
)

// RuleInfo describes a rule of findings.
type RuleInfo struct {
	Name     string // stable: users name it in their configuration
	Summary  string
	Severity string // "warning", or "error" for one that fails unless it is ignored
	// Cases are the ways in which it is broken, of a rule that is data.
	Cases []component.Case
}

// Rules lists the rules of findings by name: those of every catalog, and the
// catalog's own.
func (c *Catalog) Rules() []RuleInfo {
	infos := generalRules()
	for _, r := range c.knowledge().Rules {
		infos = append(infos, RuleInfo{r.Name, r.Summary, r.Severity, r.Cases})
	}
	slices.SortFunc(infos, func(a, b RuleInfo) int { return cmp.Compare(a.Name, b.Name) })
	return infos
}

func generalRules() []RuleInfo {
	warning := func(name, summary string) RuleInfo {
		return RuleInfo{Name: name, Summary: summary, Severity: severityWarning}
	}
	return []RuleInfo{
		warning(ruleNoRelease, "No release of a component that the platform needs supports the Kubernetes version, and that is allowed."),
		warning(ruleDriverOfImage, "A driver version is set, but the node image includes the driver."),
		warning(ruleInstalledDefinitions, "The snapshot shows a release whose custom resource definitions Helm would leave as they are."),
		warning(ruleInstalledBranch, "The snapshot shows a GPU driver of another branch than the recipe's."),
		warning(ruleInstalledNewer, "The snapshot shows a newer release of a component than the recipe's."),
		warning(ruleInstalledFarBehind, "The snapshot shows a release of a component from which an upgrade would skip major releases."),
		warning(ruleKubernetesAsked, "An overlay sets another Kubernetes version than the one that is asked for."),
		warning(ruleKubernetesUnknown, "The Kubernetes version is not known, so the newest releases were chosen."),
		warning(ruleMIGLeftOff, "The snapshot shows GPUs in MIG mode, and the recipe leaves MIG off."),
		warning(ruleNodesDiffer, "GPUs or instance types of the snapshot's nodes differ."),
		warning(ruleSiblingGPU, "The GPU has no recipe of its own and takes that of a sibling."),
		warning(ruleNotCovered, "No data covers what is asked for, and that is allowed."),
		warning(ruleNotApplied, "An overlay of yours does not apply to the query."),
		warning(ruleRemovesNothing, "An overlay removes a key that no layer sets."),
		warning(ruleUnknownSubtype, "An overlay sets a subtype that nothing reads."),
		warning(ruleOverlaysClash, "Equally specific overlays of one list set a key differently."),
		warning(ruleUnreadable, "A reading of the snapshot means nothing."),
		warning(ruleSourcesDisagree, "Readings of the snapshot contradict each other."),
		warning(ruleUnknownRule, "A rule that does not exist is to be ignored."),
	}
}

// Audible returns the findings without those that are to be ignored, and one
// for each name among these that is not a rule.
func (c *Catalog) Audible(findings []Finding, ignored finding.Ignored) []Finding {
	if len(ignored) == 0 {
		return findings
	}
	findings = slices.DeleteFunc(findings, func(f Finding) bool { return ignored.Covers(f.Rule, f.Place()) })
	var known []string
	for _, info := range c.Rules() {
		known = append(known, info.Name)
	}
	for _, name := range ignored.Rules() {
		if !slices.Contains(known, name) {
			findings = append(findings, Finding{Rule: ruleUnknownRule, Field: fieldIgnored, Message: fmt.Sprintf("there is no rule %q to ignore; remove it%s", name, suggest.Question(name, known))})
		}
	}
	return findings
}
