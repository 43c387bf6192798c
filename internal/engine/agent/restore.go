// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// removeClaimed removes a ConfigMap that this run has created and nobody else
// has claimed since.
func (s *session) removeClaimed(name string) remover {
	return func(ctx context.Context) error {
		object, err := s.stillClaimed(ctx, name)
		if object == nil || err != nil {
			return err
		}
		return s.removeConfigMap(object)(ctx)
	}
}

// restore gives a ConfigMap that this run took over back as it was, unless
// somebody else has claimed it since.
func (s *session) restore(before *corev1.ConfigMap) remover {
	return func(ctx context.Context) error {
		now, err := s.stillClaimed(ctx, before.Name)
		if now == nil || err != nil {
			return err
		}
		patch, err := json.Marshal(map[string]any{
			"metadata": map[string]any{
				"labels":          difference(before.Labels, now.Labels),
				"annotations":     difference(before.Annotations, now.Annotations),
				"resourceVersion": now.ResourceVersion,
			},
			"data": difference(before.Data, now.Data),
		})
		if err != nil {
			return fmt.Errorf("encoding what the ConfigMap %q held: %w", before.Name, err)
		}
		if _, err = s.patchConfigMap(ctx, before.Name, patch); apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return nil // by somebody else, after the look at it
		}
		return s.Connection.Explain(ctx, err, s.call("patch", "", "configmaps", before.Name))
	}
}

// stillClaimed returns nil for a ConfigMap that is gone or another run's.
func (s *session) stillClaimed(ctx context.Context, name string) (*corev1.ConfigMap, error) {
	object, err := s.Connection.Core.ConfigMaps(s.spec.Namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, s.Connection.Explain(ctx, err, s.call("get", "", "configmaps", name))
	case !ours(object) || object.Annotations[runAnnotation] != s.id:
		return nil, nil
	default:
		return object, nil
	}
}

// difference is the merge patch that leads back: null for what was not there.
func difference(before, now map[string]string) map[string]any {
	patch := map[string]any{}
	for key := range now {
		if _, there := before[key]; !there {
			patch[key] = nil
		}
	}
	for key, value := range before {
		if current, there := now[key]; !there || current != value {
			patch[key] = value
		}
	}
	return patch
}
