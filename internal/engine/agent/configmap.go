// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// checkConfigMaps looks at the ConfigMaps of the targets that are there. One that
// is somebody else's is an error. Nothing has been created by then.
func (s *session) checkConfigMaps(ctx context.Context) error {
	s.existing = map[string]*corev1.ConfigMap{}
	for _, t := range s.targets {
		object, err := s.getConfigMap(ctx, t.configMap)
		switch {
		case err != nil:
			return err
		case object == nil:
			continue
		case !ours(object):
			return errorf(Foreign, "the ConfigMap %q in namespace %q is not an agent's: it lacks the labels %s=%s and %s=%s. Choose another name, or delete it if nobody needs it",
				t.configMap, s.spec.Namespace, componentLabel, component, managedByLabel, appName)
		case object.Labels[instanceLabel] != labelValue(s.spec.Name):
			return errorf(Foreign, "the ConfigMap %q in namespace %q is that of an agent whose name is %q. Choose another name",
				t.configMap, s.spec.Namespace, object.Labels[instanceLabel])
		case object.Immutable != nil && *object.Immutable:
			return errorf(Foreign, "the ConfigMap %q in namespace %q is immutable. Choose another name, or delete it", t.configMap, s.spec.Namespace)
		}
		s.existing[t.configMap] = object
	}
	return nil
}

// getConfigMap returns nil for a ConfigMap that is not there.
func (s *session) getConfigMap(ctx context.Context, name string) (*corev1.ConfigMap, error) {
	object, err := s.Connection.Core.ConfigMaps(s.spec.Namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, s.Connection.Explain(ctx, err, s.call("get", "", "configmaps", name))
	}
	return object, nil
}

// ours reports whether an agent made the object.
func ours(object metav1.Object) bool {
	all := object.GetLabels()
	return all[componentLabel] == component && all[managedByLabel] == appName
}

// checkOwners refuses ConfigMaps that another owner has, unless that owner never
// knew: a run that was killed has left its Job, and the ConfigMap is not older.
func (s *session) checkOwners(jobs []batchv1.Job) error {
	for _, t := range s.targets {
		object, there := s.existing[t.configMap]
		if !there || object.Labels[ownerLabel] == s.owner {
			continue
		}
		abandoned := slices.ContainsFunc(jobs, func(job batchv1.Job) bool {
			return job.Labels[runLabel] == object.Annotations[runAnnotation] && !object.CreationTimestamp.Before(&job.CreationTimestamp)
		})
		if !abandoned {
			return errorf(Foreign, "the ConfigMap %[1]q in namespace %[2]q is another agent's. Choose another name. If that agent is no more, as after its state was lost, delete it:\n  kubectl -n %[2]s delete configmap %[1]s",
				t.configMap, s.spec.Namespace)
		}
	}
	return nil
}

// claim makes the ConfigMaps the owner's: it creates those that are missing, and
// takes over those of earlier runs with what they hold.
func (s *session) claim(ctx context.Context) error {
	s.claimed = map[string]string{}
	for _, t := range s.targets {
		object, err := s.claimOne(ctx, t, s.existing[t.configMap])
		if err != nil {
			return err
		}
		s.claimed[t.configMap] = object.ResourceVersion
	}
	return nil
}

func (s *session) claimOne(ctx context.Context, t target, existing *corev1.ConfigMap) (*corev1.ConfigMap, error) {
	call := s.call("create", "", "configmaps", t.configMap)
	var object *corev1.ConfigMap
	var err error
	if existing == nil {
		object, err = s.Connection.Core.ConfigMaps(s.spec.Namespace).Create(ctx, s.configMap(t), creating())
	} else {
		call.Verb = "patch"
		object, err = s.takeOver(ctx, t, existing.ResourceVersion)
	}
	if apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err) {
		return nil, errorf(Running, "another run has begun to write the ConfigMap %q in namespace %q. Wait until it has finished", t.configMap, s.spec.Namespace)
	}
	undo := removal{remove: s.removeClaimed(t.configMap), onFailure: true}
	if existing == nil {
		return object, s.created(ctx, err, call, undo)
	}
	undo.remove = s.restore(existing)
	s.remember(ctx, err, undo)
	return object, s.Connection.Explain(ctx, err, call)
}

// takeOver also removes the time of the snapshot. The agent sets it again, so
// that what it writes is a change even when it is what was there.
func (s *session) takeOver(ctx context.Context, t target, version string) (*corev1.ConfigMap, error) {
	claimed := s.configMap(t)
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": claimed.Labels, "annotations": claimed.Annotations, "resourceVersion": version},
		"data":     map[string]any{"timestamp": nil},
	})
	if err != nil {
		return nil, fmt.Errorf("encoding the claim of the ConfigMap %q: %w", t.configMap, err)
	}
	return s.patchConfigMap(ctx, t.configMap, patch)
}

func (s *session) patchConfigMap(ctx context.Context, name string, patch []byte) (*corev1.ConfigMap, error) {
	return s.Connection.Core.ConfigMaps(s.spec.Namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
}

// prune removes the owner's ConfigMaps that this run did not write: those of
// nodes that are gone, or of a spec that was another.
func (s *session) prune(ctx context.Context) error {
	owned, err := s.ownedConfigMaps(ctx)
	if err != nil {
		return err
	}
	for i := range owned {
		if _, current := s.claimed[owned[i].Name]; current {
			continue
		}
		if err := s.removeConfigMap(&owned[i])(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) ownedConfigMaps(ctx context.Context) ([]corev1.ConfigMap, error) {
	selector := s.spec.selector(map[string]string{ownerLabel: s.owner})
	list, err := s.Connection.Core.ConfigMaps(s.spec.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, s.Connection.Explain(ctx, err, s.call("list", "", "configmaps", ""))
	}
	return list.Items, nil
}
