// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Result is what the agents found.
type Result struct {
	// Node is the one that stands for all; see snapshot.Typical.
	Node string
	// Nodes by name.
	Nodes map[string]NodeSnapshot
	// Disagreements of the nodes, as snapshot.Typical counts them.
	Disagreements map[string]string
	// Warnings are about what the result lacks, and what the run has left.
	Warnings []Warning
}

// Warning is something that the result lacks, or that the run has left.
type Warning struct {
	Kind WarningKind
	Text string
}

// WarningKind says what a warning is about.
type WarningKind int

// Kinds of warnings.
const (
	Incomplete  WarningKind = iota // collectors failed
	FailedNodes                    // the agent failed on nodes
	PassedOver                     // nodes were not tried
	Leftovers                      // objects were not removed
)

func (r *Result) warn(kind WarningKind, format string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{Kind: kind, Text: fmt.Sprintf(format, args...)})
}

// NodeSnapshot is the snapshot of one node.
type NodeSnapshot struct {
	ConfigMap string // its name
	Snapshot  document.Snapshot
}

// Snapshot is that of the typical node.
func (r *Result) Snapshot() document.Snapshot { return r.Nodes[r.Node].Snapshot }

func newResult(nodes map[string]NodeSnapshot) *Result {
	lists := make(map[string]measurement.List, len(nodes))
	for name, node := range nodes {
		lists[name] = node.Snapshot.Measurements
	}
	r := &Result{Nodes: nodes}
	r.Node, r.Disagreements = snapshot.Typical(lists)
	return r
}

// collect reads the ConfigMaps of the attempts that succeeded.
func (s *session) collect(ctx context.Context, ended []outcome) (*Result, error) {
	nodes := map[string]NodeSnapshot{}
	var incomplete, failed []string
	for _, o := range ended {
		if o.err != nil {
			failed = append(failed, o.err.Error())
			delete(s.claimed, o.target.configMap)
			continue
		}
		found, err := s.read(ctx, o.target)
		if err != nil {
			return nil, err
		}
		nodes[o.target.node] = NodeSnapshot{ConfigMap: o.target.configMap, Snapshot: found}
		if o.partial {
			incomplete = append(incomplete, fmt.Sprintf("node %s: %s", o.target.node, cmp.Or(o.lines, "it wrote nothing")))
		}
	}
	result := newResult(nodes)
	if len(incomplete) > 0 {
		result.warn(Incomplete, "not all collectors succeeded; the snapshot holds what the others found. The agent's last lines:\n%s", words.Lines(incomplete, shownNodes))
	}
	if len(failed) > 0 {
		result.warn(FailedNodes, "the agent failed on these nodes, which the result lacks:\n%s", words.Lines(failed, shownNodes))
	}
	return result, nil
}

// read decodes what the agent has written since the ConfigMap was claimed.
func (s *session) read(ctx context.Context, t target) (document.Snapshot, error) {
	object, err := s.getConfigMap(ctx, t.configMap)
	switch {
	case err != nil:
		return document.Snapshot{}, err
	case object == nil:
		return document.Snapshot{}, errorf(BadSnapshot, "the ConfigMap %q in namespace %q was deleted while the agent ran", t.configMap, s.spec.Namespace)
	case object.ResourceVersion == s.claimed[t.configMap]:
		return document.Snapshot{}, errorf(BadSnapshot, "node %s: the agent ended without writing the ConfigMap %q. Is %s an image of the eidos command?", t.node, t.configMap, s.spec.Image)
	}
	found, err := decode(object)
	if err != nil {
		return document.Snapshot{}, errorf(BadSnapshot, "node %s: what the agent wrote cannot be read: %w. The image %s may be of another version", t.node, err, s.spec.Image)
	}
	return found, nil
}

func decode(object *corev1.ConfigMap) (document.Snapshot, error) {
	text, there := object.Data[location.SnapshotKey]
	if !there {
		return document.Snapshot{}, fmt.Errorf("the ConfigMap %q in namespace %q has no key %q", object.Name, object.Namespace, location.SnapshotKey)
	}
	found, err := document.DecodeSnapshot([]byte(text))
	if err != nil {
		return document.Snapshot{}, fmt.Errorf("the ConfigMap %q in namespace %q: %w", object.Name, object.Namespace, err)
	}
	return found, nil
}

// Stored names the ConfigMaps that a run has left.
type Stored struct {
	Namespace string
	Name      string            // of the Spec
	Owner     string            // as given to Run
	Nodes     map[string]string // node: ConfigMap
}

func (s Stored) session(r *Runner) *session {
	return &session{Runner: r, deployment: &deployment{spec: Spec{Namespace: s.Namespace, Name: s.Name}, owner: s.Owner}}
}

// Read returns what the ConfigMaps say now. A ConfigMap that is gone, that
// somebody else has claimed, or that no longer holds a snapshot is not an error:
// missing says which, and the result is nil.
func (r *Runner) Read(ctx context.Context, stored Stored) (result *Result, missing []string, err error) {
	s := stored.session(r)
	nodes := map[string]NodeSnapshot{}
	for _, node := range slices.Sorted(maps.Keys(stored.Nodes)) {
		name := stored.Nodes[node]
		object, err := s.getConfigMap(ctx, name)
		switch {
		case err != nil:
			return nil, nil, err
		case object == nil:
			missing = append(missing, fmt.Sprintf("the ConfigMap %q in namespace %q is gone", name, stored.Namespace))
			continue
		case !stored.owns(object):
			missing = append(missing, fmt.Sprintf("the ConfigMap %q in namespace %q has been taken over by another agent. Give each a name of its own", name, stored.Namespace))
			continue
		}
		found, err := decode(object)
		if err != nil {
			missing = append(missing, err.Error())
			continue
		}
		nodes[node] = NodeSnapshot{ConfigMap: name, Snapshot: found}
	}
	if len(missing) > 0 || len(nodes) == 0 {
		return nil, missing, nil
	}
	return newResult(nodes), nil, nil
}

func (s Stored) owns(object *corev1.ConfigMap) bool {
	return ours(object) && object.Labels[ownerLabel] == s.Owner
}

// Remove deletes the owner's ConfigMaps and what is left of its runs. It returns
// the ConfigMaps that it left because they are somebody else's by now.
func (r *Runner) Remove(ctx context.Context, stored Stored) (left []string, err error) {
	s := stored.session(r)
	jobs, err := s.jobs(ctx)
	if err != nil {
		return nil, err
	}
	runs := map[string]bool{}
	for i := range jobs {
		if jobs[i].Labels[ownerLabel] == stored.Owner {
			runs[jobs[i].Labels[runLabel]] = true
		}
	}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(runs)) {
		errs = append(errs, s.removeRun(ctx, id, jobs))
	}
	errs = append(errs, s.sweepCluster(ctx), s.prune(ctx))
	for _, name := range slices.Sorted(maps.Values(stored.Nodes)) {
		object, err := s.getConfigMap(ctx, name)
		errs = append(errs, err)
		if object != nil && !stored.owns(object) && object.DeletionTimestamp == nil {
			left = append(left, name)
		}
	}
	return left, errors.Join(errs...)
}
