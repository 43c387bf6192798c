// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Labels of GPU feature discovery, of node feature discovery (NFD), and of
// Kubernetes and the clouds.
const (
	gpuProductLabel  = "nvidia.com/gpu.product"
	gpuCountLabel    = "nvidia.com/gpu.count"
	gpuMemoryLabel   = "nvidia.com/gpu.memory" // MiB
	gpuPresentLabel  = "nvidia.com/gpu.present"
	gkeAccelerator   = "cloud.google.com/gke-accelerator"
	releaseIDLabel   = "feature.node.kubernetes.io/system-os_release.ID"
	releaseVersion   = "feature.node.kubernetes.io/system-os_release.VERSION_ID"
	pciLabelPrefix   = "feature.node.kubernetes.io/pci-"
	instanceType     = "node.kubernetes.io/instance-type"
	oldInstanceType  = "beta.kubernetes.io/instance-type"
	nvidiaVendor     = "10de"
	gpuResource      = "nvidia.com/gpu"
	notShared        = "none"
	migSuffix        = "-MIG-"
	timeSlicedSuffix = "-SHARED"
)

// nodeFacts returns what a node says of itself, without what is its own, such
// as its name, or changes by itself, such as its conditions.
func nodeFacts(node *corev1.Node, catalog Catalog) facts {
	f := facts{}
	info := node.Status.NodeInfo
	f.text("K8s/node/provider", catalog.Provider(node.Spec.ProviderID, info.KubeletVersion, node.Labels))
	f.text("K8s/node/distribution", catalog.Distribution(node.Spec.ProviderID, info.KubeletVersion, info.OSImage, node.Labels))
	for key, value := range catalog.NodeLabels(node.Labels) {
		f.text("K8s/node/"+key, value)
	}
	f.text("K8s/node/architecture", info.Architecture)
	f.text("K8s/node/kernel-version", info.KernelVersion)
	f.text("K8s/node/os-image", info.OSImage)
	f.text("K8s/node/kubelet-version", info.KubeletVersion)
	f.text("K8s/node/instance-type", instanceTypeOf(node))
	f.text("K8s/node/gke-accelerator", node.Labels[gkeAccelerator])
	runtime, version, _ := strings.Cut(info.ContainerRuntimeVersion, "://")
	f.text("K8s/node/container-runtime-name", runtime)
	f.text("K8s/node/container-runtime-version", version)
	f.text(osRelease, release(node, catalog))
	addGPUFacts(f, node)
	return f
}

// release returns ID and VERSION_ID, or "" when the ID is unknown. NFD reads
// the node's own os-release; the name of the image says the same less directly.
func release(node *corev1.Node, catalog Catalog) string {
	id, version := node.Labels[releaseIDLabel], node.Labels[releaseVersion]
	if id == "" {
		id, version = catalog.ImageRelease(node.Status.NodeInfo.OSImage)
	}
	return strings.TrimSpace(id + " " + version)
}

// addGPUFacts adds product, sharing (none, SHARED, MIG-<profile>), count and
// memory of a node's GPUs. The labels of a node whose GPUs are partitioned tell
// the partitions' count and memory, and its capacity counts what is shared: such
// numbers are left out.
func addGPUFacts(f facts, node *corev1.Node) {
	product, sharing := splitProduct(node.Labels[gpuProductLabel])
	f.text("K8s/node/gpu-product", product)
	f.text("K8s/node/gpu-sharing", sharing)
	if strings.HasPrefix(sharing, migSuffix[1:]) {
		return
	}
	labeled := positive(node.Labels[gpuCountLabel])
	capacity := node.Status.Capacity[gpuResource]
	switch {
	case capacity.Value() > 0 && (sharing == "" || sharing == notShared):
		f["K8s/node/gpu-count"] = measurement.Int(capacity.Value())
	case labeled > 0:
		f["K8s/node/gpu-count"] = measurement.Int(labeled)
	}
	if memory := positive(node.Labels[gpuMemoryLabel]); memory > 0 {
		f["GPU/device/memory-mib"] = measurement.Int(memory)
	}
}

// GPUProduct returns the name of a node's GPUs as GPU feature discovery gives it,
// without how they are shared; "" where it does not run.
func GPUProduct(node *corev1.Node) string {
	product, _ := splitProduct(node.Labels[gpuProductLabel])
	return product
}

// splitProduct splits what sharing appends to the name of a product:
// NVIDIA-H100-80GB-HBM3-MIG-1g.10gb, NVIDIA-L40S-SHARED.
func splitProduct(label string) (product, sharing string) {
	if label == "" {
		return "", ""
	}
	for _, suffix := range []string{migSuffix, timeSlicedSuffix} {
		if i := strings.Index(label, suffix); i > 0 {
			return label[:i], label[i+1:]
		}
	}
	return label, notShared
}

// positive reads a number above 0, and 0 from anything else: labels are
// anybody's to write.
func positive(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

func instanceTypeOf(node *corev1.Node) string {
	if t := node.Labels[instanceType]; t != "" {
		return t
	}
	return node.Labels[oldInstanceType]
}

// IsGPUNode reports whether a node has NVIDIA GPUs, by what anybody says of it:
// the device plugin, GPU feature discovery, NFD, GKE, or its instance type.
func IsGPUNode(node *corev1.Node, gpuInstanceType func(string) bool) bool {
	capacity := node.Status.Capacity[gpuResource]
	switch {
	case capacity.Value() > 0,
		node.Labels[gpuPresentLabel] == "true",
		node.Labels[gpuProductLabel] != "",
		node.Labels[gkeAccelerator] != "":
		return true
	}
	for label, value := range node.Labels {
		if value == "true" && isNVIDIADevice(label) {
			return true
		}
	}
	t := instanceTypeOf(node)
	return t != "" && gpuInstanceType != nil && gpuInstanceType(t)
}

// isNVIDIADevice recognizes NFD's labels of PCI devices, such as
// pci-10de.present and pci-0302_10de.present: NFD's settings say whether class,
// vendor or device are in the name.
func isNVIDIADevice(label string) bool {
	device, ok := strings.CutPrefix(label, pciLabelPrefix)
	device, present := strings.CutSuffix(device, ".present")
	return ok && present && strings.Contains("_"+device+"_", "_"+nvidiaVendor+"_")
}
