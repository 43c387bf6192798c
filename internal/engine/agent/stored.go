// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

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
