// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"fmt"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Left is an object that was not deleted, and why.
type Left struct {
	ID      ID
	Foreign bool // it is somebody else's by now; else it is one that takes others with it
}

// Stays reports whether an object is left because it takes others with it.
func (c *Client) Stays(id ID) bool {
	return id.IsNamespace() && !c.DeleteNamespaces || id.IsDefinition() && !c.DeleteDefinitions
}

// Remove deletes what was applied and is still the owner's, in the reverse of the
// order in which it was applied, and waits until it is gone. It returns what is not.
func (c *Client) Remove(ctx context.Context, list []Applied) (remaining []Applied, left []Left, err error) {
	var lock sync.Mutex
	for stage := range stages {
		of := slices.DeleteFunc(slices.Clone(list), func(a Applied) bool { return a.stage() != stages-1-stage })
		if err != nil { // of what may need these
			remaining = append(remaining, of...)
			continue
		}
		err = each(of, func(_ int, a Applied) error {
			stays, foreign := c.Stays(a.ID), false
			var err error
			if !stays {
				foreign, err = c.removeOne(ctx, a)
			}
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err != nil:
				remaining = append(remaining, a)
			case stays || foreign:
				left = append(left, Left{ID: a.ID, Foreign: foreign})
			}
			return err
		})
	}
	return remaining, left, err
}

// removeOne deletes an object unless it is somebody else's.
func (c *Client) removeOne(ctx context.Context, a Applied) (foreign bool, err error) {
	asked := false
	err = c.until(ctx, func(ctx context.Context) error {
		p, err := c.served(ctx, a.Reference)
		if ReasonOf(err) == NoKind {
			return nil // and so are its objects
		}
		if err != nil {
			return err
		}
		live, err := p.Get(ctx, a.Name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil:
			return &Error{ID: a.ID, Err: c.connection.Explain(ctx, err, p.call("get"))}
		case !c.owns(live, a):
			foreign = !asked
			return nil
		case live.GetDeletionTimestamp() == nil:
			err = c.delete(ctx, p, live)
			asked = asked || err == nil
		}
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return &Error{ID: a.ID, Err: c.connection.Explain(ctx, err, p.call("delete"))}
		}
		return &pendingError{&Error{ID: a.ID, Reason: NotGone, Err: fmt.Errorf("%s is being deleted, which %s", a.ID, finalizers(live))}}
	})
	return foreign, err
}

// delete deletes an object as it was seen: whoever takes it over meanwhile changes
// its version.
func (c *Client) delete(ctx context.Context, p *place, live *unstructured.Unstructured) error {
	uid, version := live.GetUID(), live.GetResourceVersion()
	return p.Delete(ctx, live.GetName(), metav1.DeleteOptions{
		Preconditions:     &metav1.Preconditions{UID: &uid, ResourceVersion: &version},
		PropagationPolicy: new(metav1.DeletePropagationBackground),
	})
}

// owns reports whether an object is the one that was applied, and nobody has taken
// it over.
func (c *Client) owns(live *unstructured.Unstructured, a Applied) bool {
	return live.GetUID() == a.UID && live.GetAnnotations()[ownerAnnotation] == c.Owner
}
