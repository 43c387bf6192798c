// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

type labelSet = map[string]string

// node returns a node with everything that differs from node to node.
func node(name, providerID string, info corev1.NodeSystemInfo, labels labelSet) corev1.Node {
	all := labelSet{"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": "zone-of-" + name}
	maps.Copy(all, labels)
	info.MachineID, info.BootID = "machine-"+name, "boot-"+name
	return corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: "rv-" + name, CreationTimestamp: metav1.Unix(1700000000, 0), Labels: all},
		Spec:       corev1.NodeSpec{ProviderID: providerID},
		Status:     corev1.NodeStatus{NodeInfo: info, Capacity: corev1.ResourceList{"cpu": resource.MustParse("96")}},
	}
}

func withGPUs(n corev1.Node, count string) corev1.Node {
	n.Status.Capacity["nvidia.com/gpu"] = resource.MustParse(count)
	return n
}

// gpuLabels are the labels that the GPU operator gives a node with that product.
func gpuLabels(product, count, memory string) labelSet {
	return labelSet{
		"nvidia.com/gpu.present": "true", "nvidia.com/gpu.product": product,
		"nvidia.com/gpu.count": count, "nvidia.com/gpu.memory": memory,
	}
}

func union(sets ...labelSet) labelSet {
	all := labelSet{}
	for _, s := range sets {
		maps.Copy(all, s)
	}
	return all
}

func eksNode(name string) corev1.Node {
	return withGPUs(node(name, "aws:///us-east-1a/i-"+name, corev1.NodeSystemInfo{
		Architecture: "amd64", KernelVersion: "6.8.0-1028-aws", OSImage: "Ubuntu 22.04.5 LTS",
		KubeletVersion: "v1.33.5-eks-3025e55", ContainerRuntimeVersion: "containerd://1.7.27",
	}, union(gpuLabels("NVIDIA-H100-80GB-HBM3", "8", "81559"), labelSet{
		"eks.amazonaws.com/nodegroup": "gpu", "node.kubernetes.io/instance-type": "p5.48xlarge",
		"feature.node.kubernetes.io/system-os_release.ID":         "ubuntu",
		"feature.node.kubernetes.io/system-os_release.VERSION_ID": "22.04",
		"feature.node.kubernetes.io/pci-10de.present":             "true",
	})), "8")
}

// gkeNode is a node before the operator runs.
func gkeNode(name string) corev1.Node {
	return node(name, "gce://project/us-central1-a/"+name, corev1.NodeSystemInfo{
		Architecture: "amd64", KernelVersion: "6.6.72+", OSImage: "Container-Optimized OS from Google",
		KubeletVersion: "v1.33.5-gke.1080000", ContainerRuntimeVersion: "containerd://2.0.6",
	}, labelSet{
		"cloud.google.com/gke-nodepool": "gpu", "cloud.google.com/gke-accelerator": "nvidia-h100-mega-80gb",
		"node.kubernetes.io/instance-type": "a3-megagpu-8g",
	})
}

// aksNode is told to have GPUs by its instance type only.
func aksNode(name string) corev1.Node {
	return node(name, "azure:///subscriptions/s/resourceGroups/g/virtualMachines/"+name, corev1.NodeSystemInfo{
		Architecture: "amd64", KernelVersion: "6.8.0-1034-azure", OSImage: "Ubuntu 24.04.3 LTS",
		KubeletVersion: "v1.33.5", ContainerRuntimeVersion: "containerd://1.7.28-1",
	}, labelSet{
		"kubernetes.azure.com/agentpool": "gpu", "node.kubernetes.io/instance-type": "Standard_ND96isr_H200_v5",
	})
}

// okeNode has the labels of node feature discovery, and none of the operator's.
func okeNode(name string) corev1.Node {
	return node(name, "ocid1.instance.oc1.iad."+name, corev1.NodeSystemInfo{
		Architecture: "arm64", KernelVersion: "5.15.0-310.el8", OSImage: "Oracle Linux Server 8.10",
		KubeletVersion: "v1.33.1", ContainerRuntimeVersion: "cri-o://1.33.2",
	}, labelSet{
		"oke.oraclecloud.com/pool.name": "gpu", "beta.kubernetes.io/instance-type": "BM.GPU.GB200.4",
		"feature.node.kubernetes.io/pci-0302_10de.present": "true",
	})
}

// awsNode is a node of a cluster that somebody runs on EC2, with EKS Distro.
func awsNode(name string) corev1.Node {
	return withGPUs(node(name, "aws:///us-east-1a/i-"+name, corev1.NodeSystemInfo{
		Architecture: "amd64", KernelVersion: "6.8.0-1028-aws", OSImage: "Rocky Linux 9.4 (Blue Onyx)",
		KubeletVersion: "v1.33.2-eks-1-33-8", ContainerRuntimeVersion: "containerd://1.7.27",
	}, gpuLabels("NVIDIA-L40S", "4", "46068")), "4")
}

func controlPlane(name string) corev1.Node {
	return node(name, "", corev1.NodeSystemInfo{
		Architecture: "amd64", KernelVersion: "6.1.0", OSImage: "Debian GNU/Linux 12 (bookworm)", KubeletVersion: "v1.33.5",
	}, labelSet{"node-role.kubernetes.io/control-plane": ""})
}

func cpuNode(name string) corev1.Node {
	return node(name, "", corev1.NodeSystemInfo{
		Architecture: "amd64", KernelVersion: "5.15.0", OSImage: "Ubuntu 20.04.6 LTS", KubeletVersion: "v1.33.5",
	}, labelSet{"node.kubernetes.io/instance-type": "m5.large"})
}

// pod returns a pod with these images.
func pod(namespace string, images ...string) corev1.Pod {
	p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: namespace, ResourceVersion: "1"}}
	for i, image := range images {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: fmt.Sprintf("c%d", i), Image: image})
	}
	return p
}

// pods returns that many pods with one image each.
func pods(n int, image string) []corev1.Pod {
	all := make([]corev1.Pod, n)
	for i := range all {
		all[i] = pod("default", image)
	}
	return all
}

// texts returns the data of a subtype as text, nil when there is none.
func texts(list measurement.List, t measurement.Type, subtype string) map[string]string {
	s := list.Subtype(t, subtype)
	if s == nil {
		return nil
	}
	data := map[string]string{}
	for key, reading := range s.Data {
		data[key] = reading.String()
	}
	return data
}
