// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"math/bits"
	"net/netip"
)

const (
	poolName    = "rdma-pool"
	networkName = "rdma-network"

	networkFile   = "network"
	networkReason = "The secondary network that pods ask for with the annotation k8s.v1.cni.cncf.io/networks."
)

// poolIPAM says that addresses come from the pool.
func poolIPAM() string { return jsonText(map[string]any{"type": "nv-ipam", "poolName": poolName}) }

// addNetworks adds the address pool and the network of the RDMA ports, where
// the recipe names a range of addresses.
func (d *draft) addNetworks() {
	text := d.recipe.text(networkSubtype, "ip_range")
	if text == "" {
		return
	}
	switch master := d.recipe.text(networkSubtype, "master_interface"); {
	case d.recipe.onOKEShape():
		d.addOKENetwork()
	case master != "" && !d.recipe.usesSRIOV():
		d.addNetwork(master)
	}
	d.addPool(netip.MustParsePrefix(text)) // as isAddressRange demands
}

// addPool adds the range of addresses, whose definition comes with the IPAM
// plugin that the NicClusterPolicy asks for.
func (d *draft) addPool(prefix netip.Prefix) {
	d.addObject(AfterReady, "ippool", "The addresses of pods on the RDMA network.", "ippools.nv-ipam.nvidia.com", map[string]any{
		"apiVersion": "nv-ipam.nvidia.com/v1alpha1", "kind": "IPPool", "metadata": d.metadata(poolName),
		"spec": map[string]any{"subnet": prefix.String(), "perNodeBlockSize": blockSize(prefix)},
	})
}

// blockSize divides a range among up to 16 nodes in a /24 or smaller, and gives
// each node 64 addresses, more than it has pods with RDMA, in larger ranges. The
// plugin refuses blocks of one address.
func blockSize(prefix netip.Prefix) int64 {
	const smallest, largest, nodes = 2, 64, 16
	hostBits := prefix.Addr().BitLen() - prefix.Bits()
	if hostBits >= bits.UintSize-1 {
		return largest
	}
	return min(max(int64(1)<<hostBits/nodes, smallest), largest)
}

// addNetwork adds the network on the interface that the recipe names.
func (d *draft) addNetwork(master string) {
	spec := map[string]any{
		"networkNamespace": "default", "master": master,
		"ipam": poolIPAM(),
	}
	kind, crd := "IPoIBNetwork", "ipoibnetworks.mellanox.com"
	if d.recipe.fabric() != infiniband {
		kind, crd = "MacvlanNetwork", "macvlannetworks.mellanox.com"
		spec["mode"] = "bridge"
	}
	d.addObject(AfterChart, networkFile, networkReason, crd, map[string]any{
		"apiVersion": "mellanox.com/v1alpha1", "kind": kind, "metadata": map[string]any{"name": networkName}, "spec": spec,
	})
}
