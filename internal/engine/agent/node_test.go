// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// gpuNode is a ready node whose instance type has GPUs.
func gpuNode(name string, taints ...corev1.Taint) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelInstanceTypeStable: "p5.48xlarge", "pool": "gpu"}},
		Spec:       corev1.NodeSpec{Taints: taints},
		Status:     corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
	}
}

func notReady(name string) *corev1.Node {
	node := gpuNode(name)
	node.Status.Conditions[0] = corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Reason: "NodeStatusUnknown"}
	return node
}

func cordoned(name string) *corev1.Node {
	node := gpuNode(name, taint(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule))
	node.Spec.Unschedulable = true
	return node
}

func taint(key string, effect corev1.TaintEffect) corev1.Taint {
	return corev1.Taint{Key: key, Value: "x", Effect: effect}
}

func TestChooseNodes(t *testing.T) {
	t.Parallel()
	cpu := gpuNode("cpu")
	cpu.Labels = map[string]string{corev1.LabelInstanceTypeStable: "m7i.large"}
	dedicated := taint("dedicated", corev1.TaintEffectNoSchedule)
	for name, tt := range map[string]struct {
		nodes      []*corev1.Node
		spec       func(*Spec)
		want       []string
		passedOver map[string]string
		err        string
	}{
		"the first with GPUs":        {nodes: []*corev1.Node{cpu, gpuNode("b"), gpuNode("a")}, want: []string{"a"}},
		"no GPUs":                    {nodes: []*corev1.Node{cpu}, err: "no node is known to have NVIDIA GPUs"},
		"by name":                    {nodes: []*corev1.Node{cpu, gpuNode("a")}, spec: func(s *Spec) { s.NodeName = "cpu" }, want: []string{"cpu"}},
		"no such name":               {nodes: []*corev1.Node{cpu}, spec: func(s *Spec) { s.NodeName = "gone" }, err: `there is no node "gone"`},
		"by label":                   {nodes: []*corev1.Node{cpu, gpuNode("a")}, spec: func(s *Spec) { s.NodeSelector = map[string]string{"pool": "gpu"} }, want: []string{"a"}},
		"no such label":              {nodes: []*corev1.Node{cpu}, spec: func(s *Spec) { s.NodeSelector = map[string]string{"pool": "gpu"} }, err: "no node has the labels of node_selector: pool=gpu"},
		"the GPU taint is tolerated": {nodes: []*corev1.Node{gpuNode("a", taint("nvidia.com/gpu", corev1.TaintEffectNoSchedule))}, want: []string{"a"}},
		"a preference is no rule":    {nodes: []*corev1.Node{gpuNode("a", taint("x", corev1.TaintEffectPreferNoSchedule))}, want: []string{"a"}},
		"tainted":                    {nodes: []*corev1.Node{gpuNode("a", dedicated), gpuNode("b")}, want: []string{"b"}},
		"all tainted": {
			nodes: []*corev1.Node{gpuNode("a", dedicated), notReady("b")},
			err:   "no node is free to run the agent:\n  a: taint dedicated=x:NoSchedule\n  b: not ready NodeStatusUnknown\nTolerate the taints with tolerations",
		},
		"tolerated": {
			nodes: []*corev1.Node{gpuNode("a", dedicated)},
			spec:  func(s *Spec) { s.Tolerations = []corev1.Toleration{{Key: "dedicated", Value: "x"}} }, want: []string{"a"},
		},
		"tolerated with another value": {
			nodes: []*corev1.Node{gpuNode("a", dedicated)},
			spec:  func(s *Spec) { s.Tolerations = []corev1.Toleration{{Key: "dedicated", Value: "y"}} }, err: "taint dedicated=x:NoSchedule",
		},
		"tolerated with another effect": {
			nodes: []*corev1.Node{gpuNode("a", dedicated)},
			spec: func(s *Spec) {
				s.Tolerations = []corev1.Toleration{{Key: "dedicated", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute}}
			}, err: "taint dedicated=x:NoSchedule",
		},
		"everything tolerated": {
			nodes: []*corev1.Node{gpuNode("a", dedicated, taint("b", corev1.TaintEffectNoExecute))},
			spec:  func(s *Spec) { s.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}} }, want: []string{"a"},
		},
		"all nodes": {
			nodes: []*corev1.Node{gpuNode("b"), notReady("c"), gpuNode("a"), cpu},
			spec:  func(s *Spec) { s.AllNodes = true }, want: []string{"a", "b"}, passedOver: map[string]string{"c": "not ready NodeStatusUnknown"},
		},
		"no toleration opens a cordoned node": {
			nodes: []*corev1.Node{gpuNode("a"), cordoned("b")},
			spec: func(s *Spec) {
				s.AllNodes, s.Tolerations = true, []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
			}, want: []string{"a"}, passedOver: map[string]string{"b": "cordoned"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := baseSpec()
			if tt.spec != nil {
				tt.spec(&spec)
			}
			f := newFakeCluster(t)
			for _, node := range tt.nodes {
				f.add(node)
			}
			all, err := f.runner().candidates(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			got, err := choose(spec, all)
			if tt.err != "" {
				if ReasonOf(err) != NoNode || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.nodes); diff != "" {
				t.Errorf("nodes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.passedOver, got.passedOver, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("passed over (-want +got):\n%s", diff)
			}
		})
	}
}
