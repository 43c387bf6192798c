// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// The states of objects that say nothing themselves.
const (
	Missing = "Missing" // it is not there, or its kind is not
	Unread  = "Unread"  // the API server did not say
)

// Status is how an object is.
type Status struct {
	Reference
	// State is the object's own status.state where its kind has one that counts, else
	// that of kstatus, such as Current or InProgress, or else Missing or Unread.
	State   string
	Ready   bool
	Message string // why it is not ready, or what somebody should know although it is
}

// Look returns how an object is, whoever applied it, and the fields of its manifest,
// where it has one, that have other values in the cluster. It changes nothing. The
// error is an *Error; without the right to a dry run there is none.
func (c *Client) Look(ctx context.Context, o Object) (Status, []Change, error) {
	s := Status{Reference: o.Reference, State: Unread}
	p, err := c.place(ctx, o.Reference)
	if ReasonOf(err) == NoKind {
		s.State, s.Message = Missing, fmt.Sprintf("the API server has no kind %s in %s", o.Kind, o.kind().GroupVersion())
		return s, nil, nil
	}
	if err != nil {
		return s, nil, o.keyed(err)
	}
	live, err := p.Get(ctx, o.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		s.State, s.Message = Missing, "it does not exist"
		return s, nil, nil
	case err != nil:
		return s, nil, o.keyed(&Error{ID: o.ID, Err: c.connection.Explain(ctx, err, p.call("get"))})
	}
	s = c.statusOf(live, o.Reference)
	if o.Fields == nil {
		return s, nil, nil
	}
	fields, err := c.compare(ctx, o, live)
	return s, changes(o.Fields, fields), err
}

func (c *Client) statusOf(live *unstructured.Unstructured, ref Reference) Status {
	v := judge(live, c.States)
	return Status{Reference: ref, State: v.state, Ready: v.ready, Message: secret.Text(strings.TrimPrefix(v.message, v.state+": "))}
}

// compare returns the fields of a manifest with the live values of those that have
// drifted. An API server that refuses a dry run leaves it to the fields alone.
func (c *Client) compare(ctx context.Context, o Object, live *unstructured.Unstructured) (any, error) {
	again, err := c.write(ctx, o, o.Fields, metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, Force: new(true)})
	switch {
	case err == nil:
		return drifted(o.Fields, live.Object, again.Object), nil
	case answered(err):
		return drifted(o.Fields, live.Object, laid(o.Fields, live.Object)), nil
	default:
		return o.Fields, err
	}
}

// releaseName is the annotation by which Helm marks what belongs to a release.
const releaseName = "meta.helm.sh/release-name"

// Workloads returns how the workloads of a Helm release are. The error joins an
// *Error for each kind that could not be listed.
func (c *Client) Workloads(ctx context.Context, namespace, release string) ([]Status, error) {
	kinds := []struct{ kind, resource string }{{"DaemonSet", "daemonsets"}, {"Deployment", "deployments"}, {"StatefulSet", "statefulsets"}}
	found := make([][]Status, len(kinds))
	err := each(kinds, func(i int, k struct{ kind, resource string }) error {
		ref := Reference{ID{Group: "apps", Kind: k.kind, Namespace: namespace}, "v1"}
		list, err := c.objects.Resource(ref.kind().GroupVersion().WithResource(k.resource)).Namespace(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			call := cluster.Call{Verb: "list", Group: ref.Group, Resource: k.resource, Namespace: namespace}
			return &Error{ID: ref.ID, Err: c.connection.Explain(ctx, err, call)}
		}
		for j := range list.Items {
			live := &list.Items[j]
			if live.GetAnnotations()[releaseName] == release {
				ref.Name = live.GetName()
				found[i] = append(found[i], c.statusOf(live, ref))
			}
		}
		return nil
	})
	var all []Status
	for _, statuses := range found {
		all = append(all, statuses...)
	}
	return all, err
}
