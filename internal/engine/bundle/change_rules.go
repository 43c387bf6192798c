// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// changeRule compares a component with the one that was there before.
type changeRule struct {
	RuleInfo
	check func(before, after *draft) []violation
	// unstated says that the rule is about releases that nobody states.
	unstated bool
}

func changeRules() []changeRule {
	warning := func(name, summary string, check func(before, after *draft) []violation) changeRule {
		return changeRule{RuleInfo: RuleInfo{Name: name, Severity: SeverityWarning, Summary: summary}, check: check}
	}
	moved := warning("release-moved", "A plan moves a chart to the release that recipes choose by themselves, and nobody pinned it.", releaseMoved)
	moved.unstated = true
	return []changeRule{
		moved,
		warning("release-downgraded", "A plan moves a chart to an older release.", releaseDowngraded),
		warning("release-line-skipped", "A plan skips major releases that the maker wants installed in turn.", releaseLineSkipped),
		warning("definitions-not-upgraded", "A plan moves a chart whose custom resource definitions Helm leaves as they are.", definitionsNotUpgraded),
		warning("shared-part-removed", "A plan takes away what a release had brought of another component, such as Node Feature Discovery.", partRemoved),
		warning("driver-branch-changed", "A plan moves the GPU driver to another branch.", driverBranchChanged),
		warning("value-changes-meaning", "A plan moves a chart to a release in which a value means something else, or has another default.", meaningsChanged),
		warning("mig-reboot", "A plan makes the MIG manager repartition the GPUs of nodes, which evicts their pods and may restart the nodes.", repartitioned),
		warning("driver-reload", "A plan restarts the GPU pods of the nodes, because the driver is reloaded.", driverReload),
	}
}

// changes returns what is to be said of a component that takes the place of
// another; stated says that its release is on purpose.
func (d *draft) changes(before *draft, stated bool) []verdict {
	var all []verdict
	for _, r := range changeRules() {
		if r.unstated && (stated || !d.isOwnChoice()) {
			continue
		}
		before.unsure = false
		found := d.surely(func() []violation { return r.check(before, d) })
		for _, v := range found {
			if !before.unsure {
				all = append(all, verdict{r.RuleInfo, v, d.Name})
			}
		}
	}
	return all
}

// isOwnChoice reports whether the release is the one that a recipe chooses by
// itself; every other one is stated in the recipe.
func (d *draft) isOwnChoice() bool {
	newest := d.Newest(d.job.recipe.kubernetes())
	return newest != nil && version.SameRelease(newest.Version, d.version)
}

// order compares the releases of two drafts; 0 also where one is not known.
func order(before, after *draft) int {
	if before.version == "" || after.version == "" {
		return 0
	}
	return after.Chart.Compare(before.version, after.version)
}

func hold(before *draft) string {
	return fmt.Sprintf("releases = { %s = %q } in the recipe", quoted(before.Name), before.version)
}

// quoted is a name as a key of a Terraform map.
func quoted(name string) string {
	if words.Of(name, words.Letters+words.Digits+"_-") {
		return name
	}
	return fmt.Sprintf("%q", name)
}

func releaseMoved(before, after *draft) []violation {
	return broken(order(before, after) != 0, component.ImageKey(after.Name),
		fmt.Sprintf("%s moves from %s to %s, the newest release for the cluster's Kubernetes, which a recipe chooses unless it is told otherwise", after.Name, before.version, after.version),
		fmt.Sprintf("to stay, write %s; to say that it is meant, write releases = { %s = %q } in the bundle", hold(before), quoted(after.Name), after.version))
}

func releaseDowngraded(before, after *draft) []violation {
	return broken(order(before, after) > 0, component.ImageKey(after.Name),
		fmt.Sprintf("%s moves back from %s to %s: objects and definitions of the newer release stay on the cluster, and the older one may not understand them (inferred)", after.Name, before.version, after.version),
		"to stay, write "+hold(before)+"; to go back, try it on a cluster that nobody needs")
}

