// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// kind tells apart what a run watches.
type kind int

const (
	jobKind kind = iota
	podKind
	eventKind
)

// progress is what is known of all attempts of a run. It is a function of the
// changes alone.
type progress struct {
	attempts []*attempt // in the order of the targets
}

func newProgress(d *deployment) *progress {
	p := &progress{}
	for _, t := range d.targets {
		p.attempts = append(p.attempts, &attempt{target: t, image: d.spec.Image, job: d.job(t, true)})
	}
	return p
}

// apply takes in a change.
func (p *progress) apply(c change) {
	if c.all == nil {
		p.put(c.one, c.removed)
		return
	}
	p.forget(c.kind)
	for _, object := range c.all {
		p.put(object, false)
	}
}

// forget prepares for a list of all objects: what is not in it is gone.
func (p *progress) forget(k kind) {
	for _, a := range p.attempts {
		switch k {
		case jobKind:
			a.job = nil
		case podKind:
			a.podGone = a.pod != nil
		case eventKind:
			a.jobWarnings, a.podWarnings = nil, nil
		}
	}
}

func (p *progress) put(object runtime.Object, removed bool) {
	switch o := object.(type) {
	case *batchv1.Job:
		if a := p.attempt(o.Name); a != nil {
			a.job = o
			if removed {
				a.job = nil
			}
		}
	case *corev1.Pod:
		if a := p.attempt(o.Labels[batchv1.JobNameLabel]); a != nil {
			a.pod, a.podGone = o, removed
		}
	case *corev1.Event:
		p.warn(o, removed)
	}
}

func (p *progress) attempt(job string) *attempt {
	for _, a := range p.attempts {
		if a.target.job == job {
			return a
		}
	}
	return nil
}

// warn files an event with the Job or the pod that it is about. Kubernetes names
// the pods of a Job after it, with a suffix.
func (p *progress) warn(event *corev1.Event, expired bool) {
	if expired {
		return
	}
	about, w := event.InvolvedObject, warning{reason: event.Reason, message: strings.TrimSpace(event.Message)}
	for _, a := range p.attempts {
		switch {
		case about.Kind == "Job" && about.Name == a.target.job:
			a.jobWarnings = append(a.jobWarnings, w)
		case about.Kind == "Pod" && strings.HasPrefix(about.Name, a.target.job+"-") && !strings.Contains(about.Name[len(a.target.job)+1:], "-"):
			a.podWarnings = append(a.podWarnings, w)
		}
	}
}

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

// queue runs the attempts.
type queue struct {
	*session
	*progress
	next    int // the first attempt that was not resumed
	running []*attempt
	ended   []outcome
	failed  int
}

// resume lets Jobs run, MaxParallel at a time. Until one has succeeded it is no
// more than that in all: what fails everywhere, such as an image that is not
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

// failure joins the errors when no attempt succeeded.
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

// logTimeout is how long to wait for the lines of an agent that did not end.
const logTimeout = 5 * time.Second

// stopped tells where the attempts are when the time is up or the caller has
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
