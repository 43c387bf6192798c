// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// kind is one of what a run watches.
type kind int

const (
	jobKind kind = iota
	podKind
	eventKind
)

// watched is a kind of objects that a run looks at as they change.
type watched struct {
	kind    kind
	call    cluster.Call
	options metav1.ListOptions
	list    func(context.Context, metav1.ListOptions) (runtime.Object, error)
	watch   func(context.Context, metav1.ListOptions) (watch.Interface, error)
}

// change is news of the objects of a kind: all that there are, or one that is
// new, different or gone. A change with an error is the last one.
type change struct {
	kind    kind
	all     []runtime.Object // nil for one
	one     runtime.Object
	removed bool
	err     error
}

func (s *session) watched() []watched {
	namespace := s.spec.Namespace
	ofRun := metav1.ListOptions{LabelSelector: s.spec.selector(map[string]string{runLabel: s.id})}
	warnings := metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("type", corev1.EventTypeWarning).String()}
	return []watched{
		{
			kind: jobKind, call: s.call("", "batch", "jobs", ""), options: ofRun,
			list:  lister(s.Connection.Jobs(namespace).List),
			watch: s.Connection.Jobs(namespace).Watch,
		},
		{
			kind: podKind, call: s.call("", "", "pods", ""), options: ofRun,
			list:  lister(s.Connection.Pods(namespace).List),
			watch: s.Connection.Pods(namespace).Watch,
		},
		{
			kind: eventKind, call: s.call("", "", "events", ""), options: warnings,
			list:  lister(s.Connection.Events(namespace).List),
			watch: s.Connection.Events(namespace).Watch,
		},
	}
}

// lister forgets the type of a list.
func lister[L runtime.Object](list func(context.Context, metav1.ListOptions) (L, error)) func(context.Context, metav1.ListOptions) (runtime.Object, error) {
	return func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return list(ctx, options)
	}
}

// open lists the objects and begins to watch what changes from then on.
func (s *session) open(ctx context.Context, w watched) (change, watch.Interface, error) {
	options := w.options
	list, err := w.list(ctx, options)
	if err != nil {
		w.call.Verb = "list"
		return change{}, nil, s.Connection.Explain(ctx, err, w.call)
	}
	first := change{kind: w.kind, all: []runtime.Object{}}
	if err := meta.EachListItem(list, func(o runtime.Object) error { first.all = append(first.all, o); return nil }); err != nil {
		return change{}, nil, err
	}
	accessor, err := meta.ListAccessor(list)
	if err != nil {
		return change{}, nil, err
	}
	options.ResourceVersion = accessor.GetResourceVersion()
	watcher, err := w.watch(ctx, options)
	w.call.Verb = "watch"
	return first, watcher, s.Connection.Explain(ctx, err, w.call)
}

// stream sends changes until the context ends. The API server closes every
// watch after some minutes, and any when it restarts: it is then opened again.
func (s *session) stream(ctx context.Context, w watched, first change, watcher watch.Interface, changes chan<- change) {
	for {
		forward(ctx, first, changes)
		drain(ctx, w.kind, watcher, changes)
		var err error
		if first, watcher, err = s.reopen(ctx, w); err != nil {
			forward(ctx, change{err: err}, changes)
			return
		}
	}
}

// drain forwards what a watch reports until it ends.
func drain(ctx context.Context, k kind, watcher watch.Interface, changes chan<- change) {
	defer watcher.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-watcher.ResultChan():
			if !open || event.Type == watch.Error {
				return
			}
			forward(ctx, change{kind: k, one: event.Object, removed: event.Type == watch.Deleted}, changes)
		}
	}
}

func forward[T any](ctx context.Context, news T, to chan<- T) {
	select {
	case to <- news:
	case <-ctx.Done():
	}
}

// reopen tries until it succeeds, is not allowed to, or the context ends.
func (s *session) reopen(ctx context.Context, w watched) (change, watch.Interface, error) {
	backoff := wait.Backoff{Duration: 100 * time.Millisecond, Factor: 2, Jitter: 0.5, Steps: 7, Cap: 5 * time.Second}
	for {
		select {
		case <-ctx.Done():
			return change{}, nil, ctx.Err()
		case <-time.After(backoff.Step()):
		}
		first, watcher, err := s.open(ctx, w)
		if err == nil || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
			return first, watcher, err
		}
	}
}
