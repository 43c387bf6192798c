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
// or else whether the chart knows any type that has the GPU: its pods start on
// the listed types only, and jobs wait for interfaces that nobody offers.
func efaInstanceType(d *draft) []violation {
	if !d.hasFacts {
		return nil
	}
	list, _ := d.effective(instanceTypesPath).([]any)
	const advice = "use " + efaPluginName + " v0.5.30, or add the type to " + instanceTypesPath
	if node := d.recipe.text(nodeSubtype, "instance-type"); node != "" {
		return broken(!slices.Contains(list, any(node)), instanceTypesPath,
			fmt.Sprintf("the chart %s %s does not list the instance type %s, so its pods do not start there", d.name, d.version, node), advice)
	}
	families := instanceFamilies(d.recipe.Request.GPU)
	return broken(len(families) > 0 && !slices.ContainsFunc(list, func(t any) bool { return inFamily(t, families) }), instanceTypesPath,
		fmt.Sprintf("the chart %s %s lists no instance type with %s (%s), so its pods do not start there",
			d.name, d.version, d.recipe.Request.GPU, strings.Join(families, ", ")), advice)
}

func inFamily(instanceType any, families []string) bool {
	text, _ := instanceType.(string)
	family, _, _ := strings.Cut(text, ".")
	return slices.Contains(families, family)
}
