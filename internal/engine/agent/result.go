// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Result is what the agents found.
type Result struct {
	// Node is the one that stands for all; see snapshot.Typical.
	Node string
	// Nodes by name.
	Nodes map[string]NodeSnapshot
	// Groups of nodes that say the same. The first is that of Node.
	Groups []*Group
	// Disagreements of the nodes, as snapshot.Typical counts them.
	Disagreements map[string]string
	// LeftOut says of each node that the result lacks why it does.
	LeftOut map[string]string
	// Warnings are about what the result lacks, and what the run has left.
	Warnings []Warning
}

// Warning is something that the result lacks, or that the run has left.
type Warning struct {
	Kind WarningKind
	Text string
	// Each is what the warning lists, one text for each node or collector; a text
	// may have several lines.
	Each []string
}

// String returns the text with the first of what it lists.
func (w Warning) String() string {
	if len(w.Each) == 0 {
		return w.Text
	}
	return w.Text + ":\n" + words.Lines(w.Each, shownNodes)
}

// WarningKind says what a warning is about.
type WarningKind int

// Kinds of warnings.
const (
	Incomplete  WarningKind = iota // collectors failed
	FailedNodes                    // the agent failed on nodes
	PassedOver                     // nodes were not tried
	Leftovers                      // objects were not removed
	NotStored                      // there is no ConfigMap for some nodes
)

func (r *Result) warn(kind WarningKind, format string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{Kind: kind, Text: fmt.Sprintf(format, args...)})
}

func (r *Result) warnOfEach(kind WarningKind, each []string, text string) {
	r.Warnings = append(r.Warnings, Warning{Kind: kind, Text: text, Each: each})
}

// NodeSnapshot is the snapshot of one node.
type NodeSnapshot struct {
	ConfigMap string // its name; "" when the snapshot is not stored
	Snapshot  document.Snapshot
}

// Snapshot is that of the typical node.
func (r *Result) Snapshot() document.Snapshot { return r.Nodes[r.Node].Snapshot }

// describe adds what the result lacks.
func (s *session) describe(result *Result, ended []outcome) {
	var incomplete, failed []string
	for _, o := range ended {
		switch {
		case o.err != nil:
			failed = append(failed, o.err.Error())
			result.LeftOut[o.target.node] = o.err.Error()
		case o.partial:
			incomplete = append(incomplete, fmt.Sprintf("node %s: %s", o.target.node, cmp.Or(o.lines, "it wrote nothing")))
		}
	}
	if len(s.clusterErrors) > 0 {
		var each []string
		for _, err := range joined.Errors(s.clusterErrors.Err()) {
			each = append(each, err.Error())
		}
		result.warnOfEach(Incomplete, each, "the API server did not tell everything; the snapshot holds the rest")
	}
	if len(incomplete) > 0 {
		result.warnOfEach(Incomplete, incomplete, "not all collectors succeeded; the snapshot holds what the others found. The agent's last lines")
	}
	if len(failed) > 0 {
		result.warnOfEach(FailedNodes, failed, "the agent failed on these nodes, which the result lacks")
	}
}

// readConfigMap returns what the agent has written since the ConfigMap was
// claimed.
func (s *session) readConfigMap(ctx context.Context, t target) ([]byte, error) {
	object, err := s.getConfigMap(ctx, s.spec.Name)
	switch {
	case err != nil:
		return nil, err
	case object == nil:
		return nil, errorf(BadSnapshot, "the ConfigMap %q in namespace %q was deleted while the agent ran", s.spec.Name, s.spec.Namespace)
	case object.ResourceVersion == s.claimed[s.spec.Name]:
		return nil, errorf(BadSnapshot, "node %s: the agent ended without writing the ConfigMap %q. Is %s an image of the eidos command?", t.node, s.spec.Name, s.spec.Image)
	}
	s.claimed[s.spec.Name] = object.ResourceVersion
	text, there := object.Data[location.SnapshotKey]
	if !there {
		return nil, noSnapshot(object)
	}
	return []byte(text), nil
}

func decode(ctx context.Context, object *corev1.ConfigMap) (document.Snapshot, error) {
	text, there := object.Data[location.SnapshotKey]
	if !there {
		return document.Snapshot{}, noSnapshot(object)
	}
	found, err := document.DecodeSnapshot(ctx, []byte(text))
	if err != nil {
		return document.Snapshot{}, fmt.Errorf("the ConfigMap %q in namespace %q: %w", object.Name, object.Namespace, err)
	}
	return found, nil
}

func noSnapshot(object *corev1.ConfigMap) error {
	return fmt.Errorf("the ConfigMap %q in namespace %q has no key %q", object.Name, object.Namespace, location.SnapshotKey)
}
