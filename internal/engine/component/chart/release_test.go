// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

func TestDefault(t *testing.T) {
	t.Parallel()
	tests := []struct {
		chart, version, path string
		want                 any
		ok                   bool
	}{
		{"gpu-operator", "v26.7.0", "driver.version", "595.91.07", true},
		{"gpu-operator", "v25.3.0", "driver.version", "570.124.06", true},
		{"gpu-operator", "v26.7.0", "cdi.enabled", true, true},
		{"gpu-operator", "v25.3.0", "cdi.enabled", false, true},
		{"gpu-operator", "v26.7.0", "driver.upgradePolicy.maxParallelUpgrades", int64(1), true},
		{"gpu-operator", "v26.7.0", "driver.rdma", map[string]any{"enabled": false, "useHostMofed": false}, true},
		{"gpu-operator", "v26.7.0", "driver.env", []any{}, true},
		{"gpu-operator", "v26.7.0", "operator.annotations", map[string]any{"openshift.io/scc": "restricted-readonly"}, true},
		{"gpu-operator", "v26.7.0", "operator.version", nil, false},
		{"gpu-operator", "v26.7.0", "dcgmExporter.config", nil, false},
		{"gpu-operator", "v26.7.0", "driver.verzion", nil, false},
		{"gpu-operator", "v26.7.0", "driver.version.more", nil, false},
		{"gpu-operator", "v26.7.0", "", nil, false},
		{"gpu-operator", "v26.7.0", "global", nil, false},
		// Set by the sub-chart, and by its parent.
		{"gpu-operator", "v26.7.0", "node-feature-discovery.gc.hostUsers", nil, true},
		{"gpu-operator", "v26.7.0", "node-feature-discovery.priorityClassName", "system-node-critical", true},
		{"network-operator", "26.4.1", "node-feature-discovery.featureGates", map[string]any{"NodeFeatureAPI": true}, true},
		{"network-operator", "26.4.1", "sriov-network-operator.operator.resourcePrefix", "nvidia.com", true},
		{
			"network-operator", "26.4.1", "sriov-network-operator.sriovOperatorConfig.configDaemonNodeSelector",
			map[string]any{"beta.kubernetes.io/os": "linux", "network.nvidia.com/operator.mofed.wait": "false"},
			true,
		},
	}
	for _, tt := range tests {
		got, ok := embeddedRelease(t, tt.chart, tt.version).Default(tt.path)
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s %s %s: ok %t, want %t (-want +got):\n%s", tt.chart, tt.version, tt.path, ok, tt.ok, diff)
		}
	}
}

func TestDefaultIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	first, _ := release.Default("daemonsets")
	want := tree.Clone(first)
	spoil(first)
	if second, _ := release.Default("daemonsets"); !cmp.Equal(want, second) {
		t.Errorf("a change of the default went through: %v", second)
	}
}

