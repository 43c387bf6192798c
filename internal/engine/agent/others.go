// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// excludeOthers refuses to write where another run is about to, and removes what
// is left of runs that are over: finished, kept, or killed. All times are the
// API server's; this machine's clock plays no part.
//
// The ConfigMap is the lock. It was read before the Jobs are listed here, and is
// claimed afterwards if nobody has changed it in between: of two runs that begin
// side by side one cannot.
func (s *session) excludeOthers(ctx context.Context) error {
	jobs, err := s.jobs(ctx)
	if err != nil {
		return err
	}
	if err := s.checkRunning(jobs); err != nil {
		return err
	}
	if err := s.checkOwner(s.existing, jobs); err != nil {
		return err
	}
	for _, id := range s.over(jobs) {
		if err := s.removeRun(ctx, id, jobs); err != nil {
			return err
		}
	}
	return nil
}

// checkRunning refuses to write where a run does that somebody waits for.
func (s *session) checkRunning(jobs []batchv1.Job) error {
	if s.existing == nil {
		return nil
	}
	for i := range jobs {
		job := &jobs[i]
		if id := job.Labels[runLabel]; id != s.id && id == s.existing.Annotations[runAnnotation] && !s.isOver(job) {
			return errorf(Running, "the Job %q in namespace %q is writing the same ConfigMap. Wait until it has finished, at %s at the latest; if nobody waits for it anymore, delete it",
				job.Name, s.spec.Namespace, deadline(job).UTC().Format(time.RFC3339))
		}
	}
	return nil
}

// over returns the other runs, no Job of which anybody waits for.
func (s *session) over(jobs []batchv1.Job) []string {
	runs := map[string]bool{}
	for i := range jobs {
		id := jobs[i].Labels[runLabel]
		before, seen := runs[id]
		runs[id] = s.isOver(&jobs[i]) && (before || !seen)
	}
	delete(runs, s.id)
	maps.DeleteFunc(runs, func(_ string, over bool) bool { return !over })
	return slices.Sorted(maps.Keys(runs))
}

// isOver reports whether nobody waits for a Job now.
func (s *session) isOver(job *batchv1.Job) bool {
	_, kept := job.Annotations[keptAnnotation]
	finished := jobCondition(job, batchv1.JobComplete) != nil || jobCondition(job, batchv1.JobFailed) != nil
	return kept || finished || job.DeletionTimestamp != nil || s.first.CreationTimestamp.After(deadline(job))
}

// jobs lists those of this ConfigMap, of any run.
func (s *session) jobs(ctx context.Context) ([]batchv1.Job, error) {
	list, err := s.Connection.Jobs(s.spec.Namespace).List(ctx, metav1.ListOptions{LabelSelector: s.spec.selector(nil)})
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
