// SPDX-License-Identifier: Apache-2.0

package combination_test

// operandTags are the images that each release of the GPU Operator is made for,
// by their path in the ClusterPolicy's spec: the tags of NVIDIA's release notes.
func operandTags() map[string]map[string]string {
	return map[string]map[string]string{
		"v25.3.4": {
			"driver": "580.82.07", "driver.manager": "v0.8.1", "toolkit": "v1.17.8-ubuntu20.04",
			"devicePlugin": "v0.17.4", "gfd": "v0.17.4", "dcgm": "4.3.1-1-ubuntu22.04", "dcgmExporter": "4.3.1-4.4.0-ubuntu22.04",
			"migManager": "v0.12.3-ubuntu20.04", "gds": "2.20.5", "gdrcopy": "v2.5.1", "validator": "v25.3.4", "nodeStatusExporter": "v25.3.4",
		},
		"v25.10.1": {
			"driver": "580.105.08", "driver.manager": "v0.9.1", "toolkit": "v1.18.1",
			"devicePlugin": "v0.18.1", "gfd": "v0.18.1", "dcgm": "4.4.2-1-ubuntu22.04", "dcgmExporter": "4.4.2-4.7.0-distroless",
			"migManager": "v0.13.1", "gds": "2.26.6", "gdrcopy": "v2.5.1", "validator": "v25.10.1", "nodeStatusExporter": "v25.10.1",
		},
		"v26.3.3": {
			"driver": "580.126.20", "driver.manager": "v0.11.0", "toolkit": "v1.19.1",
			"devicePlugin": "v0.19.3", "gfd": "v0.19.3", "dcgm": "4.5.2-1-ubuntu22.04", "dcgmExporter": "4.5.3-4.8.2-distroless",
			"migManager": "v0.14.2", "gds": "2.27.3", "gdrcopy": "v2.5.2", "validator": "v26.3.3", "nodeStatusExporter": "v26.3.3",
		},
		"v26.7.0": {
			"driver": "595.91.07", "driver.manager": "v0.12.0", "toolkit": "v1.20.0",
			"devicePlugin": "v0.20.0", "gfd": "v0.20.0", "dcgm": "4.6.0-1-ubuntu24.04", "dcgmExporter": "4.6.0-4.8.3-distroless",
			"migManager": "v0.15.0", "gds": "2.29.4", "gdrcopy": "v2.6", "validator": "v26.7.0", "nodeStatusExporter": "v26.7.0",
		},
	}
}

// networkDrivers are the DOCA drivers of the Network Operator's releases. Every
// other image carries the operator's own tag.
func networkDrivers() map[string]string {
	return map[string]string{
		"25.7.0":  "doca3.1.0-25.07-0.9.7.0-0",
		"25.10.0": "doca3.2.0-25.10-1.2.8.0-2",
		"26.4.1":  "doca3.4.1-26.04-1.1.0.0-1",
	}
}

const (
	networkRepository = "nvcr.io/nvidia/mellanox"
	networkTagPrefix  = "network-operator-v"
)
