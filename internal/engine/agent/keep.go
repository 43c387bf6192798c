// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"

	batchv1 "k8s.io/api/batch/v1"
)

// keep leaves what tells why a run failed: the Jobs that ran and did not
// succeed, with the account and the Role that the first Job owns. They stay
// until the next run removes them. The ConfigMaps go back to what they were, and
// the rights in the whole cluster, which nothing looks at any more, are removed.
func (s *session) keep(ctx context.Context) error {
	errs := []error{s.undoClaims(ctx)}
	if s.spec.ServiceAccount == "" && len(s.clusterRules()) > 0 {
		errs = append(errs, s.removeClusterRoleBinding(s.clusterName())(ctx), s.removeClusterRole(s.clusterName())(ctx))
	}
	jobs, err := s.jobs(ctx)
	errs = append(errs, err)
	for i := range jobs {
		switch job := &jobs[i]; {
		case job.Labels[runLabel] != s.id:
			continue
		case job.Name != s.first.Name && (isSuspended(job) || hasCondition(job, batchv1.JobComplete)):
			errs = append(errs, s.removeJob(job.Name)(ctx))
		default:
			errs = append(errs, s.patchJob(ctx, job.Name,
				`{"metadata":{"annotations":{"`+keptAnnotation+`":"true"}},"spec":{"ttlSecondsAfterFinished":null}}`))
		}
	}
	return errors.Join(errs...)
}

func isSuspended(job *batchv1.Job) bool { return job.Spec.Suspend != nil && *job.Spec.Suspend }

// undoClaims removes the ConfigMaps that the run created, and gives back those
// that it took over.
func (s *session) undoClaims(ctx context.Context) error {
	var errs []error
	for _, undo := range s.undo {
		if undo.onFailure {
			errs = append(errs, undo.remove(ctx))
		}
	}
	return errors.Join(errs...)
}
