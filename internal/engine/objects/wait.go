// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Await waits until objects are ready, wherever they come from. It returns what
// somebody should know of those that are. The error joins an *Error for each that is
// not, with its conditions and newest events.
func (c *Client) Await(ctx context.Context, list []Reference) (warnings []string, err error) {
	var lock sync.Mutex
	err = each(list, func(_ int, ref Reference) error {
		return c.awaitOne(ctx, ref, func(warning string) {
			lock.Lock()
			defer lock.Unlock()
			warnings = append(warnings, warning)
		})
	})
	slices.Sort(warnings)
	return warnings, err
}

func (c *Client) awaitOne(ctx context.Context, ref Reference, warn func(string)) error {
	var nodes rollout
	return c.until(ctx, func(ctx context.Context) error {
		live, err := c.look(ctx, ref)
		if err != nil {
			return err
		}
		v := judge(live, c.States)
		c.follow(ctx, &nodes, v.nodes)
		switch {
		case v.ready && v.message != "":
			warn(fmt.Sprintf("%s is ready, but %s", ref.ID, v.message))
			return nil
		case v.ready:
			return nil
		case nodes.enough(c.MinReadyNodes):
			warn(fmt.Sprintf("%s is not ready, but enough nodes are (%s): %s%s", ref.ID, c.MinReadyNodes, v.message, nodes))
			return nil
		}
		failed := notReady(ref, "%s%s%s", v.message, c.details(ctx, live), nodes)
		if nodes.up < nodes.able {
			failed.Reason = NodesNotReady
		}
		if v.failed {
			return failed
		}
		return &pendingError{failed}
	})
}

func notReady(ref Reference, format string, args ...any) *Error {
	return &Error{ID: ref.ID, Reason: NotReady, Err: fmt.Errorf("%s is not ready: "+format, append([]any{ref.ID}, args...)...)}
}

// look reads an object. That it or its kind is not there may pass.
func (c *Client) look(ctx context.Context, ref Reference) (*unstructured.Unstructured, error) {
	p, err := c.place(ctx, ref)
	if ReasonOf(err) == NoKind {
		return nil, &pendingError{notReady(ref, "%w", err)}
	}
	if err != nil {
		return nil, err
	}
	live, err := p.Get(ctx, ref.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, &pendingError{notReady(ref, "it does not exist")}
	case err != nil:
		return nil, &Error{ID: ref.ID, Err: c.connection.Explain(ctx, err, p.call("get"))}
	}
	return live, nil
}

// newest is how many events a message shows.
const newest = 3

// details are the conditions and the newest events of an object, for a message.
func (c *Client) details(ctx context.Context, live *unstructured.Unstructured) string {
	var lines []string
	for _, condition := range conditions(live) {
		lines = append(lines, "condition "+conditionText(condition))
	}
	for _, e := range c.events(ctx, live) {
		lines = append(lines, fmt.Sprintf("event %s %s: %s", e.Type, e.Reason, strings.TrimSpace(e.Message)))
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n" + secret.Text(words.Lines(lines, 10+newest))
}

// events returns the newest events of an object. They only explain what is known
// already: without the right to read them there are none.
func (c *Client) events(ctx context.Context, live *unstructured.Unstructured) []corev1.Event {
	p := c.objects.Resource(corev1.SchemeGroupVersion.WithResource("events")).Namespace(cmp.Or(live.GetNamespace(), metav1.NamespaceDefault))
	list, err := p.List(ctx, metav1.ListOptions{FieldSelector: fields.Set{"involvedObject.uid": string(live.GetUID())}.String()})
	if err != nil {
		return nil
	}
	var all []corev1.Event
	for i := range list.Items {
		var e corev1.Event
		if runtime.DefaultUnstructuredConverter.FromUnstructured(list.Items[i].Object, &e) == nil {
			all = append(all, e)
		}
	}
	at := func(e corev1.Event) metav1.Time {
		if e.LastTimestamp.IsZero() {
			return metav1.Time{Time: e.EventTime.Time}
		}
		return e.LastTimestamp
	}
	slices.SortStableFunc(all, func(a, b corev1.Event) int { return at(b).Compare(at(a).Time) })
	return all[:min(len(all), newest)]
}
