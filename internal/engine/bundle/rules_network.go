// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

func networkOperatorRules() []rule {
	fail := func(name, summary string, check func(*draft) []violation) rule {
		return failure(name, summary, on(networkOperatorName, check))
	}
	warn := func(name, summary string, check func(*draft) []violation) rule {
		return warning(name, summary, on(networkOperatorName, check))
	}
	return []rule{
		fail("deploy-ofed-contradicts-host-mofed", "The network driver comes from the operator or from the host, not from both.", twoNetworkDrivers),
		warn("network-operator-unused", "The Network Operator has nothing to do for this recipe.", unusedNetworkOperator),
		fail("rdma-os-unsupported", "The service has no RDMA with this operating system.", rdmaOnOracleLinux),
		warn("sriov-policy-missing", "SR-IOV is on, but no policy says which ports to divide.", sriovPolicyMissing),
		warn("sriov-without-sriov-operator", "The recipe asks for virtual functions, but the operator for them is off.", sriovOff),
		warn("ip-range-without-interface", "A range of addresses is named, but no interface to use it on.", rangeWithoutInterface),
	}
}

func twoNetworkDrivers(d *draft) []violation {
	return broken(d.recipe.network("deploy_ofed") && d.recipe.network("use_host_mofed"), recipePath(networkSubtype, "deploy_ofed"),
		"deploy_ofed installs a network driver in a container, use_host_mofed says that the host has one; the two cannot be loaded at once",
		"set one of them to false")
}

func unusedNetworkOperator(d *draft) []violation {
	return broken(networkOperatorReady(d) == "" && !d.isOn("sriovNetworkOperator.enabled"), recipePath(configSubtype, "rdma"),
		"the recipe asks for no RDMA over Mellanox NICs, so the chart is installed but no NicClusterPolicy is rendered",
		"set rdma to true, or leave network-operator out of the bundle")
}

func rdmaOnOracleLinux(d *draft) []violation {
	q := d.recipe.Request
	return broken(q.Service == "oke" && q.OS == "oraclelinux" && d.recipe.flag("rdma"), recipePath(configSubtype, "rdma"),
		"RDMA pools on OKE need Ubuntu; Oracle Linux images do not support them", "use ubuntu, or set rdma to false")
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

func rangeWithoutInterface(d *draft) []violation {
	r := d.recipe
	lacking := r.text(networkSubtype, "ip_range") != "" && r.text(networkSubtype, "master_interface") == "" && !r.usesSRIOV()
	return broken(lacking, recipePath(networkSubtype, "ip_range"),
		fmt.Sprintf("an address pool %s is rendered, but no network uses it: the recipe does not name the RDMA interface", poolName),
		"set K8s/network-config/master_interface, or write the network yourself")
}
