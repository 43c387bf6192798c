// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
)

// nicClusterPolicyName is the only name that the operator looks at.
const nicClusterPolicyName = "nic-cluster-policy"

// mellanoxVendor is the PCI vendor of all Mellanox NICs. Selecting by vendor and
// link type takes every generation, ConnectX-7 and later included.
const mellanoxVendor = "15b3"

// nicClusterPolicySpec returns what the recipe needs of the operator's
// components, or nothing.
func (d *draft) nicClusterPolicySpec() map[string]any {
	r := d.recipe
	spec := map[string]any{}
	if r.network("deploy_ofed") {
		spec["ofedDriver"] = d.component("ofedDriver")
	}
	if r.mellanoxRDMA() && !r.usesSRIOV() {
		plugin := d.component("rdmaSharedDevicePlugin")
		plugin["config"] = sharedDevices(r.fabric())
		spec["rdmaSharedDevicePlugin"] = plugin
	}
	if r.Request.Service == "aks" && len(spec) > 0 {
		spec["nodeAffinity"] = nodesWithMellanox()
	}
	if d.needsSecondaryNetwork() {
		secondary := map[string]any{
			"cniPlugins": d.component("secondaryNetwork.cniPlugins"),
			"multus":     d.component("secondaryNetwork.multus"),
		}
		if r.fabric() == infiniband && !r.usesSRIOV() {
			secondary["ipoib"] = d.component("secondaryNetwork.ipoib")
		}
		spec["secondaryNetwork"] = secondary
		spec["nvIpam"] = d.component("nvIpam")
		spec["nicFeatureDiscovery"] = d.component("nicFeatureDiscovery")
	}
	return spec
}

// needsSecondaryNetwork reports whether pods get addresses on the RDMA network.
// InfiniBand on AKS and the host's network of OKE are used without any, unless
// the recipe names a range.
func (d *draft) needsSecondaryNetwork() bool {
	r := d.recipe
	if r.text(networkSubtype, "ip_range") != "" || r.usesSRIOV() {
		return true
	}
	return r.mellanoxRDMA() && !slices.Contains([]string{"aks", "oke"}, r.Request.Service)
}

// component returns the image of a component: the release's, with the tag of
// the recipe where it has one.
func (d *draft) component(name string) map[string]any {
	image, _ := d.release.Image(name)
	version := image.Version
	for _, known := range d.images {
		if tag := d.recipe.image(known.key); known.image == name && tag != "" {
			version = tag
		}
	}
	return map[string]any{"repository": image.Repository, "image": image.Image, "version": version}
}

// sharedDevices is the configuration of the RDMA shared device plugin: all
// Mellanox ports of the fabric's link type as one resource, rdma/shared_ib or
// rdma/shared_roce.
func sharedDevices(fabric string) string {
	selectors := map[string]any{"vendors": []any{mellanoxVendor}}
	resource := "shared_rdma"
	switch fabric {
	case infiniband:
		resource, selectors["linkTypes"] = "shared_ib", []any{"infiniband"}
	case roce:
		resource, selectors["linkTypes"] = "shared_roce", []any{"ether"}
	}
	const podsPerDevice = 63
	return jsonText(map[string]any{"configList": []any{map[string]any{
		"resourceName": resource, "rdmaHcaMax": int64(podsPerDevice), "selectors": selectors,
	}}})
}

// jsonText encodes a tree that the bundlers built, for fields that hold JSON.
func jsonText(tree map[string]any) string {
	node, err := canonical.Value(tree)
	if err != nil {
		panic("bundle: " + err.Error()) // the tree holds a type that no bundler writes
	}
	text, err := canonical.JSON(node)
	if err != nil {
		panic("bundle: " + err.Error())
	}
	return string(text)
}

// nodesWithMellanox selects nodes by the label of Node Feature Discovery.
func nodesWithMellanox() map[string]any {
	return map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": map[string]any{
		"nodeSelectorTerms": []any{map[string]any{
			"matchExpressions": []any{map[string]any{
				"key": "feature.node.kubernetes.io/pci-" + mellanoxVendor + ".present", "operator": "In", "values": []any{"true"},
			}},
		}},
	}}
}
