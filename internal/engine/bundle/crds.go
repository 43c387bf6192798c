// SPDX-License-Identifier: Apache-2.0

package bundle

// Definitions that uninstall.sh --delete-crds deletes: those of a component's
// own kinds in any of its releases. Those that other components use too, such as
// Node Feature Discovery's, are not among them.

func gpuOperatorCRDs(*draft) []string {
	return []string{"clusterpolicies.nvidia.com", "gpuclusters.nvidia.com", "nvidiadrivers.nvidia.com"}
}

func draDriverCRDs(*draft) []string {
	return []string{"computedomaincliques.resource.nvidia.com", "computedomains.resource.nvidia.com"}
}

// networkOperatorCRDs are the operator's own and those of the parts that the
// values and the NicClusterPolicy turn on: others may have come with somebody
// else's release of the same part.
func networkOperatorCRDs(d *draft) []string {
	crds := []string{
		"hostdevicenetworks.mellanox.com", "ipoibnetworks.mellanox.com", "macvlannetworks.mellanox.com",
		"nicclusterpolicies.mellanox.com", "nicnodepolicies.mellanox.com",
	}
	if d.isOn("maintenanceOperator.enabled") {
		crds = append(crds, "maintenanceoperatorconfigs.maintenance.nvidia.com", "nodemaintenances.maintenance.nvidia.com")
	}
	if d.needsSecondaryNetwork() {
		crds = append(crds, "cidrpools.nv-ipam.nvidia.com", "ippools.nv-ipam.nvidia.com")
	}
	if d.isOn("sriovNetworkOperator.enabled") {
		crds = append(crds,
			"deviceattributes.sriovnetwork.k8snetworkplumbingwg.io", "ovsnetworks.sriovnetwork.openshift.io",
			"sriovibnetworks.sriovnetwork.openshift.io", "sriovnetworknodepolicies.sriovnetwork.openshift.io",
			"sriovnetworknodestates.sriovnetwork.openshift.io", "sriovnetworkpoolconfigs.sriovnetwork.openshift.io",
			"sriovnetworks.sriovnetwork.openshift.io", "sriovoperatorconfigs.sriovnetwork.openshift.io",
			"sriovresourcepolicies.sriovnetwork.k8snetworkplumbingwg.io",
		)
	}
	return crds
}
