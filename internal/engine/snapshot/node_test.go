// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestClusters collects clusters of every shape to golden snapshots, and makes
// a query of each.
func TestClusters(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		nodes []corev1.Node
		want  document.Query // K8s apart, which is the server's
	}{
		"eks":                 {[]corev1.Node{eksNode("a"), eksNode("b"), cpuNode("c"), controlPlane("d")}, document.Query{OS: "ubuntu", OSVersion: "22.04", Kernel: "6.8.0-1028-aws", Service: "eks", GPU: "h100"}},
		"gke":                 {[]corev1.Node{gkeNode("a"), cpuNode("b")}, document.Query{OS: "cos", Kernel: "6.6.72+", Service: "gke", GPU: "h100"}},
		"aks":                 {[]corev1.Node{cpuNode("b"), aksNode("a")}, document.Query{OS: "ubuntu", OSVersion: "24.04", Kernel: "6.8.0-1034-azure", Service: "aks", GPU: "h200"}},
		"oke":                 {[]corev1.Node{okeNode("a")}, document.Query{OS: "oraclelinux", OSVersion: "8.10", Kernel: "5.15.0-310.el8", Service: "oke", GPU: "gb200"}},
		"self-managed-on-aws": {[]corev1.Node{controlPlane("a"), awsNode("b")}, document.Query{OS: "rhel", OSVersion: "9.4", Kernel: "6.8.0-1028-aws", Service: "self-managed", GPU: "l40s"}},
	}
	catalog := embeddedCatalog(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fullCluster()
			s.nodes, s.policies, s.pods = tt.nodes, clusterPolicies, oddPods()
			got := collect(t, s, snapshot.KubernetesOptions{})
			checkGolden(t, name, got)

			tt.want.K8s = "v1.33.5-eks-3025e55"
			if diff := cmp.Diff(tt.want, catalog.Extract(got).Query); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
		})
	}
}

