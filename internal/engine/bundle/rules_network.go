// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

func networkOperatorRules() []rule {
	warn := func(name, summary string, check func(*draft) []violation) rule {
		return warning(name, summary, on(networkOperatorName, check))
	}
	return []rule{
		failure("nic-firmware-storage-missing", "The release cannot render its NIC configuration operator without a setting for firmware.", on(networkOperatorName, nicFirmwareStorage)),
		warn("network-operator-unused", "The Network Operator has nothing to do for this recipe.", unusedNetworkOperator),
		warn("sriov-on-virtual-functions", "The nodes' ports are virtual functions already.", sriovOnAKS),
		warn("sriov-excludes-shared-devices", "Virtual functions and shared devices would come from the same ports.", sriovAndSharedDevices),
		warn("sriov-policy-missing", "SR-IOV is on, but no policy says which ports to divide.", sriovPolicyMissing),
		warn("sriov-without-sriov-operator", "The recipe asks for virtual functions, but the operator for them is off.", sriovOff),
		warn("ip-range-without-interface", "A range of addresses is named, but no interface to use it on.", rangeWithoutInterface),
	}
}

func unusedNetworkOperator(d *draft) []violation {
	return broken(networkOperatorReady(d).object == "" && !d.isOn("sriovNetworkOperator.enabled"), recipePath(configSubtype, "rdma"),
		"the recipe asks for no RDMA over Mellanox NICs, so the chart is installed but no NicClusterPolicy is rendered",
		"set rdma to true, or leave network-operator out of the bundle")
}

// nicFirmwareStorage is about releases whose chart has the sub-chart: its
// templates read a map that no default gives.
func nicFirmwareStorage(d *draft) []violation {
	const storage = "nic-configuration-operator-chart.nicFirmwareStorage"
	given, _ := d.effective(storage).(map[string]any)
	return broken(d.isOn("nicConfigurationOperator.enabled") && given == nil, storage,
		fmt.Sprintf("network-operator %s reads this map to render the NIC configuration operator, and has no default for it, so Helm fails", d.version),
		"override it: {create: false} for none, or {pvcName: NAME} for a volume claim with firmware files")
}

func sriovPolicyMissing(d *draft) []violation {
	hasPolicy := slices.ContainsFunc(d.manifests, func(m manifest) bool { return m.object["kind"] == "SriovNetworkNodePolicy" })
	return broken(d.isOn("sriovNetworkOperator.enabled") && !hasPolicy, "sriovNetworkOperator.enabled",
		"no SriovNetworkNodePolicy is rendered: which ports may be divided depends on the machine, and the wrong one cuts the node off",
		"add a policy that names the RDMA ports by PCI address")
}

func sriovOff(d *draft) []violation {
	return broken(d.recipe.usesSRIOV() && !d.isOn("sriovNetworkOperator.enabled"), "sriovNetworkOperator.enabled",
		"the recipe asks for virtual functions, but an override turns off the operator that makes them", "remove the override, or set enable_sriov to false")
}

func sriovOnAKS(d *draft) []violation {
	return broken(d.recipe.Request.Service == "aks" && d.isOn("sriovNetworkOperator.enabled"), "sriovNetworkOperator.enabled",
		"the InfiniBand ports of AKS nodes are virtual functions already, which cannot be divided again (inferred)", "set enable_sriov to false: pods share the ports")
}

// sriovAndSharedDevices is about an override: a recipe that asks for virtual
// functions gets no shared devices.
func sriovAndSharedDevices(d *draft) []violation {
	shared := d.recipe.mellanoxRDMA() && !d.recipe.usesSRIOV()
	return broken(shared && d.isOn("sriovNetworkOperator.enabled"), "sriovNetworkOperator.enabled",
		"the NicClusterPolicy shares all Mellanox ports among pods, and a port that is shared must not be divided", "set enable_sriov to true in the recipe instead")
}

func rangeWithoutInterface(d *draft) []violation {
	r := d.recipe
	lacking := r.text(networkSubtype, "ip_range") != "" && r.text(networkSubtype, "master_interface") == "" && !r.usesSRIOV()
	return broken(lacking, recipePath(networkSubtype, "ip_range"),
		fmt.Sprintf("an address pool %s is rendered, but no network uses it: the recipe does not name the RDMA interface", poolName),
		"set K8s/network-config/master_interface, or write the network yourself")
}
