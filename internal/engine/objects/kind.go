// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// resource is where the API server keeps the objects of a kind.
type resource struct {
	schema.GroupVersionResource
	namespaced bool
}

// place is where the API server keeps one object.
type place struct {
	dynamic.ResourceInterface
	ref      Reference
	resource string
}

func (p *place) call(verb string) cluster.Call {
	return cluster.Call{Verb: verb, Group: p.ref.Group, Resource: p.resource, Namespace: p.ref.Namespace, Name: p.ref.Name}
}

// place finds out where an object is kept. The error is an *Error: NoKind where the
// API server does not know the kind, Invalid where the namespace is too many or too
// few.
func (c *Client) place(ctx context.Context, ref Reference) (*place, error) {
	r, err := c.resource(ctx, ref)
	if err != nil {
		return nil, err
	}
	p := &place{ref: ref, resource: r.Resource}
	all := c.objects.Resource(r.GroupVersionResource)
	switch {
	case !r.namespaced && ref.Namespace != "":
		return nil, &Error{ID: ref.ID, Reason: Invalid, Err: fmt.Errorf("%s: objects of this kind are not in a namespace: remove metadata.namespace", ref.ID)}
	case r.namespaced && ref.Namespace == "":
		return nil, &Error{ID: ref.ID, Reason: Invalid, Err: fmt.Errorf("%s: objects of this kind are in a namespace: set metadata.namespace", ref.ID)}
	case r.namespaced:
		p.ResourceInterface = all.Namespace(ref.Namespace)
	default:
		p.ResourceInterface = all
	}
	return p, nil
}

func (c *Client) resource(ctx context.Context, ref Reference) (resource, error) {
	kind := ref.kind()
	if known, ok := c.kinds.Load(kind); ok {
		return known.(resource), nil //nolint:forcetypeassert // nothing else is stored
	}
	path := apiPath(kind.GroupVersion())
	var list metav1.APIResourceList
	err := c.ask(ctx, path, &list)
	i := slices.IndexFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Kind == kind.Kind && !strings.Contains(r.Name, "/") })
	switch {
	case err != nil && !apierrors.IsNotFound(err):
		return resource{}, &Error{ID: ref.ID, Err: c.connection.Explain(ctx, err, cluster.Call{Verb: "get", Resource: path})}
	case i < 0:
		return resource{}, &Error{ID: ref.ID, Reason: NoKind, Err: fmt.Errorf("%s: the API server has no kind %s in %s. Its definition may not be installed yet", ref.ID, kind.Kind, kind.GroupVersion())}
	}
	found := resource{kind.GroupVersion().WithResource(list.APIResources[i].Name), list.APIResources[i].Namespaced}
	c.kinds.Store(kind, found)
	return found, nil
}

// ask reads a document about the API itself.
func (c *Client) ask(ctx context.Context, path string, into any) error {
	body, err := c.connection.REST.Get().AbsPath(path).DoRaw(ctx)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func apiPath(gv schema.GroupVersion) string {
	if gv.Group == "" {
		return "/api/" + gv.Version
	}
	return "/apis/" + gv.Group + "/" + gv.Version
}

// served returns the place of an object whose kind may have moved to another version
// since it was applied.
func (c *Client) served(ctx context.Context, ref Reference) (*place, error) {
	p, err := c.place(ctx, ref)
	if ReasonOf(err) != NoKind || ref.Group == "" {
		return p, err
	}
	var group metav1.APIGroup
	path := "/apis/" + ref.Group
	if err := c.ask(ctx, path, &group); err != nil && !apierrors.IsNotFound(err) {
		return nil, &Error{ID: ref.ID, Err: c.connection.Explain(ctx, err, cluster.Call{Verb: "get", Resource: path})}
	}
	for _, version := range group.Versions {
		ref.Version = version.Version
		if p, err := c.place(ctx, ref); ReasonOf(err) != NoKind {
			return p, err
		}
	}
	return nil, err
}
