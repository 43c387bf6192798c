// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
)

// unfinished are the attempts that have not ended, in the order of the nodes.
func (q *queue) unfinished() []*attempt {
	all := slices.Concat(slices.Collect(maps.Values(q.running)), slices.Collect(maps.Values(q.reading)))
	slices.SortFunc(all, func(a, b *attempt) int { return cmp.Compare(a.target.node, b.target.node) })
	return all
}

// stopped says where the attempts are when the time is up or the caller has
// given up.
func (q *queue) stopped(ctx context.Context) error {
	var errs []error
	all := q.unfinished()
	for _, a := range all[:min(len(all), shownNodes)] {
		errs = append(errs, q.cutShort(ctx, a))
	}
	return &Error{Reason: ReasonOf(errs[0]), Err: errors.Join(errs...)}
}

// timeOut ends the attempts that have not ended by the deadline of a run on
// several nodes. It returns false when nothing is to be had from the others, or
// when it was not the deadline.
func (q *queue) timeOut(ctx context.Context) bool {
	if !q.spec.AllNodes || q.failed() == len(q.ended) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return false
	}
	all := q.unfinished()
	for i, a := range all {
		err := a.errorf(TimedOut, "the time of the run was up (%v): %s", context.Cause(ctx), a.describe())
		if i < shownNodes {
			err = q.cutShort(ctx, a)
		}
		q.ended = append(q.ended, outcome{target: a.target, err: err})
	}
	for _, t := range q.targets[q.next:] {
		a := &attempt{target: t}
		q.ended = append(q.ended, outcome{target: t, err: a.errorf(TimedOut, "the time of the run was up (%v): %s", context.Cause(ctx), a.describe())})
	}
	return true
}

// cutShort says where an attempt is when the time is up or the caller has given
// up.
func (q *queue) cutShort(ctx context.Context, a *attempt) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return q.late(ctx, a, Canceled, "canceled")
	}
	return q.late(ctx, a, TimedOut, "the agent did not end in time")
}

// late says where an attempt is that is given up.
func (q *queue) late(ctx context.Context, a *attempt, reason Reason, what string) *Error {
	cause := ""
	if err := context.Cause(ctx); err != nil {
		cause = " (" + err.Error() + ")"
	}
	return a.errorf(reason, "%s%s: %s%s", what, cause, a.describe(), q.lastLog(ctx, a))
}
