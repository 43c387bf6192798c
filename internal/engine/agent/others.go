// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// excludeOthers refuses to write where another run is about to, and removes what
// is left of runs that are over: finished, kept, or killed. All times are the
// API server's; this machine's clock plays no part.
//
// The ConfigMaps are the lock. They were read before the Jobs are listed here,
// and are claimed afterwards if nobody has changed them in between: of two runs
// that begin side by side one cannot.
func (s *session) excludeOthers(ctx context.Context, existing map[string]*corev1.ConfigMap) error {
	jobs, err := s.jobs(ctx)
	if err != nil {
		return err
	}
	writing := map[string]bool{}
	for _, object := range existing {
		writing[object.Annotations[runAnnotation]] = true
	}
	var over []string
	for i := range jobs {
		job := &jobs[i]
		switch id := job.Labels[runLabel]; {
		case id == s.id:
		case isOver(job, s.first.CreationTimestamp.Time):
			over = append(over, id)
		case writing[id]:
			return errorf(Running, "the Job %q in namespace %q is writing the same ConfigMap. Wait until it has finished, at %s at the latest; if nobody waits for it any more, delete it",
				job.Name, s.spec.Namespace, deadline(job).UTC().Format(time.RFC3339))
		}
	}
	slices.Sort(over)
	for _, id := range slices.Compact(over) {
		if err := s.removeRun(ctx, id, jobs); err != nil {
			return err
		}
	}
	return s.sweepCluster(ctx, jobs)
}

// isOver reports whether nobody waits for a Job any more.
func isOver(job *batchv1.Job, now time.Time) bool {
	_, kept := job.Annotations[keptAnnotation]
	finished := slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
		return (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue
	})
	return kept || finished || job.DeletionTimestamp != nil || now.After(deadline(job))
}

// jobs lists those of this ConfigMap, of any run.
func (s *session) jobs(ctx context.Context) ([]batchv1.Job, error) {
	list, err := s.Connection.Batch.Jobs(s.spec.Namespace).List(ctx, metav1.ListOptions{LabelSelector: s.spec.selector(nil)})
	if err != nil {
		return nil, s.Connection.Explain(ctx, err, s.call("list", "batch", "jobs", ""))
	}
	return list.Items, nil
}

// removeRun removes what is left of another run. Its Jobs go last: as long as
// one is there, the rest is found again.
func (s *session) removeRun(ctx context.Context, id string, jobs []batchv1.Job) error {
	other := &session{Runner: s.Runner, deployment: &deployment{spec: s.spec, id: id}}
	var removers []remover
	for i := range jobs {
		job := &jobs[i]
		switch {
		case job.Labels[runLabel] != id:
			continue
		case len(removers) == 0 && job.Spec.Template.Spec.ServiceAccountName == other.base(): // not the user's own
			removers = append(removers,
				other.removeClusterRoleBinding(other.clusterName()), other.removeClusterRole(other.clusterName()),
				other.removeRoleBinding(other.base()), other.removeRole(other.base()), other.removeAccount(other.base()))
		}
		removers = append(removers, other.removeJob(job.Name))
	}
	var errs []error
	for _, remove := range removers {
		errs = append(errs, remove(ctx))
	}
	return errors.Join(errs...)
}

// sweepCluster removes the cluster-wide rights of runs whose Jobs Kubernetes has
// removed: nothing else removes those. Who may not look for them leaves them.
func (s *session) sweepCluster(ctx context.Context, jobs []batchv1.Job) error {
	selector := s.spec.selector(map[string]string{namespaceLabel: s.spec.Namespace})
	roles, err := s.Connection.RBAC.ClusterRoles().List(ctx, metav1.ListOptions{LabelSelector: selector})
	switch {
	case apierrors.IsForbidden(err):
		return nil
	case err != nil:
		return s.Connection.Explain(ctx, err, clusterCall("list", "clusterroles", ""))
	}
	for _, role := range roles.Items {
		id := role.Labels[runLabel]
		alive := slices.ContainsFunc(jobs, func(job batchv1.Job) bool { return job.Labels[runLabel] == id })
		if alive {
			continue
		}
		err := errors.Join(s.removeClusterRoleBinding(role.Name)(ctx), s.removeClusterRole(role.Name)(ctx))
		if err != nil {
			return err
		}
	}
	return nil
}

// keep marks the Jobs for the next run, which removes them with everything that
// goes with them.
func (s *session) keep(ctx context.Context) error {
	var errs []error
	for _, t := range s.targets {
		errs = append(errs, s.patchJob(ctx, t.job, `{"metadata":{"annotations":{"`+keptAnnotation+`":"true"}}}`))
	}
	return errors.Join(errs...)
}