func TestImage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		chart, version, component string
		want                      Image
		ok                        bool
	}{
		{"network-operator", "26.4.1", "ofedDriver", Image{"nvcr.io/nvidia/mellanox", "doca-driver", "doca3.4.1-26.04-1.1.0.0-1"}, true},
		{"network-operator", "25.4.0", "secondaryNetwork.cniPlugins", Image{"ghcr.io/k8snetworkplumbingwg", "plugins", "v1.6.2-update.1"}, true},
		{"network-operator", "25.7.0", "secondaryNetwork.multus", Image{"nvcr.io/nvidia/mellanox", "multus-cni", "network-operator-v25.7.0"}, true},
		{"network-operator", "25.7.0", "secondaryNetwork.ipamPlugin", Image{"nvcr.io/nvidia/mellanox", "whereabouts", "network-operator-v25.7.0"}, true},
		{"network-operator", "25.10.0", "secondaryNetwork.ipamPlugin", Image{}, false},
		{"network-operator", "26.4.1", "operator", Image{"nvcr.io/nvidia/cloud-native", "network-operator", "v26.4.1"}, true},
		{"gpu-operator", "v26.7.0", "driver", Image{"nvcr.io/nvidia", "driver", "595.91.07"}, true},
		{"gpu-operator", "v26.7.0", "driver.manager", Image{"nvcr.io/nvidia/cloud-native", "k8s-driver-manager", "v0.12.0"}, true},
		{"gpu-operator", "v25.10.1", "dcgmExporter", Image{"nvcr.io/nvidia/k8s", "dcgm-exporter", "4.4.2-4.7.0-distroless"}, true},
		{"gpu-operator", "v25.3.4", "validator", Image{"nvcr.io/nvidia/cloud-native", "gpu-operator-validator", "v25.3.4"}, true},
		{"gpu-operator", "v26.7.0", "vgpuManager", Image{}, false}, // NVIDIA publishes none
		{"gpu-operator", "v26.7.0", "mig", Image{}, false},
		{"nvidia-dra-driver-gpu", "25.8.0", "image", Image{"nvcr.io/nvidia", "k8s-dra-driver-gpu", "v25.8.0"}, true},
		{
			"aws-efa-k8s-device-plugin", "v0.5.14", "image",
			Image{"602401143452.dkr.ecr.us-west-2.amazonaws.com/eks", "aws-efa-k8s-device-plugin", "v0.5.8"},
			true,
		},
		{"aws-efa-k8s-device-plugin", "v0.5.14", "resources", Image{}, false},
		{"gpu-operator", "v26.7.0", "driver.version", Image{}, false},
		{"gpu-operator", "v26.7.0", "ofedDriver", Image{}, false},
	}
	for _, tt := range tests {
		got, ok := embeddedRelease(t, tt.chart, tt.version).Image(tt.component)
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s %s %s: ok %t, want %t (-want +got):\n%s", tt.chart, tt.version, tt.component, ok, tt.ok, diff)
		}
	}
}

func TestInstanceTypes(t *testing.T) {
	t.Parallel()
	first := map[string]string{ // the release that first lists a machine of these GPUs
		"p5.48xlarge": "v0.5.3", "p6-b200.48xlarge": "v0.5.14", "p6e-gb200.36xlarge": "v0.5.14", "p6-b300.48xlarge": "v0.5.30",
	}
	for machine, since := range first {
		listed := false
		for _, version := range embeddedFacts().Releases("aws-efa-k8s-device-plugin") {
			listed = listed || version == since
			value, _ := embeddedRelease(t, "aws-efa-k8s-device-plugin", version).Default("supportedInstanceLabels.values")
			types, _ := value.([]any)
			if got := slices.Contains(types, any(machine)); got != listed {
				t.Errorf("%s lists %s: got %t, want %t", version, machine, got, listed)
			}
		}
	}
	if got, _ := embeddedRelease(t, "gpu-operator", "v26.7.0").Default("supportedInstanceLabels.values"); got != nil {
		t.Errorf("gpu-operator: got %v, want none", got)
	}
}

func TestSystems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		chart, version, os string
		want               []string
	}{
		{"gpu-operator", "v25.3.0", "rhel", []string{"8.8", "8.10"}},
		{"gpu-operator", "v25.3.3", "rhel", []string{"8.8", "8.10", "9.2", "9.4", "9.5", "9.6"}},
		{"gpu-operator", "v26.3.3", "rhel", []string{"8.8", "8.10", "9.2", "9.4", "9.6", "9.7", "10"}},
		{"gpu-operator", "v26.3.3", "rocky", []string{"9"}},
		{"gpu-operator", "v26.7.0", "almalinux", nil},
		{"gpu-operator", "v26.3.3", "ubuntu", []string{"20.04", "22.04", "24.04"}},
		{"gpu-operator", "v26.7.0", "ubuntu", []string{"22.04", "24.04", "26.04"}},
		{"gpu-operator", "v26.7.0", "cos", nil},
		{"network-operator", "26.4.1", "ubuntu", nil},
	}
	for _, tt := range tests {
		got := embeddedRelease(t, tt.chart, tt.version).Systems(tt.os)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s on %s (-want +got):\n%s", tt.chart, tt.version, tt.os, diff)
		}
	}
}
