// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

const nodesPath = "/api/v1/nodes"

// putNode stores a node with labels that is ready and has GPUs, changed by a YAML text
// of its spec and status.
func (s *fakeServer) putNode(t *testing.T, name, labels, more string) {
	t.Helper()
	node := "apiVersion: v1\nkind: Node\nmetadata: {name: " + name + ", labels: " + labels + "}\n" + more
	if !strings.Contains(more, "conditions:") {
		node += "  conditions: [{type: Ready, status: \"True\"}]\n"
	}
	var object map[string]any
	if err := yaml.Unmarshal([]byte(node), &object); err != nil {
		t.Fatal(err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.store(nodesPath+"/"+name, object)
}

func embeddedStates(t *testing.T) []component.State {
	t.Helper()
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	states, err := set.States()
	if err != nil {
		t.Fatal(err)
	}
	return states
}

const (
	eightGPUs = "status:\n  capacity: {nvidia.com/gpu: \"8\", cpu: \"64\"}\n  allocatable: {nvidia.com/gpu: \"8\", cpu: \"63\"}\n"
	noGPUs    = "status:\n"
)

// TestNodes reads the nodes with GPUs by the embedded data.
func TestNodes(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	const found = `nvidia.com/gpu.present: "true"`
	s.putNode(t, "a-fine", `{nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3, nvidia.com/cuda.driver-version.full: 580.1.2}`, eightGPUs)
	s.putNode(t, "b-cpu", "{}", noGPUs)
	s.putNode(t, "c-cordoned", `{nvidia.com/cuda.driver-version.full: 580.1.2}`, "spec: {unschedulable: true}\n"+eightGPUs)
	s.putNode(t, "d-down", "{"+found+"}", eightGPUs+"  conditions: [{type: Ready, status: Unknown, reason: NodeStatusUnknown, message: \"Kubelet stopped, token=hunter2\"}]\n")
	s.putNode(t, "e-new", `{feature.node.kubernetes.io/pci-10de.present: "true"}`, "status:\n  conditions: [{type: MemoryPressure, status: \"False\"}]\n")
	s.putNode(t, "f-plugin", "{"+found+"}", strings.Replace(eightGPUs, "allocatable: {nvidia.com/gpu: \"8\"", "allocatable: {nvidia.com/gpu: \"0\"", 1))
	s.putNode(t, "g-sick", "{"+found+`, nvidia.com/cuda.driver-version.full: 570.9.8}`, strings.Replace(eightGPUs, "allocatable: {nvidia.com/gpu: \"8\"", "allocatable: {nvidia.com/gpu: \"7\"", 1))
	s.putNode(t, "h-mig", "{"+found+", nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3-MIG-1g.10gb, nvidia.com/mig.config: all-1g.10gb, nvidia.com/mig.config.state: failed}",
		"status:\n  capacity: {nvidia.com/gpu: \"0\", nvidia.com/mig-1g.10gb: \"7\", nvidia.com/mig-2g.20gb: \"3\"}\n  allocatable: {nvidia.com/gpu: \"0\", nvidia.com/mig-1g.10gb: \"7\", nvidia.com/mig-2g.20gb: \"3\"}\n")
	s.putNode(t, "i-upgrade", "{"+found+", nvidia.com/gpu-driver-upgrade-state: drain-required}", eightGPUs)
	s.putNode(t, "j-alone", "{"+found+`, nvidia.com/gpu.deploy.operands: "false"}`, noGPUs)
	s.putNode(t, "k-nic", "{"+found+`, feature.node.kubernetes.io/pci-15b3.present: "true", network.nvidia.com/operator.mofed.wait: "true"}`, eightGPUs)
	s.putNode(t, "l-shared", "{"+found+", nvidia.com/gpu.product: NVIDIA-L4-SHARED}", "status:\n  capacity: {nvidia.com/gpu.shared: \"40\"}\n  allocatable: {nvidia.com/gpu.shared: \"40\"}\n")
	c := newClient(t, connection, "")
	c.States = embeddedStates(t)

	nodes, err := c.Nodes(t.Context())
	want := []objects.Node{
		{Name: "a-fine", Product: "NVIDIA-H100-80GB-HBM3", Driver: "580.1.2", Capacity: 8, Allocatable: 8, Ready: true, Schedulable: true},
		{Name: "c-cordoned", Driver: "580.1.2", Capacity: 8, Allocatable: 8, Ready: true, Wrong: []string{"it is cordoned"}},
		{Name: "d-down", Capacity: 8, Allocatable: 8, Schedulable: true, Wrong: []string{"it is not ready: Ready=Unknown (NodeStatusUnknown): Kubelet stopped, token=(redacted)"}},
		{Name: "e-new", Schedulable: true, Wrong: []string{
			"it is not ready: its kubelet has not reported yet",
			"its GPUs are not allocatable: it offers none of nvidia.com/gpu, nvidia.com/gpu.shared, nvidia.com/mig-*",
		}},
		{Name: "f-plugin", Capacity: 8, Ready: true, Schedulable: true, Wrong: []string{"none of its 8 GPUs is allocatable"}},
		{Name: "g-sick", Driver: "570.9.8", Capacity: 8, Allocatable: 7, Ready: true, Schedulable: true, Wrong: []string{
			"7 of its 8 GPUs are allocatable",
			"it runs driver 570.9.8, other nodes run others (580.1.2: 2, 570.9.8: 1)",
		}},
		{Name: "h-mig", Product: "NVIDIA-H100-80GB-HBM3", Capacity: 10, Allocatable: 10, MIG: "all-1g.10gb", MIGState: "failed", Ready: true, Schedulable: true, Wrong: []string{"the MIG layout all-1g.10gb is not in place (failed)"}},
		{Name: "i-upgrade", Capacity: 8, Allocatable: 8, Ready: true, Schedulable: true, Wrong: []string{"the upgrade of its driver is not done (drain-required)"}},
		{Name: "j-alone", Ready: true, Schedulable: true},
		{Name: "k-nic", Capacity: 8, Allocatable: 8, Ready: true, Schedulable: true, Wrong: []string{"its network driver does not run yet"}},
		{Name: "l-shared", Product: "NVIDIA-L4", Capacity: 40, Allocatable: 40, Ready: true, Schedulable: true},
	}
	if diff := cmp.Diff(want, nodes); diff != "" || err != nil {
		t.Errorf("(-want +got):\n%s%v", diff, err)
	}
}

func TestNodesWithoutTheRight(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.before = func(*http.Request) *apierrors.StatusError {
		return apierrors.NewForbidden(schema.GroupResource{Resource: "nodes"}, "", nil)
	}
	nodes, err := newClient(t, connection, "").Nodes(t.Context())
	if err == nil || nodes != nil || !strings.Contains(err.Error(), "nodes") || !strings.Contains(err.Error(), "list") {
		t.Errorf("%v, %v", nodes, err)
	}
}
