// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/klog/v2"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

const (
	// pageSize is how many nodes are asked for at a time: one takes some 30 KiB,
	// for the images that it lists.
	pageSize = 100
	// shownNodes is how many nodes an error or a warning lists.
	shownNodes = 10
)

// candidate is a node that the spec selects.
type candidate struct {
	name string
	// obstacles say why the agent cannot run there; none when it can.
	obstacles []string
}

func (r *Runner) candidates(ctx context.Context, spec Spec) ([]candidate, error) {
	options := metav1.ListOptions{Limit: pageSize, LabelSelector: labels.Set(spec.NodeSelector).String()}
	if spec.NodeName != "" {
		options.FieldSelector = fields.OneTermEqualSelector("metadata.name", spec.NodeName).String()
	}
	wanted := func(node *corev1.Node) bool {
		if spec.NodeName != "" {
			return node.Name == spec.NodeName
		}
		return len(spec.NodeSelector) > 0 || snapshot.IsGPUNode(node, r.GPUInstanceType)
	}
	parts, err := readPodParts()
	if err != nil {
		return nil, err
	}
	var found []candidate
	for {
		page, err := r.Connection.Nodes.List(ctx, options)
		if err != nil {
			return nil, r.Connection.Explain(ctx, err, cluster.Call{Verb: "list", Resource: "nodes"})
		}
		for i := range page.Items {
			if node := &page.Items[i]; wanted(node) {
				found = append(found, candidate{name: node.Name, obstacles: obstacles(node, parts.tolerations(spec))})
			}
		}
		if options.Continue = page.Continue; page.Continue == "" {
			break
		}
	}
	slices.SortFunc(found, func(a, b candidate) int { return cmp.Compare(a.name, b.name) })
	return found, nil
}

// obstacles are the node's state and those of its taints that keep pods away.
// No toleration opens a node that is cordoned: somebody works on it.
func obstacles(node *corev1.Node, tolerations []corev1.Toleration) []string {
	var found []string
	if node.Spec.Unschedulable {
		found = append(found, "cordoned")
	}
	for i := range node.Spec.Taints {
		taint := &node.Spec.Taints[i]
		tolerated := slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
			return t.ToleratesTaint(klog.Background(), taint, false) // comparisons of numbers are an alpha feature
		})
		cordon := node.Spec.Unschedulable && taint.Key == corev1.TaintNodeUnschedulable // the same in other words
		if !tolerated && !cordon && taint.Effect != corev1.TaintEffectPreferNoSchedule {
			found = append(found, "taint "+taint.ToString())
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status != corev1.ConditionTrue {
			found = append(found, strings.TrimSpace("not ready "+condition.Reason))
		}
	}
	return found
}

// choice is the names of the nodes to run on.
type choice struct {
	nodes []string
	// others could run the agent as well, of a run on one node.
	others []string
	// passedOver cannot, with the reason, of a run on all nodes.
	passedOver map[string]string
}

func choose(spec Spec, all []candidate) (choice, error) {
	if len(all) == 0 {
		return choice{}, errorf(NoNode, "%s", spec.noNode())
	}
	var nodes []string
	passedOver := map[string]string{}
	for _, c := range all {
		if len(c.obstacles) > 0 {
			passedOver[c.name] = strings.Join(c.obstacles, ", ")
			continue
		}
		nodes = append(nodes, c.name)
	}
	switch {
	case len(nodes) == 0:
		return choice{}, errorf(NoNode, "no node is free to run the agent:\n%s\nTolerate the taints with %s, or choose other nodes with %s or %s",
			words.Lines(reasons(passedOver), shownNodes), spec.called("tolerations"), spec.called("node_selector"), spec.called("node_name"))
	case spec.AllNodes:
		return choice{nodes: nodes, passedOver: passedOver}, nil
	default: // one is enough
		return choice{nodes: nodes[:1], others: nodes[1:]}, nil
	}
}

// reasons lists nodes with what is said of each.
func reasons(nodes map[string]string) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(nodes)) {
		lines = append(lines, name+": "+nodes[name])
	}
	return lines
}

func (s Spec) noNode() string {
	switch {
	case s.NodeName != "":
		return fmt.Sprintf("there is no node %q", s.NodeName)
	case len(s.NodeSelector) > 0:
		return fmt.Sprintf("no node has the labels of %s: %s", s.called("node_selector"), labels.Set(s.NodeSelector))
	default:
		return "no node is known to have NVIDIA GPUs, neither by its labels, nor by its capacity, nor by its instance type. Choose one with " +
			s.called("node_selector") + " or " + s.called("node_name")
	}
}
