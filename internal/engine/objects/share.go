// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Share is how many of the GPU nodes that are ready and schedulable must have what an
// object brings. The zero value means all.
type Share struct{ of *intstr.IntOrString }

// ParseShare reads a number from 1 on, or a percentage from 1% to 100%.
func ParseShare(text string) (Share, error) {
	value := intstr.Parse(text)
	n, err := intstr.GetScaledValueFromIntOrPercent(&value, 100, true)
	if err != nil || n < 1 || value.Type == intstr.String && n > 100 {
		return Share{}, fmt.Errorf("%s is not a number of nodes from 1 on, such as 5, or a percentage from 1%% to 100%%, such as 90%%", words.Quote(text))
	}
	return Share{&value}, nil
}

// String returns such as 5 or 90%.
func (s Share) String() string {
	if s.of == nil {
		return "100%"
	}
	return s.of.String()
}

// count returns how many of so many nodes that is, rounded up.
func (s Share) count(nodes int) int {
	if s.of == nil {
		return nodes
	}
	n, _ := intstr.GetScaledValueFromIntOrPercent(s.of, nodes, true) // as ParseShare has checked
	return n
}

// rollout is how far an object that is pending has come on the nodes with GPUs. A node
// that is not ready or is cordoned would hold a wait for as long as it stays so, so the
// wait is for the others. The zero value is that of an object that is not pending.
type rollout struct {
	looks    int      // at the object, while it is pending
	up, able int      // of the nodes that are ready and schedulable
	others   []string // all other nodes, and why they are not up
	err      error    // why the nodes are not known
}

// nodesEvery is how often the nodes are read, in looks: a list of them is large.
const nodesEvery = 10

// follow brings a rollout up to date for an object that is pending as nodes say, and
// forgets it where the object is not.
func (c *Client) follow(ctx context.Context, r *rollout, s *component.NodeState) {
	if s == nil {
		*r = rollout{}
		return
	}
	if r.looks%nodesEvery == 0 {
		nodes, err := c.gpuNodes(ctx)
		*r = rollout{looks: r.looks, err: err}
		for _, n := range nodes {
			if s.Serves.Holds(component.OfNode(n.Labels)) {
				r.add(n, s)
			}
		}
	}
	r.looks++
}

func (r *rollout) add(n *corev1.Node, s *component.NodeState) {
	why := away(n)
	if len(why) == 0 {
		r.able++
		if why = missing(n, s); len(why) == 0 {
			r.up++
			return
		}
	}
	r.others = append(r.others, fmt.Sprintf("node %q: %s", n.Name, strings.Join(why, "; ")))
}

// enough reports whether enough nodes are up, and others explain why the object is
// pending. Where none do, it is pending for a reason of its own; where no node is up,
// nothing shows that it works.
func (r rollout) enough(share Share) bool {
	return r.up > 0 && r.up >= share.count(r.able) && len(r.others) > 0
}

// String is a part of a message, "" where there are no nodes.
func (r rollout) String() string {
	switch {
	case r.err != nil:
		return fmt.Sprintf("\nWhich nodes hold it is not known: %v", r.err)
	case r.able+len(r.others) == 0:
		return ""
	}
	text := fmt.Sprintf("\nIt is up on %d of %d GPU nodes that are ready and schedulable", r.up, r.able)
	if len(r.others) > 0 {
		text += "; others:\n" + words.Lines(r.others, mostNodes)
	}
	return text
}

// mostNodes is how many nodes a message names.
const mostNodes = 10
