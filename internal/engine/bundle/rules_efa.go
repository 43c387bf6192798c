// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
	"strings"
)

func efaPluginRules() []rule {
	return []rule{
		failure("efa-instance-type", "The release of the EFA plugin does not know the instance type of the GPU.", on(efaPluginName, efaInstanceType)),
		warning("efa-without-fabric", "The nodes have no EFA for the plugin to serve.", on(efaPluginName, efaWithoutFabric)),
		warning("efa-tolerations", "The EFA plugin tolerates less than the GPU Operator.", on(efaPluginName, intolerant("tolerations"))),
	}
}

func efaWithoutFabric(d *draft) []violation {
	r := d.recipe
	return broken(!r.hasEFA(), recipePath(networkSubtype, "fabric"),
		fmt.Sprintf("the plugin serves nodes on EKS whose fabric is %s; the recipe is for the service %q and the fabric %q", efa, r.Request.Service, r.fabric()),
		"leave "+efaPluginName+" out of the bundle, or correct the recipe")
}

const instanceTypesPath = "supportedInstanceLabels.values"

// efaInstanceType checks the node's instance type where the recipe carries it,
// or else whether the list has any type with the GPU: the chart's pods start on
// the listed types only, and jobs wait for interfaces that nobody offers.
func efaInstanceType(d *draft) []violation {
	if !d.hasFacts {
		return nil
	}
	list, _ := d.effective(instanceTypesPath).([]any)
	lister, advice := d.instanceTypesLister()
	if node := d.recipe.text(nodeSubtype, "instance-type"); node != "" {
		return broken(!slices.Contains(list, any(node)), instanceTypesPath,
			fmt.Sprintf("%s does not list the instance type %s, so the plugin's pods do not start there", lister, node), advice)
	}
	families := instanceFamilies(d.recipe.Request.GPU)
	return broken(len(families) > 0 && !slices.ContainsFunc(list, func(t any) bool { return inFamily(t, families) }), instanceTypesPath,
		fmt.Sprintf("%s lists no instance type with %s (%s), so the plugin's pods do not start there",
			lister, d.recipe.Request.GPU, strings.Join(families, ", ")), advice)
}

// instanceTypesLister is who lists the instance types, and what to do where one
// is missing.
func (d *draft) instanceTypesLister() (lister, advice string) {
	const longest = "v0.5.30" // the release with the most types
	add := "add the type to " + instanceTypesPath
	switch {
	case covers(d.overrides, instanceTypesPath):
		return "the override, which replaces the chart's list,", "add the type to the override, or remove the override"
	case compareVersions(d.version, longest) < 0:
		return fmt.Sprintf("the chart %s %s", d.name, d.version), "use " + efaPluginName + " " + longest + ", or " + add
	default:
		return fmt.Sprintf("the chart %s %s", d.name, d.version), add
	}
}

func inFamily(instanceType any, families []string) bool {
	text, _ := instanceType.(string)
	family, _, _ := strings.Cut(text, ".")
	return slices.Contains(families, family)
}
