// SPDX-License-Identifier: Apache-2.0

package bundle

import "slices"

const networkOperatorName = "network-operator"

func networkOperator() *bundler {
	return &bundler{
		name:     networkOperatorName,
		title:    "NVIDIA Network Operator",
		requires: []string{gpuOperatorName},
		keys: []recipeKey{
			rdmaKey(), hostMOFEDKey(), fabricKey(),
			{subtype: networkSubtype, name: "deploy_ofed", flag: true, about: "Whether the operator runs the network driver in a container."},
			{subtype: networkSubtype, name: "enable_sriov", flag: true, about: "Whether pods get virtual functions of the RDMA ports instead of sharing the ports."},
			{subtype: networkSubtype, name: "ip_range", form: isAddressRange, about: "The addresses (CIDR) of pods on the RDMA network."},
			{subtype: networkSubtype, name: "master_interface", form: isInterfaceName, about: "The nodes' interface that carries the RDMA network."},
		},
		images: networkOperatorImages(),
		needed: recipe.needsNetworkOperator,
		build:  buildNetworkOperator,
		crds:   networkOperatorCRDs,
		ready:  networkOperatorReady,
		notes:  networkOperatorNotes,
	}
}

func networkOperatorImages() []imageKey {
	return []imageKey{
		{key: "mofed-driver", title: "the DOCA network driver", image: "ofedDriver"},
		{key: "rdma-shared-device-plugin", title: "the RDMA shared device plugin", image: "rdmaSharedDevicePlugin"},
		{key: "sriov-device-plugin", title: "the SR-IOV device plugin", image: "sriovDevicePlugin"},
		{key: "multus-cni", title: "Multus CNI", image: "secondaryNetwork.multus"},
		{key: "container-networking-plugins", title: "the CNI plugins", image: "secondaryNetwork.cniPlugins"},
		{key: "nvidia-k8s-ipam", title: "the NVIDIA IPAM plugin", image: "nvIpam"},
		{key: "nic-feature-discovery", title: "NIC Feature Discovery", image: "nicFeatureDiscovery"},
	}
}

// The wiring of a node's RDMA network.
const (
	infiniband = "infiniband"
	roce       = "roce"
)

// providersOwnFabric reports whether the service has a network stack of its
// own, where Mellanox components match no NIC (EFA) or get in the provider's
// way (Google's GPUDirect).
func (r recipe) providersOwnFabric() bool {
	return slices.Contains([]string{"eks", "gke"}, r.Request.Service)
}

// onMellanoxFabric reports whether the nodes' RDMA network is one of Mellanox
// NICs that the operators look after. On clusters of one's own it is taken for
// one unless the recipe says otherwise.
func (r recipe) onMellanoxFabric() bool {
	switch r.fabric() {
	case infiniband, roce:
		return !r.providersOwnFabric()
	case "":
		return r.Request.Service == "self-managed"
	default:
		return false
	}
}

func (r recipe) needsNetworkOperator() bool {
	services := []string{"aks", "oke", "self-managed"}
	return r.flag("rdma") && r.onMellanoxFabric() && slices.Contains(services, r.Request.Service)
}

// usesSRIOV reports whether pods get virtual functions instead of sharing the
// devices. Oracle's RDMA shapes are used so, those with GB200 excepted, whose
// pods use the host's network.
func (r recipe) usesSRIOV() bool { return r.network("enable_sriov") || r.onOKEShape() }

// onOKEShape reports whether the nodes are RDMA shapes of OKE whose ports are
// known.
func (r recipe) onOKEShape() bool {
	return r.Request.Service == "oke" && r.flag("rdma") && r.fabric() == roce && len(okeShapes(r.Request.GPU)) > 0
}

// mellanoxRDMA reports whether the recipe asks for RDMA over Mellanox NICs. On
// services with a network stack of their own, RDMA means that stack.
func (r recipe) mellanoxRDMA() bool { return r.flag("rdma") && !r.providersOwnFabric() }

func buildNetworkOperator(d *draft) error {
	d.addNamespace()
	if slices.Contains(d.beside, gpuOperatorName) {
		d.set(nfdPath, false, d.whyNoNFD())
	}
	if d.recipe.usesSRIOV() {
		sriov, _ := d.value(networkSubtype, "enable_sriov")
		d.take("sriovNetworkOperator.enabled", true, sriov)
	}
	spec := d.nicClusterPolicySpec()
	if len(spec) == 0 {
		return nil
	}
	d.addObject(AfterChart, "nicclusterpolicy", "What the operator runs on nodes with Mellanox NICs; the chart does not create it.",
		"nicclusterpolicies.mellanox.com", map[string]any{
			"apiVersion": "mellanox.com/v1alpha1", "kind": "NicClusterPolicy",
			"metadata": map[string]any{"name": nicClusterPolicyName}, "spec": spec,
		})
	if d.recipe.onOKEShape() {
		d.addOKEPolicies()
	}
	d.addNetworks()
	return nil
}

// whyNoNFD is why the Network Operator leaves out Node Feature Discovery beside
// the GPU Operator.
func (d *draft) whyNoNFD() string {
	if theirs, _ := lookup(d.peers[gpuOperatorName], nfdPath); theirs == false {
		return "An override of gpu-operator leaves out Node Feature Discovery: the cluster must have it."
	}
	return "The GPU Operator brings Node Feature Discovery; a cluster takes only one."
}

// addObject adds a custom resource to apply when its definition is there:
// AfterChart where the chart brings it, AfterReady where the operator does.
func (d *draft) addObject(order, name, reason, crd string, object map[string]any) {
	d.manifests = append(d.manifests, manifest{name: name, reason: reason, order: order, crd: crd, object: object})
}

// networkOperatorReady is the policy, where there is one.
func networkOperatorReady(d *draft) readiness {
	for _, m := range d.manifests {
		if m.name == "nicclusterpolicy" {
			return readiness{object: "nicclusterpolicies.mellanox.com/" + nicClusterPolicyName}
		}
	}
	return readiness{}
}
