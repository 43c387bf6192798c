// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

// notMellanox is about what was asked for: RDMA itself means the provider's own
// fabric there, and that is fine.
func notMellanox(j *job) []violation {
	r := j.recipe
	if !r.providersOwnFabric() {
		return nil
	}
	message := "RDMA on GKE is Google's GPUDirect, which brings its own network components; Mellanox components get in its way"
	if r.Request.Service == "eks" {
		message = "nodes on EKS are wired with EFA, where Mellanox components match no NIC"
	}
	var found []violation
	for _, key := range networkFlags() {
		found = append(found, broken(r.network(key), recipePath(networkSubtype, key), message, "set it to false")...)
	}
	for _, key := range addressKeys() {
		wanted := r.text(networkSubtype, key) != "" && slices.Contains(j.names, networkOperatorName)
		found = append(found, broken(wanted, recipePath(networkSubtype, key), message, "remove it")...)
	}
	return append(found, broken(slices.Contains([]string{infiniband, roce}, r.fabric()), recipePath(networkSubtype, "fabric"), message, "leave the fabric to the catalog")...)
}

// addressKeys are those of the secondary network that the Network Operator's
// bundle sets up.
func addressKeys() []string { return []string{"ip_range", "master_interface"} }

// networkFlags are about Mellanox NICs.
func networkFlags() []string { return []string{"deploy_ofed", "enable_sriov", "use_host_mofed"} }

// unusedNetworkKeys is silent where the Network Operator is left out for want of
// a release: that has a finding of its own.
func unusedNetworkKeys(j *job) []violation {
	if slices.Contains(j.names, networkOperatorName) || slices.Contains(j.leftOut(), networkOperatorName) {
		return nil
	}
	unused := func(wanted bool, key, remedy string) []violation {
		return broken(wanted, recipePath(networkSubtype, key),
			key+" is about the network that network-operator sets up, which is not in the bundle, so it has no effect",
			"name network-operator in bundlers, or "+remedy)
	}
	var found []violation
	for _, key := range addressKeys() {
		found = append(found, unused(j.recipe.text(networkSubtype, key) != "", key, "remove the key")...)
	}
	for _, key := range networkFlags() {
		found = append(found, unused(j.recipe.network(key) && !j.usedElsewhere(key), key, "set the key to false")...)
	}
	return found
}

// usedElsewhere reports whether a flag of the network has an effect without the
// Network Operator, be it an error: notMellanox is about all of them.
func (j *job) usedElsewhere(key string) bool {
	byDriver := key == "use_host_mofed" && slices.Contains(j.names, gpuOperatorName) && j.recipe.usesPeerMemory()
	return byDriver || j.recipe.providersOwnFabric()
}

// rdmaWithoutFabric is about a wish that nothing fulfils.
func rdmaWithoutFabric(j *job) []violation {
	r := j.recipe
	return broken(r.flag("rdma") && !r.providersOwnFabric() && !r.onMellanoxFabric(), recipePath(configSubtype, "rdma"),
		fmt.Sprintf("rdma is true, but the fabric is %q, so nothing is set up for it", r.fabric()),
		"set K8s/network-config/fabric to infiniband or roce, or rdma to false")
}

func twoNetworkDrivers(j *job) []violation {
	return broken(j.recipe.network("deploy_ofed") && j.recipe.network("use_host_mofed"), recipePath(networkSubtype, "deploy_ofed"),
		"deploy_ofed installs a network driver in a container, use_host_mofed says that the host has one; the two cannot be loaded at once",
		"set one of them to false")
}

func rdmaOnOracleLinux(j *job) []violation {
	q := j.recipe.Request
	return broken(q.Service == "oke" && q.OS == "oraclelinux" && j.recipe.flag("rdma"), recipePath(configSubtype, "rdma"),
		"RDMA pools on OKE need Ubuntu; Oracle Linux images do not support them", "use ubuntu, or set rdma to false")
}
