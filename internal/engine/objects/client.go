// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	utilrand "k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/client-go/dynamic"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// manager names the fields that are applied here.
const manager = "eidos-manifests"

const (
	// parallel is how many calls are made at a time.
	parallel = 10
	// interval is how often something that is waited for is looked at.
	interval = time.Second
)

// Client applies, reads and removes the objects of one owner. What waits ends with
// its context, whose cause says why (context.WithTimeoutCause).
type Client struct {
	Owner string // of NewOwner
	// Force takes over fields that others own, which is a Conflict otherwise.
	Force bool
	// Last is what the owner applied last: edits of it are put right without Force.
	Last []Object
	// DeleteNamespaces and DeleteDefinitions delete what takes others with it.
	DeleteNamespaces, DeleteDefinitions bool
	// States say when objects of kinds that are special are ready.
	States []component.State
	// MinReadyNodes is with how many GPU nodes a wait for an object ends that is pending
	// because of others.
	MinReadyNodes Share

	connection *cluster.Connection
	objects    dynamic.Interface
	kinds      sync.Map // schema.GroupVersionKind: resource
	interval   time.Duration
}

// NewOwner returns a random name for the owner of objects.
func NewOwner() string { return utilrand.String(16) }

// New returns a client of a cluster.
func New(connection *cluster.Connection, owner string) (*Client, error) {
	objects, err := dynamic.NewForConfigAndClient(connection.ForClients())
	if err != nil {
		return nil, fmt.Errorf("preparing a client of %s: %w", connection.Host, err)
	}
	return &Client{Owner: owner, connection: connection, objects: objects, interval: interval}, nil
}

// each calls a function for every element, several at a time, and joins the errors
// in the order of the list.
func each[T any](list []T, call func(i int, element T) error) error {
	errs := make([]error, len(list))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, element := range list {
		group.Go(func() error {
			errs[i] = call(i, element)
			return nil
		})
	}
	_ = group.Wait() // the errors are in the list
	return errors.Join(errs...)
}

// pendingError is why something is not done yet.
type pendingError struct{ err *Error }

// Error returns the text of the error that may pass.
func (e *pendingError) Error() string { return e.err.Error() }

// until calls a function until it returns another error than a *pendingError, or
// none. When the context ends first, the error is the last that was pending.
func (c *Client) until(ctx context.Context, call func(context.Context) error) error {
	var last *Error
	for {
		err := call(ctx)
		var pending *pendingError
		switch {
		case last != nil && ctx.Err() != nil: // the call was cut short
		case errors.As(err, &pending):
			last = pending.err
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return last.after(ctx)
		case <-time.After(c.interval):
		}
	}
}

// after adds why nobody waits any longer.
func (e *Error) after(ctx context.Context) *Error {
	why := "the wait was canceled"
	if cause := context.Cause(ctx); errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why = "waited until the deadline"
		if !errors.Is(cause, context.DeadlineExceeded) {
			why += fmt.Sprintf(" (%v)", cause)
		}
	}
	return &Error{ID: e.ID, Key: e.Key, Reason: e.Reason, Err: fmt.Errorf("%w; %s", e.Err, why)}
}