func releaseLineSkipped(before, after *draft) []violation {
	if order(before, after) >= 0 {
		return nil
	}
	skipped := after.Between(before.version, after.version)
	return broken(len(skipped) > 0, component.ImageKey(after.Name),
		fmt.Sprintf("moving %s from %s to %s skips major releases; its maker supports upgrades within a major release and to the next one only", after.Name, before.version, after.version),
		"install "+strings.Join(skipped, ", then ")+" first: hold each with releases in the recipe, and apply")
}

// definitionsNotUpgraded lists definitions that stay as an older release made them.
func definitionsNotUpgraded(before, after *draft) []violation {
	if order(before, after) == 0 {
		return nil
	}
	var names []string
	for _, definitions := range after.Definitions {
		if definitions.InFolder(after.operand) && (definitions.Job == "" || after.effective(definitions.Job) != true) {
			names = append(names, definitions.Names...)
		}
	}
	return broken(len(names) > 0, component.ImageKey(after.Name),
		fmt.Sprintf("Helm leaves the definitions of %s %s on the cluster as they are: %s", after.Name, before.version, words.And(names)),
		after.command("before you apply, run: "+component.ApplyDefinitions))
}

// partRemoved looks for definitions of another component that came with this one, as
// a part that a value turns on, and no longer do.
func partRemoved(before, after *draft) []violation {
	var found []violation
	for _, was := range before.Definitions {
		held, holds := was.When.Held(before.operand)
		if was.Of == "" || !holds || after.brings(was.Names[0]) {
			continue
		}
		found = append(found, broken(true, switchOf(held),
			fmt.Sprintf("%s brought %s until now: Helm removes what came with it, and what it keeps on nodes and in the cluster may be gone before another one takes over", after.Name, was.Of),
			"to stay, leave the value as it was; to move, install the other one and see that it works before you apply this")...)
	}
	return found
}

// drivers returns the drivers that two drafts of a component install, "" for none.
func drivers(before, after *draft) (was, is string) {
	installs := func(d *draft) string {
		if d.Driver == nil || !d.Driver.When.Holds(d.operand) {
			return ""
		}
		return d.textAt(d.Driver.Path())
	}
	return installs(before), installs(after)
}

func driverBranchChanged(before, after *draft) []violation {
	was, is := drivers(before, after)
	if was == "" || is == "" {
		return nil
	}
	return broken(!version.SameBranch(was, is), after.Driver.Path(),
		fmt.Sprintf("the GPU driver moves from %s to %s, another branch, which changes what CUDA programs find", was, is),
		fmt.Sprintf("to stay, write driver_version = %q in the recipe", was))
}

// driverReload lists the values that are different in the pods that load the
// driver.
func driverReload(before, after *draft) []violation {
	if was, is := drivers(before, after); was == "" && is == "" {
		return nil
	}
	return differing(before, after, after.Upgrades.Reload, after.Upgrades.Restart)
}

// repartitioned lists the values with which the MIG manager does something else.
func repartitioned(before, after *draft) []violation {
	if !after.Upgrades.Partitions.When.Holds(after.operand) {
		return nil
	}
	return differing(before, after, after.Upgrades.Partitions.Values, after.Upgrades.Partitions.Restart)
}

// differing names the values of a list that are different, and what that does.
func differing(before, after *draft, values []string, effect string) []violation {
	var paths, changed []string
	for _, path := range values {
		was, is := before.effective(path), after.effective(path)
		if reflect.DeepEqual(was, is) {
			continue
		}
		paths = append(paths, path)
		if isScalar(was) && isScalar(is) {
			path = fmt.Sprintf("%s (%v to %v)", path, was, is)
		}
		changed = append(changed, path)
	}
	if paths == nil {
		return nil
	}
	return broken(true, paths[0], "with another "+words.And(changed)+" "+after.text(effect), "apply it when jobs may stop")
}

// meaningsChanged lists what becomes of values that nobody has changed.
func meaningsChanged(before, after *draft) []violation {
	after.previous = before
	var found []violation
	for _, m := range after.Upgrades.Meanings {
		found = append(found, broken(m.When.Holds(after.operand), m.At, after.text(m.Message), after.text(m.Advice))...)
	}
	return found
}

func isScalar(value any) bool {
	switch value.(type) {
	case nil, map[string]any, []any:
		return false
	default:
		return true
	}
}
