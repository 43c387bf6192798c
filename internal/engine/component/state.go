// SPDX-License-Identifier: Apache-2.0

package component

// State is how the objects of a kind say in status.state whether they are up.
type State struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Ready string `json:"ready"` // the state of one that is up
	// Waits are reasons of conditions with which one is not up although its state says
	// so, Warns those with which it is and somebody should know.
	Waits []string `json:"waits,omitempty"`
	Warns []string `json:"warns,omitempty"`
	// Nodes say where it is up, nil for a kind that has nothing to do with them.
	Nodes *NodeState `json:"nodes,omitempty"`
}

// NodeState is what nodes with GPUs show of an object that is not up for as long as
// something is missing on any of them. Its conditions and texts read labels of nodes
// alone.
type NodeState struct {
	// Pending is the state of an object that lacks something on a node, and Reasons are
	// those of its conditions that say so; none where conditions say nothing of it.
	Pending string   `json:"pending"`
	Reasons []string `json:"reasons,omitempty"`
	// Serves says on which nodes the object has something to do.
	Serves Condition `json:"serves,omitempty"`
	// Resources are patterns of path.Match for the resources by which pods get GPUs or
	// parts of them, of which a node has one where the object is up; none where it
	// offers no resources of known names.
	Resources []string `json:"resources,omitempty"`
	// Driver, MIG and MIGState are the labels with the version of the driver that runs,
	// the layout of partitions that is asked for, and what has become of that.
	Driver   string `json:"driver,omitempty"`
	MIG      string `json:"mig,omitempty"`
	MIGState string `yaml:"migState" json:"migState,omitempty"`
	// Problems are what is wrong with a node on which the object is not up.
	Problems []NodeProblem `json:"problems,omitempty"`
}

// NodeProblem is something that labels say is wrong with a node; Text takes
// ${label NAME}.
type NodeProblem struct {
	When Condition `json:"when"`
	Text string    `json:"text"`
}

// OfNode reads the operands of a node with these labels.
func OfNode(labels map[string]string) Env {
	return func(o Operand) (any, bool) {
		kind, _, name := o.Parts()
		if kind != Label {
			return nil, false
		}
		value, ok := labels[name]
		return value, ok
	}
}
