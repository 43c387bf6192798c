// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func nodeWith(labels ...string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{}}}
	for i := 0; i < len(labels); i += 2 {
		n.Labels[labels[i]] = labels[i+1]
	}
	return n
}

func TestIsGPUNode(t *testing.T) {
	t.Parallel()
	capable := nodeWith()
	capable.Status.Capacity = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("1")}
	known := func(instanceType string) bool { return instanceType == "p5.48xlarge" }
	tests := map[string]struct {
		node *corev1.Node
		want bool
	}{
		"nothing":              {nodeWith(), false},
		"capacity":             {capable, true},
		"present":              {nodeWith("nvidia.com/gpu.present", "true"), true},
		"not present":          {nodeWith("nvidia.com/gpu.present", "false"), false},
		"product":              {nodeWith("nvidia.com/gpu.product", "NVIDIA-L40S"), true},
		"GKE accelerator":      {nodeWith("cloud.google.com/gke-accelerator", "nvidia-b200"), true},
		"NFD, vendor":          {nodeWith("feature.node.kubernetes.io/pci-10de.present", "true"), true},
		"NFD, class":           {nodeWith("feature.node.kubernetes.io/pci-0302_10de.present", "true"), true},
		"NFD, vendor, device":  {nodeWith("feature.node.kubernetes.io/pci-10de_2330.present", "true"), true},
		"NFD, not present":     {nodeWith("feature.node.kubernetes.io/pci-10de.present", "false"), false},
		"NFD, SR-IOV":          {nodeWith("feature.node.kubernetes.io/pci-10de.sriov.capable", "true"), false},
		"NFD, Mellanox":        {nodeWith("feature.node.kubernetes.io/pci-15b3.present", "true"), false},
		"NFD, part of a word":  {nodeWith("feature.node.kubernetes.io/pci-110de.present", "true"), false},
		"instance type":        {nodeWith("node.kubernetes.io/instance-type", "p5.48xlarge"), true},
		"old instance type":    {nodeWith("beta.kubernetes.io/instance-type", "p5.48xlarge"), true},
		"other instance type":  {nodeWith("node.kubernetes.io/instance-type", "m5.large"), false},
		"other vendor's label": {nodeWith("amd.com/gpu.present", "true"), false},
	}
	for name, tt := range tests {
		if got := IsGPUNode(tt.node, known); got != tt.want {
			t.Errorf("%s: got %t, want %t", name, got, tt.want)
		}
	}
	if IsGPUNode(nodeWith("node.kubernetes.io/instance-type", "p5.48xlarge"), nil) {
		t.Error("an instance type counts although nobody knows any")
	}
}

func TestGPUFacts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		product, count, memory, capacity string
		want                             map[string]string
	}{
		"nothing":        {},
		"capacity only":  {capacity: "8", want: map[string]string{"K8s/node/gpu-count": "8"}},
		"labels":         {product: "NVIDIA-H100-80GB-HBM3", count: "8", memory: "81559", want: map[string]string{"K8s/node/gpu-product": "NVIDIA-H100-80GB-HBM3", "K8s/node/gpu-sharing": "none", "K8s/node/gpu-count": "8", "GPU/device/memory-mib": "81559"}},
		"one lost":       {product: "NVIDIA-L40S", count: "4", capacity: "3", want: map[string]string{"K8s/node/gpu-product": "NVIDIA-L40S", "K8s/node/gpu-sharing": "none", "K8s/node/gpu-count": "3"}},
		"time-slicing":   {product: "NVIDIA-L40S-SHARED", count: "4", memory: "46068", capacity: "40", want: map[string]string{"K8s/node/gpu-product": "NVIDIA-L40S", "K8s/node/gpu-sharing": "SHARED", "K8s/node/gpu-count": "4", "GPU/device/memory-mib": "46068"}},
		"MIG":            {product: "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", count: "56", memory: "4864", capacity: "56", want: map[string]string{"K8s/node/gpu-product": "NVIDIA-A100-SXM4-40GB", "K8s/node/gpu-sharing": "MIG-1g.5gb"}},
		"MIG and shared": {product: "NVIDIA-H100-PCIe-MIG-1g.10gb-SHARED", count: "7", want: map[string]string{"K8s/node/gpu-product": "NVIDIA-H100-PCIe", "K8s/node/gpu-sharing": "MIG-1g.10gb-SHARED"}},
		"MIG invalid":    {product: "NVIDIA-H100-PCIe-MIG-INVALID", count: "1", want: map[string]string{"K8s/node/gpu-product": "NVIDIA-H100-PCIe", "K8s/node/gpu-sharing": "MIG-INVALID"}},
		"nonsense":       {count: "many", memory: "-1", capacity: "0"},
	}
	for name, tt := range tests {
		n := nodeWith("nvidia.com/gpu.product", tt.product, "nvidia.com/gpu.count", tt.count, "nvidia.com/gpu.memory", tt.memory)
		if tt.capacity != "" {
			n.Status.Capacity = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse(tt.capacity)}
		}
		f := facts{}
		addGPUFacts(f, n)
		got := map[string]string{}
		for path, reading := range f {
			got[path] = reading.String()
		}
		if tt.want == nil {
			tt.want = map[string]string{}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ id, version, image, want string }{
		"labels":                 {id: "cos", version: "117", image: "Container-Optimized OS from Google", want: "cos 117"},
		"labels without version": {id: "cos", image: "Container-Optimized OS from Google", want: "cos"},
		"image":                  {image: "Ubuntu 22.04.5 LTS", want: "ubuntu 22.04"},
		"image without version":  {image: "Container-Optimized OS from Google", want: "cos"},
		"unknown image":          {image: "Someone's Linux 3"},
		"image without recipes":  {image: "Talos (v1.9.0)", want: "talos"},
		"a version alone":        {version: "22.04"},
	}
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		n := nodeWith("feature.node.kubernetes.io/system-os_release.ID", tt.id, "feature.node.kubernetes.io/system-os_release.VERSION_ID", tt.version)
		n.Status.NodeInfo.OSImage = tt.image
		if got := release(n, catalog); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
