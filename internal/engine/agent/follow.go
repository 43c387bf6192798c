// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// logTimeout is how long to wait for the lines of an agent that did not end.
const logTimeout = 5 * time.Second

// follow lets the Jobs run, MaxParallel at a time, until all have ended. With
// several nodes a failure is one of the outcomes, unless all fail.
func (s *session) follow(ctx context.Context) ([]outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changes := make(chan change)
	for _, w := range s.watched() {
		first, watcher, err := s.open(ctx, w)
		if err != nil {
			return nil, err
		}
		go s.stream(ctx, w, first, watcher, changes)
	}
	queue := &queue{session: s, progress: newProgress(s.deployment)}
	for {
		if err := queue.resume(ctx); err != nil {
			return nil, err
		}
		if queue.over() {
			return queue.ended, queue.failure()
		}
		select {
		case <-ctx.Done():
			if queue.timeOut(ctx) {
				return queue.ended, nil
			}
			return nil, queue.stopped(ctx)
		case c := <-changes:
			if c.err != nil {
				return nil, c.err
			}
			queue.apply(c)
		}
	}
}

type queue struct {
	*session
	*progress
	next    int // the first attempt that was not resumed
	running []*attempt
	ended   []outcome
	failed  int
}

// resume lets Jobs run, MaxParallel at a time. Until one has succeeded, not more
// than that in all: what fails everywhere, such as an image that is not
// there, need not fail on each node.
func (q *queue) resume(ctx context.Context) error {
	last := len(q.attempts)
	if q.failed == len(q.ended) {
		last = min(last, MaxParallel)
	}
	for len(q.running) < MaxParallel && q.next < last {
		a := q.attempts[q.next]
		if err := q.session.resume(ctx, a.target.job); err != nil {
			return err
		}
		q.next++
		q.running = append(q.running, a)
	}
	return nil
}

// apply takes in a change and moves what has ended out of the way.
func (q *queue) apply(c change) {
	q.progress.apply(c)
	still := q.running[:0]
	for _, a := range q.running {
		o := a.outcome()
		if o == nil {
			still = append(still, a)
			continue
		}
		if o.err != nil {
			q.failed++
		}
		q.ended = append(q.ended, *o)
	}
	q.running = still
}

// over is asked after resume: nothing runs and nothing is to be tried.
func (q *queue) over() bool { return len(q.running) == 0 }

func (q *queue) failure() error {
	if q.failed < len(q.ended) {
		return nil
	}
	errs := make([]error, len(q.ended))
	for i, o := range q.ended {
		errs[i] = o.err
	}
	return &Error{Reason: q.ended[0].err.Reason, Err: errors.Join(errs[:min(len(errs), shownNodes)]...)}
}

// stopped says where the attempts are when the time is up or the caller has
// given up.
func (q *queue) stopped(ctx context.Context) error {
	var errs []error
	for _, a := range q.running[:min(len(q.running), shownNodes)] {
		errs = append(errs, q.late(ctx, a))
	}
	return &Error{Reason: ReasonOf(errs[0]), Err: errors.Join(errs...)}
}

// timeOut ends the attempts that have not ended by the deadline of a run on
// several nodes. It returns false when nothing is to be had from the others, or
// when it was not the deadline.
func (q *queue) timeOut(ctx context.Context) bool {
	if !q.spec.AllNodes || q.failed == len(q.ended) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return false
	}
	for _, a := range slices.Concat(q.running, q.attempts[q.next:]) {
		q.ended = append(q.ended, outcome{target: a.target, err: q.late(ctx, a)})
	}
	return true
}

// late says where an attempt is when the time is up or the caller has given up.
func (q *queue) late(ctx context.Context, a *attempt) *Error {
	reason, what := TimedOut, "the agent did not end in time"
	if errors.Is(ctx.Err(), context.Canceled) {
		reason, what = Cancelled, "cancelled"
	}
	return a.errorf(reason, "%s (%v): %s%s", what, context.Cause(ctx), a.describe(), q.log(ctx, a))
}

// log returns the last lines of a running agent, nothing when there are none or
// they cannot be read.
func (q *queue) log(ctx context.Context, a *attempt) string {
	status := a.status()
	if status == nil || status.State.Running == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logTimeout)
	defer cancel()
	options := &corev1.PodLogOptions{Container: containerName, TailLines: new(int64(20)), LimitBytes: new(int64(8 << 10))}
	text, err := q.Connection.Core.Pods(q.spec.Namespace).GetLogs(a.pod.Name, options).DoRaw(ctx)
	if err != nil {
		return ""
	}
	return lastLines(string(text))
}

func (s *session) resume(ctx context.Context, job string) error {
	s.resumed = true
	return s.patchJob(ctx, job, `{"spec":{"suspend":false}}`)
}

func (s *session) patchJob(ctx context.Context, job, patch string) error {
	_, err := s.Connection.Batch.Jobs(s.spec.Namespace).Patch(ctx, job, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: fieldManager})
	return s.Connection.Explain(ctx, err, s.call("patch", "batch", "jobs", job))
}
