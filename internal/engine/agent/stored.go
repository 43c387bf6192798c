// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// maxStored bounds the bytes of all ConfigMaps of a run: they are in etcd, whose
// space the whole cluster shares.
const maxStored = 8 << 20

// store keeps each group's snapshot in a ConfigMap. The first group's, of the
// typical node, is the one that was claimed.
func (s *session) store(ctx context.Context, result *Result) error {
	stored, left, nodes := 0, 0, 0
	for i, g := range result.Groups {
		text, err := g.Snapshot.Encode(document.FormatYAML)
		if err != nil {
			return fmt.Errorf("encoding a snapshot: %w", err)
		}
		if i > 0 && stored+len(text) > maxStored {
			left, nodes = left+1, nodes+len(g.Nodes)
			continue
		}
		stored += len(text)
		if err := s.storeOne(ctx, i == 0, g, text); err != nil {
			return err
		}
		for _, name := range g.Nodes {
			node := result.Nodes[name]
			node.ConfigMap = g.ConfigMap
			result.Nodes[name] = node
		}
	}
	if left > 0 {
		result.warn(NotStored, "the nodes differ so much that %d snapshots, of %d nodes, have no ConfigMap: together these hold at most %d MiB. How they differ from the typical node is in groups", left, nodes, maxStored>>20)
	}
	return nil
}

func (s *session) storeOne(ctx context.Context, typical bool, g *Group, text []byte) error {
	data := map[string]string{location.SnapshotKey: string(text), location.FormatKey: string(document.FormatYAML)}
	if created := g.Snapshot.Metadata.Created; created != "" {
		data[location.TimestampKey] = created
	}
	if typical {
		g.ConfigMap = s.spec.Name
		return s.rewrite(ctx, data)
	}
	const hashLength = 12
	suffix := "-" + g.SHA256[:hashLength]
	g.ConfigMap = fit(s.spec.Name, validation.DNS1123SubdomainMaxLength-len(suffix)) + suffix
	existing, err := s.checkConfigMap(ctx, g.ConfigMap)
	if err == nil {
		err = s.checkOwner(existing, nil)
	}
	if err != nil {
		return err
	}
	return s.put(ctx, g.ConfigMap, existing, data)
}

// rewrite sets what the claimed ConfigMap holds, unless another run has claimed
// it since.
func (s *session) rewrite(ctx context.Context, data map[string]string) error {
	object, err := s.takeOver(ctx, s.spec.Name, s.claimed[s.spec.Name], data)
	switch {
	case apierrors.IsConflict(err):
		return s.writtenByAnother(s.spec.Name)
	case apierrors.IsNotFound(err):
		return errorf(BadSnapshot, "the ConfigMap %q in namespace %q was deleted while the agent ran", s.spec.Name, s.spec.Namespace)
	case err != nil:
		return s.Connection.Explain(ctx, err, s.call("patch", "", "configmaps", s.spec.Name))
	}
	s.claimed[s.spec.Name] = object.ResourceVersion
	return nil
}

// Stored names the ConfigMaps that a run has left.
type Stored struct {
	Namespace string
	Name      string            // of the Spec
	Owner     string            // as given to Run
	Nodes     map[string]string // node: ConfigMap, "" for one that is not stored
	SHA256    map[string]string // ConfigMap: of what it held
}

func (s Stored) session(r *Runner) *session {
	return &session{Runner: r, deployment: &deployment{spec: Spec{Namespace: s.Namespace, Name: s.Name}, owner: s.Owner}}
}

func (s Stored) owns(object *corev1.ConfigMap) bool {
	return ours(object) && object.Labels[ownerLabel] == s.Owner
}

// names are the ConfigMaps, each once.
func (s Stored) names() []string {
	all := slices.Compact(slices.Sorted(maps.Values(s.Nodes)))
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// Read returns what the ConfigMaps say now, nil when that is what they said. A
// ConfigMap that is gone, that somebody else has claimed, or that no longer holds
// a snapshot is not an error: missing says which, and the result is nil.
func (r *Runner) Read(ctx context.Context, stored Stored) (result *Result, missing []string, err error) {
	found, changed := map[string]document.Snapshot{}, []string{}
	for _, name := range stored.names() {
		now, lacks, err := r.readOne(ctx, stored, name)
		if err != nil {
			return nil, nil, err
		}
		if lacks != "" {
			missing = append(missing, lacks)
			continue
		}
		found[name] = now
		sum, err := factsSHA256(now)
		if err != nil {
			return nil, nil, err
		}
		if sum != stored.SHA256[name] {
			changed = append(changed, name)
		}
	}
	fleet := newFleet()
	for node, name := range stored.Nodes {
		switch now, there := found[name]; {
		case there:
			fleet.add(node, now)
		case name == "" && len(changed) > 0 && len(missing) == 0: // what the others say is not known anymore
			missing = append(missing, fmt.Sprintf("the ConfigMap %q in namespace %q has been rewritten, and not all nodes have one", changed[0], stored.Namespace))
		}
	}
	if len(missing) > 0 || len(changed) == 0 {
		return nil, missing, nil
	}
	result, err = fleet.result()
	if err != nil {
		return nil, nil, err
	}
	for _, g := range result.Groups {
		g.ConfigMap = stored.Nodes[g.Nodes[0]]
		for _, name := range g.Nodes {
			result.Nodes[name] = NodeSnapshot{ConfigMap: stored.Nodes[name], Snapshot: result.Nodes[name].Snapshot}
		}
	}
	return result, nil, nil
}

func (r *Runner) readOne(ctx context.Context, stored Stored, name string) (found document.Snapshot, lacks string, err error) {
	object, err := stored.session(r).getConfigMap(ctx, name)
	switch {
	case err != nil:
		return found, "", err
	case object == nil:
		return found, fmt.Sprintf("the ConfigMap %q in namespace %q is gone", name, stored.Namespace), nil
	case !stored.owns(object):
		return found, fmt.Sprintf("the ConfigMap %q in namespace %q has been taken over by another agent. Give each a name of its own", name, stored.Namespace), nil
	}
	found, unreadable := decode(ctx, object)
	if unreadable != nil {
		lacks = unreadable.Error()
	}
	return found, lacks, context.Cause(ctx) // which nothing that is lacking explains
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
	errs = append(errs, s.prune(ctx))
	for _, name := range stored.names() {
		object, err := s.getConfigMap(ctx, name)
		errs = append(errs, err)
		if object != nil && !stored.owns(object) && object.DeletionTimestamp == nil {
			left = append(left, name)
		}
	}
	return left, errors.Join(errs...)
}