// TestServiceOfAFile collects a node of a service that only a file of a
// catalog knows.
func TestServiceOfAFile(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Open(t.Context(), "../recipe/testdata/added")
	if err != nil {
		t.Fatal(err)
	}
	s := fullCluster()
	s.nodes = []corev1.Node{cpuNode("a"), node("b", "sky://1", corev1.NodeSystemInfo{OSImage: "Slate Linux 3.1", KubeletVersion: "v1.34.1"},
		labelSet{"skyport.example/pool": "gpu", "node.kubernetes.io/instance-type": "sky.x900"})}
	collectors := snapshot.Kubernetes(s.connect(t), snapshot.KubernetesOptions{Catalog: catalog})
	got, failed := snapshot.Collect(t.Context(), collectors, snapshot.Options{})
	if len(failed) > 0 {
		t.Fatal(failed.Err())
	}
	want := document.Query{OS: "flatrock", OSVersion: "3", Service: "skyport", K8s: "v1.33.5-eks-3025e55", GPU: "x900"}
	if diff := cmp.Diff(want, catalog.Extract(got).Query); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

// TestNoCatalog collects what nodes say without one.
func TestNoCatalog(t *testing.T) {
	t.Parallel()
	s := fullCluster()
	s.nodes = []corev1.Node{aksNode("a")}
	got, failed := snapshot.Collect(t.Context(), snapshot.Kubernetes(s.connect(t), snapshot.KubernetesOptions{}), snapshot.Options{})
	if len(failed) > 0 {
		t.Fatal(failed.Err())
	}
	node := texts(got.Measurements, measurement.K8s, "node")
	if node["kernel-version"] != "6.8.0-1034-azure" || node["provider"] != "" || node["gpu-nodes"] != "0" {
		t.Errorf("got %v, want the kernel, no provider and no GPUs", node)
	}
}

// checkGolden compares the snapshot's YAML with a golden file, and with what is
// read back from it.
func checkGolden(t *testing.T, name string, got document.Snapshot) {
	t.Helper()
	text, err := got.YAML()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".yaml")
	if *update {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
	back, err := document.DecodeSnapshot(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, back); diff != "" {
		t.Errorf("read back (-collected +read):\n%s", diff)
	}
}

// TestUnchangedClusterEqualSnapshots collects the same cluster from two
// servers that agree on nothing but what matters.
func TestUnchangedClusterEqualSnapshots(t *testing.T) {
	t.Parallel()
	names := [][]string{{"a", "b", "c", "d"}, {"w", "x", "y", "z"}}
	var snapshots []document.Snapshot
	for i, n := range names {
		s := fullCluster()
		s.protobuf, s.maxPage, s.policies = i == 1, i+1, clusterPolicies
		s.nodes = []corev1.Node{eksNode(n[0]), gkeNode(n[1]), okeNode(n[2]), eksNode(n[3])}
		s.pods = oddPods()
		for j := range s.nodes {
			s.nodes[j].Status.Conditions = []corev1.NodeCondition{{Type: "Ready", Message: n[j]}}
		}
		snapshots = append(snapshots, collect(t, s, snapshot.KubernetesOptions{}))
	}
	if diff := cmp.Diff(snapshots[0], snapshots[1]); diff != "" {
		t.Errorf("JSON, one object a page (-) and protobuf, two a page (+) differ:\n%s", diff)
	}
}

func TestVariance(t *testing.T) {
	t.Parallel()
	unlabeled := eksNode("u")
	delete(unlabeled.Labels, "nvidia.com/gpu.product")
	a100 := eksNode("odd")
	maps.Copy(a100.Labels, gpuLabels("NVIDIA-A100-SXM4-40GB", "4", "40960"))
	a100.Labels["feature.node.kubernetes.io/system-os_release.VERSION_ID"] = "24.04"
	a100.Status.NodeInfo.OSImage = "Ubuntu 24.04.1 LTS"
	a100 = withGPUs(a100, "4")

	s := fullCluster()
	s.nodes = []corev1.Node{a100, eksNode("a"), eksNode("b"), unlabeled}
	got := collect(t, s, snapshot.KubernetesOptions{}).Measurements
	want := map[string]string{
		"gpu-product":           "NVIDIA-H100-80GB-HBM3: 2, NVIDIA-A100-SXM4-40GB: 1",
		"gpu-count":             "8: 3, 4: 1",
		"os-image":              "Ubuntu 22.04.5 LTS: 3, Ubuntu 24.04.1 LTS: 1",
		"OS/release":            "ubuntu 22.04: 3, ubuntu 24.04: 1",
		"GPU/device/memory-mib": "81559: 3, 40960: 1",
	}
	if diff := cmp.Diff(want, texts(got, measurement.K8s, "node-variance")); diff != "" {
		t.Errorf("K8s/node-variance (-want +got):\n%s", diff)
	}
	wantDevice := map[string]string{"model": "NVIDIA-H100-80GB-HBM3", "count": "8", "memory-mib": "81559"}
	if diff := cmp.Diff(wantDevice, texts(got, measurement.GPU, "device")); diff != "" {
		t.Errorf("GPU/device (-want +got):\n%s", diff)
	}
}

func TestTieGoesToTheFirstText(t *testing.T) {
	t.Parallel()
	s := fullCluster()
	s.nodes = []corev1.Node{gkeNode("a"), eksNode("b")}
	got := collect(t, s, snapshot.KubernetesOptions{}).Measurements
	if provider := got.Text(measurement.K8s, "node", "provider"); provider != "eks" {
		t.Errorf("provider %s, want eks", provider)
	}
	if variance := got.Text(measurement.K8s, "node-variance", "provider"); variance != "eks: 1, gke: 1" {
		t.Errorf("variance %q", variance)
	}
}

func TestWhichNodesCount(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		nodes    []corev1.Node
		selector string
		kernel   string // of the nodes that count
		gpuNodes string
	}{
		"GPU nodes":                     {nodes: []corev1.Node{cpuNode("a"), cpuNode("b"), eksNode("c"), controlPlane("d")}, kernel: "6.8.0-1028-aws", gpuNodes: "1"},
		"no GPU node: the workers":      {nodes: []corev1.Node{cpuNode("a"), controlPlane("b"), controlPlane("c")}, kernel: "5.15.0", gpuNodes: "0"},
		"no worker either: all":         {nodes: []corev1.Node{controlPlane("a")}, kernel: "6.1.0", gpuNodes: "0"},
		"selected, although no GPU":     {nodes: []corev1.Node{cpuNode("a"), eksNode("b")}, selector: "node.kubernetes.io/instance-type=m5.large", kernel: "5.15.0", gpuNodes: "0"},
		"selected, some have GPUs":      {nodes: []corev1.Node{cpuNode("a"), cpuNode("b"), gkeNode("c"), eksNode("d")}, selector: "kubernetes.io/hostname in (a,b,c)", kernel: "5.15.0", gpuNodes: "1"},
		"a device plugin without a GPU": {nodes: []corev1.Node{withGPUs(cpuNode("a"), "0"), eksNode("b")}, kernel: "6.8.0-1028-aws", gpuNodes: "1"},
		"a cluster without nodes":       {},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fullCluster()
			s.nodes = tt.nodes
			got := collect(t, s, snapshot.KubernetesOptions{NodeSelector: tt.selector}).Measurements
			if kernel := got.Text(measurement.K8s, "node", "kernel-version"); kernel != tt.kernel {
				t.Errorf("kernel %q, want %q", kernel, tt.kernel)
			}
			if n := got.Text(measurement.K8s, "node", "gpu-nodes"); n != tt.gpuNodes {
				t.Errorf("gpu-nodes %q, want %q", n, tt.gpuNodes)
			}
		})
	}
}

func TestNodeSelectorErrors(t *testing.T) {
	t.Parallel()
	for selector, want := range map[string]string{
		"pool=absent": `the node selector "pool=absent" selects no node`,
		"pool in a":   `the node selector "pool in a" is not a label selector`,
	} {
		t.Run(selector, func(t *testing.T) {
			t.Parallel()
			collectors := snapshot.Kubernetes(fullCluster().connect(t), snapshot.KubernetesOptions{NodeSelector: selector})
			_, failed := snapshot.Collect(t.Context(), collectors, snapshot.Options{})
			if err := failed["K8s/node"]; len(failed) != 1 || err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("failed: %v, want %q", failed, want)
			}
		})
	}
}

func TestManyNodesAreReadInPages(t *testing.T) {
	t.Parallel()
	s := fullCluster()
	s.maxPage, s.nodes = 0, nil
	for i := range 1201 {
		s.nodes = append(s.nodes, eksNode(strconv.Itoa(i)))
	}
	got := collect(t, s, snapshot.KubernetesOptions{}).Measurements
	if n := got.Text(measurement.K8s, "node", "gpu-nodes"); n != "1201" {
		t.Errorf("%s GPU nodes, want 1201", n)
	}
	lists := 0
	for _, request := range s.seen() {
		if strings.HasPrefix(request, "/api/v1/nodes?") {
			lists++
		}
	}
	if lists != 3 {
		t.Errorf("%d pages of nodes, want 3 of at most 500", lists)
	}
}
