// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// cleanUpTimeout is how long a run may take to remove what it created. It
// counts from the end of the run, also of one that was canceled.
const cleanUpTimeout = 30 * time.Second

// removal undoes a creation or a claim.
type removal struct {
	remove func(context.Context) error
	// onFailure is set for what a run that succeeds leaves, unless it is discarded.
	onFailure bool
}

// remember keeps how to undo a call. After one that was cut short it is not
// known whether it was made; removing what is not there is not an error.
func (s *session) remember(ctx context.Context, err error, undo removal) {
	if err == nil || ctx.Err() != nil {
		s.undo = append(s.undo, undo)
	}
}

// cleanUp removes what the run created. After a failure the ConfigMaps are as
// they were before it, and what failed stays when failures are kept.
func (s *session) cleanUp(ctx context.Context, failure error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTimeout)
	defer cancel()
	if failure != nil && s.spec.KeepOnFailure && s.resumed {
		return s.keep(ctx)
	}
	return s.undoAll(ctx, func(undo removal) bool { return failure != nil || s.spec.Discard || !undo.onFailure })
}

// undoAll undoes, last first, what a function chooses.
func (s *session) undoAll(ctx context.Context, chosen func(removal) bool) error {
	var errs []error
	for _, undo := range slices.Backward(s.undo) {
		if chosen(undo) {
			errs = append(errs, undo.remove(ctx))
		}
	}
	return errors.Join(errs...)
}

// keep leaves what shows why a run failed: the Jobs that ran and did not
// succeed, with the account and the Role that the first Job owns. They stay
// until the next run removes them. The ConfigMaps go back to what they were.
func (s *session) keep(ctx context.Context) error {
	errs := []error{s.undoAll(ctx, func(undo removal) bool { return undo.onFailure })} // the claims
	jobs, err := s.jobs(ctx)
	errs = append(errs, err)
	for i := range jobs {
		switch job := &jobs[i]; {
		case job.Labels[runLabel] != s.id:
			continue
		case job.Name != s.first.Name && (isSuspended(job) || jobCondition(job, batchv1.JobComplete) != nil):
			errs = append(errs, s.removeJob(job.Name)(ctx))
		default:
			errs = append(errs, s.patchJob(ctx, job.Name,
				`{"metadata":{"annotations":{"`+keptAnnotation+`":"true"}},"spec":{"ttlSecondsAfterFinished":null}}`))
		}
	}
	return errors.Join(errs...)
}

// remover removes an object by its name. One that is not there is not an error.
type remover func(context.Context) error

func (s *session) remover(call cluster.Call, remove func(context.Context, string, metav1.DeleteOptions) error) remover {
	return func(ctx context.Context) error {
		// The pods of a Job go in the background; the default would leave them.
		err := remove(ctx, call.Name, metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground)})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return s.Connection.Explain(ctx, err, call)
	}
}

func (s *session) removeJob(name string) remover {
	return s.remover(s.call("delete", "batch", "jobs", name), s.Connection.Jobs(s.spec.Namespace).Delete)
}

// removeJobs removes those of the run that are there, the one that owns the
// others last.
func (s *session) removeJobs(ctx context.Context) error {
	first := s.targets[0].job
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.launched)) {
		if name != first {
			errs = append(errs, s.removeJob(name)(ctx))
		}
	}
	return errors.Join(append(errs, s.removeJob(first)(ctx))...)
}

func (s *session) removeAccount(name string) remover {
	return s.remover(s.call("delete", "", "serviceaccounts", name), s.Connection.ServiceAccounts(s.spec.Namespace).Delete)
}

func (s *session) removeRole(name string) remover {
	return s.remover(s.call("delete", rbacv1.GroupName, "roles", name), s.Connection.Roles(s.spec.Namespace).Delete)
}

func (s *session) removeRoleBinding(name string) remover {
	return s.remover(s.call("delete", rbacv1.GroupName, "rolebindings", name), s.Connection.RoleBindings(s.spec.Namespace).Delete)
}

// removeConfigMap removes a ConfigMap that is the one it was: nobody has made
// another one of that name since.
func (s *session) removeConfigMap(object metav1.Object) remover {
	uid := object.GetUID()
	return s.remover(s.call("delete", "", "configmaps", object.GetName()), func(ctx context.Context, name string, options metav1.DeleteOptions) error {
		options.Preconditions = &metav1.Preconditions{UID: &uid}
		err := s.Connection.ConfigMaps(s.spec.Namespace).Delete(ctx, name, options)
		if apierrors.IsConflict(err) {
			return nil
		}
		return err
	})
}

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
	object, err := s.getConfigMap(ctx, name)
	if err != nil || object == nil || !ours(object) || object.Annotations[runAnnotation] != s.id {
		return nil, err
	}
	return object, nil
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
