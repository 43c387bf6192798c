// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/pager"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// Node is what the API server knows of a node with GPUs. A text is "" where nothing on
// the node says it.
type Node struct {
	Name    string `json:"name"`
	Product string `json:"product,omitempty"` // as GPU Feature Discovery names it
	Driver  string `json:"driver,omitempty"`  // that runs
	// Capacity and Allocatable count what pods can ask for: GPUs, or the slices and
	// shares into which they are divided.
	Capacity    int64  `json:"capacity"`
	Allocatable int64  `json:"allocatable"`
	MIG         string `json:"mig,omitempty"`       // the layout that is asked for
	MIGState    string `json:"mig_state,omitempty"` // what has become of that
	Ready       bool   `json:"ready"`
	Schedulable bool   `json:"schedulable"` // not cordoned
	// Wrong says what is wrong with the node, in the order in which to look at it.
	Wrong []string `json:"wrong,omitempty"`
}

// Nodes returns the nodes with GPUs by name, as the client's States read them.
func (c *Client) Nodes(ctx context.Context) ([]Node, error) {
	list, err := c.gpuNodes(ctx)
	if err != nil {
		return nil, err
	}
	nodes := make([]Node, len(list))
	drivers := snapshot.Tally[string]{}
	for i, n := range list {
		nodes[i] = c.view(n)
		if driver := nodes[i].Driver; driver != "" {
			drivers[driver]++
		}
	}
	for i := range nodes {
		if n := &nodes[i]; n.Driver != "" && n.Driver != drivers.Sorted()[0] {
			n.Wrong = append(n.Wrong, fmt.Sprintf("it runs driver %s, other nodes run others (%s)", n.Driver, drivers))
		}
	}
	return nodes, nil
}

// gpuNodes reads the nodes with GPUs, page by page.
func (c *Client) gpuNodes(ctx context.Context) ([]*corev1.Node, error) {
	var list []*corev1.Node
	all := c.objects.Resource(corev1.SchemeGroupVersion.WithResource("nodes"))
	pages := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return all.List(ctx, o) })
	err := pages.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		item, _ := object.(*unstructured.Unstructured)
		var n corev1.Node
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, &n); err != nil {
			return fmt.Errorf("node %q: %w", item.GetName(), err)
		}
		if snapshot.IsGPUNode(&n, nil) {
			n.Status.Images, n.ManagedFields = nil, nil // most of its bytes
			list = append(list, &n)
		}
		return nil
	})
	if err != nil {
		return nil, c.connection.Explain(ctx, err, cluster.Call{Verb: "list", Resource: "nodes"})
	}
	slices.SortFunc(list, func(a, b *corev1.Node) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (c *Client) view(n *corev1.Node) Node {
	v := Node{
		Name: n.Name, Product: snapshot.GPUProduct(n), Wrong: away(n),
		Ready: readyProblem(n) == "", Schedulable: !n.Spec.Unschedulable,
	}
	for _, state := range c.States {
		s := state.Nodes
		if s == nil {
			continue
		}
		v.Driver = cmp.Or(v.Driver, n.Labels[s.Driver])
		v.MIG, v.MIGState = cmp.Or(v.MIG, n.Labels[s.MIG]), cmp.Or(v.MIGState, n.Labels[s.MIGState])
		capacity, allocatable := offered(n, s.Resources)
		v.Capacity, v.Allocatable = v.Capacity+capacity, v.Allocatable+allocatable
		if allocatable > 0 && allocatable < capacity {
			v.Wrong = append(v.Wrong, fmt.Sprintf("%d of its %d GPUs are allocatable", allocatable, capacity))
		}
		if s.Serves.Holds(component.OfNode(n.Labels)) {
			v.Wrong = append(v.Wrong, missing(n, s)...)
		}
	}
	return v
}

// away says why nothing can be expected of a node for now, nothing for one that is
// ready and schedulable.
func away(n *corev1.Node) (why []string) {
	if problem := readyProblem(n); problem != "" {
		why = append(why, problem)
	}
	if n.Spec.Unschedulable {
		why = append(why, "it is cordoned")
	}
	return why
}

// readyProblem says why a node is not ready, "" for one that is.
func readyProblem(n *corev1.Node) string {
	i := slices.IndexFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool { return c.Type == corev1.NodeReady })
	switch {
	case i < 0:
		return "it is not ready: its kubelet has not reported yet"
	case n.Status.Conditions[i].Status == corev1.ConditionTrue:
		return ""
	}
	c := n.Status.Conditions[i]
	return secret.Text("it is not ready: " + conditionText(metav1.Condition{Type: string(c.Type), Status: metav1.ConditionStatus(c.Status), Reason: c.Reason, Message: c.Message}))
}

// missing says what a node lacks on which an object of the state should be up.
func missing(n *corev1.Node, s *component.NodeState) (lacks []string) {
	env := component.OfNode(n.Labels)
	capacity, allocatable := offered(n, s.Resources)
	switch {
	case len(s.Resources) == 0 || allocatable > 0:
	case capacity > 0:
		lacks = append(lacks, fmt.Sprintf("none of its %d GPUs is allocatable", capacity))
	default:
		lacks = append(lacks, "its GPUs are not allocatable: it offers none of "+strings.Join(s.Resources, ", "))
	}
	for _, p := range s.Problems {
		if p.When.Holds(env) {
			lacks = append(lacks, component.Fill(p.Text, func(name string) string {
				value, _ := env(component.Operand(name))
				text, _ := value.(string)
				return text
			}))
		}
	}
	return lacks
}

// offered counts the resources of a node whose names match a pattern.
func offered(n *corev1.Node, patterns []string) (capacity, allocatable int64) {
	count := func(list corev1.ResourceList) (sum int64) {
		for name, quantity := range list {
			if slices.ContainsFunc(patterns, func(pattern string) bool { match, _ := path.Match(pattern, string(name)); return match }) {
				sum += quantity.Value()
			}
		}
		return sum
	}
	return count(n.Status.Capacity), count(n.Status.Allocatable)
}
