// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

// gpuValueRules are about values of the GPU Operator that contradict each
// other, which the chart or the API server would refuse.
func gpuValueRules(fail ruleMaker) []rule {
	return []rule{
		fail("one-nfd", "Both operators would install Node Feature Discovery.", oneNFD),
		fail("one-cluster-object", "The chart creates a ClusterPolicy or a GPUCluster, not both.", oneClusterObject),
		fail("nri-needs-cdi", "The NRI plugin needs CDI.", nriNeedsCDI),
		fail("nri-needs-toolkit", "The NRI plugin needs the container toolkit.", nriNeedsToolkit),
		fail("validator-env-missing", "The release renders a null that server-side apply refuses.", validatorEnv),
		fail("config-map-incomplete", "A ConfigMap that the chart creates lacks its name or its content.", incompleteConfigMap),
		fail("config-map-too-large", "A ConfigMap is larger than Kubernetes stores.", largeConfigMap),
		fail("device-plugin-config-default", "The release renders a null for a device plugin's configuration without a default.", pluginDefault),
	}
}

// oneNFD compares the two operators as far as they are in one bundle. Each
// installs Node Feature Discovery unless it is told not to.
func oneNFD(d *draft) []violation {
	if !slices.Contains(d.beside, networkOperatorName) {
		return nil
	}
	theirs, set := lookup(d.peers[networkOperatorName], "nfd.enabled")
	return broken(d.isOn("nfd.enabled") && set && theirs == true, "nfd.enabled",
		"both operators would install Node Feature Discovery, and two of them fight over the node labels",
		"leave nfd.enabled of network-operator alone, or turn off that of gpu-operator")
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

func oneClusterObject(d *draft) []violation {
	const path = "gpuCluster.deployCR"
	return broken(d.isOn(path) && d.isOn("clusterPolicy.deployCR"), path,
		"a ClusterPolicy and a GPUCluster exclude each other, and the chart fails with both", "turn off one of the two")
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
