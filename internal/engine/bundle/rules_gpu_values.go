// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

// gpuValueRules are about values of the GPU Operator that contradict each
// other, which the chart or the API server would refuse.
func gpuValueRules(fail, warn ruleMaker) []rule {
	return []rule{
		fail("one-nfd", "Both operators would install Node Feature Discovery.", oneNFD),
		warn("nfd-missing", "Nothing in the bundle installs Node Feature Discovery.", noNFD),
		fail("one-cluster-object", "The chart creates a ClusterPolicy or a GPUCluster, not both.", oneClusterObject),
		warn("no-cluster-object", "The chart creates neither a ClusterPolicy nor a GPUCluster.", noClusterObject),
		fail("nri-needs-cdi", "The NRI plugin needs CDI.", nriNeedsCDI),
		fail("nri-needs-toolkit", "The NRI plugin needs the container toolkit.", nriNeedsToolkit),
		fail("validator-env-missing", "The release renders a null that server-side apply refuses.", validatorEnv),
		fail("config-map-incomplete", "A ConfigMap that the chart creates lacks its name or its content.", incompleteConfigMap),
		fail("config-map-too-large", "A ConfigMap is larger than Kubernetes stores.", largeConfigMap),
		fail("device-plugin-config-default", "The release renders a null for a device plugin's configuration without a default.", pluginDefault),
	}
}

// nfdPath is where both operators say whether they install Node Feature
// Discovery.
const nfdPath = "nfd.enabled"

// otherHasNFD reports whether an override lets the Network Operator install Node
// Feature Discovery, as it does by itself only without the GPU Operator.
func (d *draft) otherHasNFD() bool {
	theirs, _ := lookup(d.peers[networkOperatorName], nfdPath)
	return slices.Contains(d.beside, networkOperatorName) && theirs == true
}

func oneNFD(d *draft) []violation {
	return broken(d.isOn(nfdPath) && d.otherHasNFD(), nfdPath,
		"both operators would install Node Feature Discovery, and two of them fight over the node labels",
		"leave nfd.enabled of network-operator alone, or turn off that of gpu-operator")
}

func noNFD(d *draft) []violation {
	return broken(!d.isOn(nfdPath) && !d.otherHasNFD(), nfdPath,
		"nothing in the bundle installs Node Feature Discovery, without whose labels no operator finds its nodes",
		"turn it on, or ignore this where the cluster has Node Feature Discovery already")
}

const nriPath = "cdi.nriPluginEnabled"

func nriNeedsCDI(d *draft) []violation {
	const cdi = "cdi.enabled"
	return causedBy(broken(d.isOn(nriPath) && !d.isOn(cdi), nriPath,
		"the NRI plugin works through CDI, and the chart fails without it", "turn on "+cdi), cdi)
}

func nriNeedsToolkit(d *draft) []violation {
	const toolkit = "toolkit.enabled"
	return causedBy(broken(d.isOn(nriPath) && !d.isOn(toolkit) && !d.releaseBefore("26.7"), nriPath,
		"the NRI plugin is part of the container toolkit, and the chart fails without it", "turn on "+toolkit), toolkit)
}

// Values that make the chart create the object that tells the operator what to
// run: one of two kinds, since v26.7.
const (
	deployPolicyPath  = "clusterPolicy.deployCR"
	deployClusterPath = "gpuCluster.deployCR"
)

func oneClusterObject(d *draft) []violation {
	return broken(d.isOn(deployClusterPath) && d.isOn(deployPolicyPath), deployClusterPath,
		"a ClusterPolicy and a GPUCluster exclude each other, and the chart fails with both", "turn off one of the two")
}

func noClusterObject(d *draft) []violation {
	_, hasSwitch := d.release.Default(deployPolicyPath)
	return broken(hasSwitch && !d.isOn(deployClusterPath) && !d.isOn(deployPolicyPath), deployPolicyPath,
		"without a ClusterPolicy and a GPUCluster the operator is installed, but runs nothing on the nodes",
		"turn on one of the two, or apply an object of your own")
}

func validatorEnv(d *draft) []violation {
	env, _ := d.effective("validator.plugin.env").([]any)
	return broken(d.rendersNullValidator() && len(env) == 0, "validator.plugin.env",
		fmt.Sprintf("gpu-operator %s renders spec.validator.plugin as null without it, which server-side apply refuses", d.version),
		"leave validator.plugin.env alone")
}

// configMaps are the values below which the chart takes the content of a
// ConfigMap to create.
func configMaps() []string {
	return []string{"dcgmExporter.config", "devicePlugin.config", "migManager.config"}
}

func incompleteConfigMap(d *draft) []violation {
	var found []violation
	for _, path := range configMaps() {
		create := path + ".create"
		if !d.isOn(create) {
			continue
		}
		for _, field := range []string{"name", "data"} {
			found = append(found, causedBy(broken(sizeOf(d.effective(path+"."+field)) == 0, path+"."+field,
				fmt.Sprintf("%s is true, but the ConfigMap to create has no %s", create, field), "set it, or turn off create"), create)...)
		}
	}
	return found
}

func largeConfigMap(d *draft) []violation {
	const most = 1 << 20 // bytes, of keys and values; the API server refuses more
	var found []violation
	for _, path := range configMaps() {
		size := sizeOf(d.effective(path + ".data"))
		found = append(found, broken(size > most, path+".data",
			fmt.Sprintf("%d bytes are more than the %d that a ConfigMap holds", size, most), "shorten it, or name a ConfigMap of your own")...)
	}
	size := len(d.recipe.config(kernelParamsKey))
	return append(found, broken(size > most, recipePath(configSubtype, kernelParamsKey),
		fmt.Sprintf("%d bytes are more than the %d that a ConfigMap holds", size, most), "shorten it")...)
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

func pluginDefault(d *draft) []violation {
	const config = "devicePlugin.config"
	found := broken(d.releaseBefore("26.3") && d.textAt(config+".name") != "" && d.textAt(config+".default") == "", config+".default",
		fmt.Sprintf("gpu-operator %s renders a null for it where a configuration is named, which server-side apply refuses", d.version),
		"name the configuration that nodes without a label get")
	return causedBy(found, config+".name")
}
