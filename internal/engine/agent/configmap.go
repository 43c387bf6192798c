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

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// checkConfigMap looks at a ConfigMap that the run is to write. One that is
// somebody else's is an error; nil is one that is not there.
func (s *session) checkConfigMap(ctx context.Context, name string) (*corev1.ConfigMap, error) {
	object, err := s.getConfigMap(ctx, name)
	switch {
	case err != nil || object == nil:
		return nil, err
	case !ours(object):
		return nil, errorf(Foreign, "the ConfigMap %q in namespace %q is not an agent's: it lacks the labels %s=%s and %s=%s. Choose another name, or delete it if nobody needs it",
			name, s.spec.Namespace, componentLabel, component, managedByLabel, appName)
	case object.Labels[instanceLabel] != labelValue(s.spec.Name):
		return nil, errorf(Foreign, "the ConfigMap %q in namespace %q is that of an agent whose name is %q. Choose another name",
			name, s.spec.Namespace, object.Labels[instanceLabel])
	case object.Immutable != nil && *object.Immutable:
		return nil, errorf(Foreign, "the ConfigMap %q in namespace %q is immutable. Choose another name, or delete it", name, s.spec.Namespace)
	}
	return object, nil
}

// getConfigMap returns nil for a ConfigMap that is not there.
func (s *session) getConfigMap(ctx context.Context, name string) (*corev1.ConfigMap, error) {
	object, err := s.Connection.ConfigMaps(s.spec.Namespace).Get(ctx, name, metav1.GetOptions{})
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

// checkOwner refuses a ConfigMap that another owner has, unless that owner never
// knew: a run that was killed has left its Job, and the ConfigMap is not older.
func (s *session) checkOwner(object *corev1.ConfigMap, jobs []batchv1.Job) error {
	if object == nil || object.Labels[ownerLabel] == s.owner {
		return nil
	}
	abandoned := slices.ContainsFunc(jobs, func(job batchv1.Job) bool {
		return job.Labels[runLabel] == object.Annotations[runAnnotation] && !object.CreationTimestamp.Before(&job.CreationTimestamp)
	})
	if abandoned {
		return nil
	}
	return errorf(Foreign, "the ConfigMap %[1]q in namespace %[2]q is another agent's. Choose another name. If that agent no longer exists, as after its state was lost, delete it:\n  kubectl -n %[2]s delete configmap %[1]s",
		object.Name, s.spec.Namespace)
}

// claim makes the ConfigMap the owner's before anything runs: it creates the one
// that is missing, or takes over that of an earlier run with what it holds.
func (s *session) claim(ctx context.Context) error {
	return s.put(ctx, s.spec.Name, s.existing, nil)
}

// put creates a ConfigMap, or takes over an existing one, and remembers how to
// undo that.
func (s *session) put(ctx context.Context, name string, existing *corev1.ConfigMap, data map[string]string) error {
	call := s.call("create", "", "configmaps", name)
	var object *corev1.ConfigMap
	var err error
	if existing == nil {
		object, err = s.Connection.ConfigMaps(s.spec.Namespace).Create(ctx, s.configMap(name, data), creating())
	} else {
		call.Verb = "patch"
		object, err = s.takeOver(ctx, name, existing.ResourceVersion, data)
	}
	if apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err) {
		return s.writtenByAnother(name)
	}
	undo := removal{remove: s.removeClaimed(name), onFailure: true}
	if existing == nil {
		err = s.created(ctx, err, call, undo)
	} else {
		if !s.spec.Discard { // what is there is left of a run that was killed
			undo.remove = s.restore(existing)
		}
		s.remember(ctx, err, undo)
		err = s.Connection.Explain(ctx, err, call)
	}
	if err == nil {
		s.claimed[name] = object.ResourceVersion
	}
	return err
}

func (s *session) writtenByAnother(name string) error {
	return errorf(Running, "another run has begun to write the ConfigMap %q in namespace %q. Wait until it has finished", name, s.spec.Namespace)
}

// takeOver removes the time of the snapshot where it writes none itself. The
// agent sets it again, so that what it writes is a change even when it is what
// was there.
func (s *session) takeOver(ctx context.Context, name, version string, data map[string]string) (*corev1.ConfigMap, error) {
	claimed := s.configMap(name, nil)
	changed := map[string]any{location.TimestampKey: nil}
	for key, value := range data {
		changed[key] = value
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": claimed.Labels, "annotations": claimed.Annotations, "resourceVersion": version},
		"data":     changed,
	})
	if err != nil {
		return nil, fmt.Errorf("encoding the claim of the ConfigMap %q: %w", name, err)
	}
	return s.patchConfigMap(ctx, name, patch)
}

func (s *session) patchConfigMap(ctx context.Context, name string, patch []byte) (*corev1.ConfigMap, error) {
	return s.Connection.ConfigMaps(s.spec.Namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
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
	list, err := s.Connection.ConfigMaps(s.spec.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, s.Connection.Explain(ctx, err, s.call("list", "", "configmaps", ""))
	}
	return list.Items, nil
}
