// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// queue lets the nodes run the agent one after the other, so many at a time.
type queue struct {
	*session
	progress
	next    int                 // the first target that has not had its turn
	reading map[string]*attempt // have ended, and what they wrote is being read
	ended   []outcome
	alike   int // of those that ended

	overdue chan string  // Jobs whose time is up
	read    chan outcome // of reading
}

// follow lets the Jobs run until all have ended. With several nodes a failure is
// one of the outcomes, unless all fail.
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
	q := &queue{session: s, reading: map[string]*attempt{}, overdue: make(chan string), read: make(chan outcome)}
	defer q.stopTimers()
	for {
		if err := q.launch(ctx); err != nil {
			return nil, err
		}
		if q.over() {
			return q.sorted(), q.failure()
		}
		select {
		case <-ctx.Done():
			if q.timeOut(ctx) {
				return q.sorted(), nil
			}
			return nil, q.stopped(ctx)
		case c := <-changes:
			if c.err != nil {
				return nil, c.err
			}
			q.apply(c)
			q.settle(ctx)
		case job := <-q.overdue:
			q.giveUp(ctx, job)
		case o := <-q.read:
			if fatal := lacksRights(o); fatal != nil {
				return nil, fatal
			}
			q.end(ctx, q.accept(ctx, o))
		}
	}
}

// launch fills the places that are free. Until a node has not failed like all
// others, not more nodes than there are places have their turn: what fails
// everywhere, such as an image that is not there, need not fail on each.
func (q *queue) launch(ctx context.Context) error {
	parallel, last := q.spec.parallel(len(q.targets)), len(q.targets)
	if q.alike == len(q.ended) {
		last = min(last, parallel)
	}
	for len(q.running)+len(q.reading) < parallel && q.next < last {
		t := q.targets[q.next]
		job, err := q.session.launch(ctx, t)
		if err != nil {
			return err
		}
		q.next++
		a := &attempt{target: t, spec: q.spec, job: job, jobUID: job.UID}
		a.timer = time.AfterFunc(q.spec.nodeTimeout(), func() { forward(ctx, t.job, q.overdue) })
		q.begin(a)
		q.report(outcome{})
	}
	return nil
}

// settle moves what has ended out of the way, to be read if there is something.
func (q *queue) settle(ctx context.Context) {
	for job, a := range q.running {
		switch o := a.outcome(); {
		case o == nil:
		case o.err != nil:
			q.leave(job)
			q.end(ctx, *o)
		default:
			q.leave(job)
			q.reading[job] = a
			go func() { forward(ctx, q.fetch(ctx, a, *o), q.read) }()
		}
	}
}

// giveUp ends the attempt of a node that hangs. The last lines of its agent may
// take a while, too.
func (q *queue) giveUp(ctx context.Context, job string) {
	if a := q.running[job]; a != nil {
		q.leave(job)
		q.reading[job] = a
		go func() {
			forward(ctx, outcome{target: a.target, err: q.late(ctx, a, TimedOut, "the agent did not end in time")}, q.read)
		}()
	}
}

func (q *queue) leave(job string) {
	q.running[job].timer.Stop()
	delete(q.running, job)
}

func (q *queue) stopTimers() {
	for _, a := range q.running {
		a.timer.Stop()
	}
}

// end notes an outcome and removes the Job. The first one owns the others, and
// failures may be kept to be looked at.
func (q *queue) end(ctx context.Context, o outcome) {
	job := o.target.job
	delete(q.reading, job)
	q.ended = append(q.ended, o)
	if o.alike() {
		q.alike++
	}
	if job != q.first.Name && (o.err == nil || !q.spec.KeepOnFailure) && q.removeJob(job)(ctx) == nil {
		delete(q.launched, job) // otherwise the end of the run removes it
	}
	q.report(o)
}

// Progress is how far a run is.
type Progress struct {
	Node string // that has ended, "" where one has had its turn
	Err  error  // why it failed, if it did
	// Nodes is how many there are in all, Running how many have had their turn and
	// have not ended, Ended how many have, and Failed how many of these did.
	Nodes, Running, Ended, Failed int
}

func (q *queue) report(last outcome) {
	if q.Report == nil {
		return
	}
	p := Progress{
		Node: last.target.node, Nodes: len(q.targets),
		Running: len(q.running) + len(q.reading), Ended: len(q.ended), Failed: q.failed(),
	}
	if last.err != nil {
		p.Err = last.err
	}
	q.Report(p)
}

func (q *queue) failed() int {
	n := 0
	for _, o := range q.ended {
		if o.err != nil {
			n++
		}
	}
	return n
}

// over is asked after launch: nothing runs and nothing is to be tried.
func (q *queue) over() bool { return len(q.running)+len(q.reading) == 0 }

// sorted returns the outcomes in the order of the nodes.
func (q *queue) sorted() []outcome {
	return slices.SortedFunc(slices.Values(q.ended), func(a, b outcome) int { return cmp.Compare(a.target.node, b.target.node) })
}

func (q *queue) failure() error {
	if q.failed() < len(q.ended) {
		return nil
	}
	all := q.sorted()
	errs := make([]error, len(all))
	for i, o := range all {
		errs[i] = o.err
	}
	return &Error{Reason: all[0].err.Reason, Err: errors.Join(errs[:min(len(errs), shownNodes)]...)}
}
