// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"strings"
)

// okeShape is a bare-metal shape of OKE and the PCI addresses of its RDMA ports,
// from Oracle's own SR-IOV policies (oracle-quickstart/oci-hpc-oke). A policy by
// vendor alone would also take the port of the primary network and cut the node
// off.
type okeShape struct {
	name  string
	buses []string // one NIC each
	ports int      // of each NIC
}

func okeShapes(gpu string) []okeShape {
	hopper := []string{"0c", "2a", "41", "58", "86", "a5", "bd", "d5"}
	ampere := []string{"0c", "16", "47", "4b", "89", "93", "c3", "d1"}
	return map[string][]okeShape{
		"a100": {
			{"BM.GPU4.8", []string{"0c", "16", "48", "4c", "8a", "94", "c3", "d1"}, 2},
			{"BM.GPU.A100-v2.8", ampere, 2},
			{"BM.GPU.B4.8", ampere, 2},
		},
		"h100": {{"BM.GPU.H100.8", hopper, 2}},
		"h200": {{"BM.GPU.H200.8", hopper, 1}},
		"b200": {{"BM.GPU.B200.8", hopper, 1}},
	}[gpu]
}

func (s okeShape) rootDevices() []any {
	var devices []any
	for _, bus := range s.buses {
		for port := range s.ports {
			devices = append(devices, fmt.Sprintf("0000:%s:00.%d", bus, port))
		}
	}
	return devices
}

// objectName is the shape's name as objects can have it.
func (s okeShape) objectName() string {
	return strings.NewReplacer(".", "-").Replace(strings.ToLower(s.name))
}

const (
	// okeMTU is what Oracle's cluster network takes.
	okeMTU = 4220
	// virtualFunctions is the resource that pods ask for, below nvidia.com/. The
	// operator's webhook takes no dash.
	virtualFunctions = "rdma_vf"
)

// addOKEPolicies adds, for each shape with the GPU, the policy that makes one
// virtual function of each RDMA port.
func (d *draft) addOKEPolicies() {
	for _, shape := range okeShapes(d.recipe.Request.GPU) {
		d.addObject(AfterChart, "sriovnetworknodepolicy-"+shape.objectName(), "One virtual function of each RDMA port of "+shape.name+".",
			"sriovnetworknodepolicies.sriovnetwork.openshift.io", map[string]any{
				"apiVersion": "sriovnetwork.openshift.io/v1", "kind": "SriovNetworkNodePolicy", "metadata": d.metadata(shape.objectName()),
				"spec": map[string]any{
					"deviceType": "netdevice", "externallyManaged": true, "isRdma": true, "mtu": int64(okeMTU), "numVfs": int64(1), "priority": int64(90),
					"nicSelector":  map[string]any{"vendor": mellanoxVendor, "rootDevices": shape.rootDevices()},
					"nodeSelector": map[string]any{"node.kubernetes.io/instance-type": shape.name},
					"resourceName": virtualFunctions,
				},
			})
	}
}

// addOKENetwork adds the network of the virtual functions, with the settings
// that Oracle's stack chains after it.
func (d *draft) addOKENetwork() {
	plugins := []string{
		jsonText(map[string]any{"type": "tuning", "mtu": int64(okeMTU)}),
		jsonText(map[string]any{"type": "rdma"}),
		jsonText(map[string]any{"type": "sbr"}),
	}
	d.addObject(AfterChart, networkFile, networkReason, "sriovnetworks.sriovnetwork.openshift.io", map[string]any{
		"apiVersion": "sriovnetwork.openshift.io/v1", "kind": "SriovNetwork", "metadata": d.metadata(networkName),
		"spec": map[string]any{
			"networkNamespace": "default", "resourceName": virtualFunctions, "ipam": poolIPAM(),
			"metaPlugins": strings.Join(plugins, ","),
		},
	})
}
