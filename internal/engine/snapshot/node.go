// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// nodeCollector reads the nodes: those that the node selector selects, else the
// GPU nodes, else, where there are none, the nodes outside the control plane,
// else all. K8s/node/gpu-nodes says how many GPU nodes are among them; 0
// means that the readings are of nodes without GPUs.
//
// Nodes differ, a reading is one: all are of the node that agrees with the others in
// most of them, so that they never contradict each other more than one machine does.
// K8s/node-variance has a key for every reading that nodes disagree about, and as
// its value what they say with how many do: "H100: 3, A100: 1". A node that does not
// say counts for nothing. Nodes with Windows count for nothing at all.
//
// What nodes say of their GPUs and operating systems is repeated as GPU/device
// and OS/release, for recipes made without an agent on the nodes.
func nodeCollector(client *cluster.Client, o KubernetesOptions) Collector {
	return Collector{Name: KubernetesNode, Collect: func(ctx context.Context) (measurement.List, error) {
		if _, err := labels.Parse(o.NodeSelector); err != nil {
			return nil, fmt.Errorf("the node selector %q is not a label selector, such as pool=gpu,env in (a,b): %w", o.NodeSelector, err)
		}
		connection, err := client.Connect()
		if err != nil {
			return nil, err
		}
		nodes := &nodeCount{catalog: o.Catalog}
		nodes.reset()
		l := listing{
			path: "/api/v1/nodes", selector: o.NodeSelector,
			call: cluster.Call{Verb: "list", Resource: "nodes"}, items: nodes.reader(),
		}
		if err := l.each(ctx, connection); err != nil {
			return nil, err
		}
		if o.NodeSelector != "" {
			if nodes.all.nodes == 0 {
				return nil, fmt.Errorf("the node selector %q selects no node", o.NodeSelector)
			}
			return nodes.measurements(nodes.all)
		}
		return nodes.measurements(nodes.likely())
	}}
}

// nodeCount counts what the nodes say, in the groups of which one will be
// reported.
type nodeCount struct {
	catalog           Catalog
	all, gpu, workers *factCount
}

func (c *nodeCount) reset() { c.all, c.gpu, c.workers = newFactCount(), newFactCount(), newFactCount() }

func (c *nodeCount) reader() itemReader {
	return itemReader{
		protobuf: c.addProtobufNode,
		json:     c.addJSONNode,
		forget:   c.reset,
	}
}

// addProtobufNode decodes what is looked at of a node. Most of the bytes are
// the images that the kubelet lists, and who manages which field.
func (c *nodeCount) addProtobufNode(object []byte) error {
	var node corev1.Node
	err := fields(object, func(number uint64, value []byte) (err error) {
		switch number {
		case objectMetadata:
			node.Labels, err = decodeLabels(value)
			return err
		case nodeSpec:
			return node.Spec.Unmarshal(value)
		case nodeStatus:
			return decodeStatus(value, &node.Status)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.add(&node)
	return nil
}

func decodeLabels(metadata []byte) (map[string]string, error) {
	labels := map[string]string{}
	err := fields(metadata, func(number uint64, value []byte) error {
		if number != metadataLabels {
			return nil
		}
		name, text, err := mapEntry(value)
		labels[string(name)] = string(text)
		return err
	})
	return labels, err
}

func decodeStatus(message []byte, status *corev1.NodeStatus) error {
	status.Capacity = corev1.ResourceList{}
	return fields(message, func(number uint64, value []byte) error {
		switch number {
		case statusNodeInfo:
			return status.NodeInfo.Unmarshal(value)
		case statusCapacity:
			name, amount, err := mapEntry(value)
			if err != nil {
				return err
			}
			var quantity resource.Quantity
			if err := quantity.Unmarshal(amount); err != nil {
				return err
			}
			status.Capacity[corev1.ResourceName(name)] = quantity
		}
		return nil
	})
}

func (c *nodeCount) addJSONNode(object []byte) error {
	var node corev1.Node
	if err := json.Unmarshal(object, &node); err != nil {
		return err
	}
	c.add(&node)
	return nil
}

func (c *nodeCount) add(node *corev1.Node) {
	if node.Status.NodeInfo.OperatingSystem == "windows" {
		return
	}
	groups := []*factCount{c.all}
	if IsGPUNode(node, c.catalog.GPUInstanceType) {
		groups = append(groups, c.gpu)
	}
	if !isControlPlane(node) {
		groups = append(groups, c.workers)
	}
	facts, pool := nodeFacts(node, c.catalog), c.catalog.Pool(node.Labels)
	for _, group := range groups {
		group.add(facts)
		group.taints.add(pool, node.Spec.Taints)
	}
}

// likely returns the group that stands for the cluster where the user names
// none.
func (c *nodeCount) likely() *factCount {
	for _, group := range []*factCount{c.gpu, c.workers} {
		if group.nodes > 0 {
			return group
		}
	}
	return c.all
}

func (c *nodeCount) measurements(group *factCount) (measurement.List, error) {
	if group.nodes == 0 {
		return nil, nil
	}
	facts, variance := group.typical()
	node := facts.prefixed("K8s/node/")
	taints, err := group.taints.readings(c.catalog)
	if err != nil {
		return nil, err
	}
	maps.Copy(node, taints)
	node["gpu-nodes"] = measurement.Int(int64(c.gpu.nodes))
	device := facts.prefixed("GPU/device/")
	for key, from := range map[string]string{"model": "gpu-product", "count": "gpu-count"} {
		if reading := node[from]; reading != nil {
			device[key] = reading
		}
	}
	return measurement.List{
		{Type: measurement.K8s, Subtypes: []measurement.Subtype{{Name: "node", Data: node}, {Name: "node-variance", Data: variance}}},
		{Type: measurement.GPU, Subtypes: []measurement.Subtype{{Name: "device", Data: device}}},
		{Type: measurement.OS, Subtypes: []measurement.Subtype{{Name: "release", Data: facts.release()}}},
	}, nil
}

func isControlPlane(node *corev1.Node) bool {
	_, controlPlane := node.Labels["node-role.kubernetes.io/control-plane"]
	_, master := node.Labels["node-role.kubernetes.io/master"]
	return controlPlane || master
}
