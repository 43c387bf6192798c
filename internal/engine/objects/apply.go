// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Apply applies objects in the order of Parse, waits until definitions are
// established, and then removes those of before that are not among them. It returns
// what is the owner's afterwards, also after an error, and what was left where it is.
//
// A kind that the API server does not know yet is waited for, and so are objects that
// are being deleted and admission webhooks that do not answer yet.
func (c *Client) Apply(ctx context.Context, list []Object, before []Applied) (now []Applied, left []Left, err error) {
	now = slices.Clone(before)
	for stage := range stages {
		of := slices.DeleteFunc(slices.Clone(list), func(o Object) bool { return o.stage() != stage })
		applied, err := c.applyAll(ctx, of)
		now = replaced(now, applied)
		if err != nil {
			return now, nil, err
		}
	}
	gone := slices.DeleteFunc(slices.Clone(now), func(a Applied) bool { return names(list, a.ID) })
	kept := slices.DeleteFunc(now, func(a Applied) bool { return !names(list, a.ID) })
	remaining, left, err := c.Remove(ctx, gone)
	return append(kept, remaining...), left, err
}

func names(list []Object, id ID) bool {
	return slices.ContainsFunc(list, func(o Object) bool { return o.ID == id })
}

// replaced returns a list with newer elements in the place of those of the same
// object.
func replaced(list, newer []Applied) []Applied {
	list = slices.DeleteFunc(list, func(a Applied) bool {
		return slices.ContainsFunc(newer, func(b Applied) bool { return a.ID == b.ID })
	})
	return append(list, newer...)
}

func (c *Client) applyAll(ctx context.Context, list []Object) ([]Applied, error) {
	applied := make([]Applied, len(list))
	err := each(list, func(i int, o Object) error {
		live, err := c.applyOne(ctx, o)
		if err != nil {
			return err
		}
		applied[i] = Applied{Reference: o.Reference, UID: live.GetUID()}
		if !o.IsDefinition() {
			return nil
		}
		return c.awaitOne(ctx, o.Reference, func(string) {})
	})
	return slices.DeleteFunc(applied, func(a Applied) bool { return a.UID == "" }), err
}

// applyOne applies an object as soon as that can be done.
func (c *Client) applyOne(ctx context.Context, o Object) (live *unstructured.Unstructured, err error) {
	err = c.until(ctx, func(ctx context.Context) error {
		live, err = c.patch(ctx, o, metav1.PatchOptions{Force: &c.Force})
		var failed *Error
		switch {
		case errors.As(err, &failed) && (failed.Reason == NoKind || unanswered(err)):
			return &pendingError{failed}
		case err == nil && live.GetDeletionTimestamp() != nil:
			return &pendingError{o.errorf(NotGone, "%s is being deleted, which %s", o.ID, finalizers(live))}
		}
		return err
	})
	return live, err
}

// unanswered reports whether an admission webhook did not answer: those of a chart
// take some seconds after its pods run.
func unanswered(err error) bool {
	return apierrors.IsInternalError(err) && strings.Contains(err.Error(), "failed calling webhook")
}

// patch applies an object with these options, and takes back what has drifted. The
// error is an *Error.
func (c *Client) patch(ctx context.Context, o Object, options metav1.PatchOptions) (*unstructured.Unstructured, error) {
	live, err := c.patchOnce(ctx, o, options)
	if err != nil && c.mayRepair(ctx, o, err) {
		options.Force = new(true)
		return c.patchOnce(ctx, o, options)
	}
	return live, err
}

func (c *Client) patchOnce(ctx context.Context, o Object, options metav1.PatchOptions) (*unstructured.Unstructured, error) {
	p, err := c.place(ctx, o.Reference)
	if err != nil {
		return nil, o.keyed(err)
	}
	options.FieldManager, options.FieldValidation = manager, metav1.FieldValidationStrict
	live, err := p.Patch(ctx, o.Name, types.ApplyPatchType, []byte(text(o.ownedBy(c.Owner).Object)), options)
	if err != nil {
		return nil, c.applyError(ctx, o, err, p.call("apply"))
	}
	return live, nil
}

// keyed is an *Error with the key of the object.
func (o Object) keyed(err error) error {
	failed := &Error{ID: o.ID, Err: err}
	errors.As(err, &failed)
	failed.Key = o.Key
	return failed
}

func (c *Client) applyError(ctx context.Context, o Object, err error, call cluster.Call) error {
	explained := c.connection.Explain(ctx, err, call)
	switch fields := cluster.Conflicts(err); {
	case ctx.Err() != nil:
		return o.errorf(Other, "%w", explained)
	case len(fields) > 0:
		failed := o.errorf(Conflict, "%s: other managers own what would be written:\n  %s", o.ID, strings.Join(fields, "\n  "))
		failed.cause = err
		return failed
	case apierrors.IsNotFound(err) && o.Namespace != "":
		return o.errorf(NoNamespace, "%s: there is no namespace %q", o.ID, o.Namespace)
	case apierrors.IsNotFound(err): // its definition is gone again
		c.kinds.Delete(o.kind())
		return o.errorf(NoKind, "%w", explained)
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err), strings.Contains(err.Error(), "failed to create typed patch object"):
		return o.errorf(Refused, "%s: the API server refuses the manifest: %w", o.ID, err)
	default:
		return o.errorf(Other, "%w", explained)
	}
}

// finalizers says what holds an object that is being deleted.
func finalizers(live *unstructured.Unstructured) string {
	if list := live.GetFinalizers(); len(list) > 0 {
		return fmt.Sprintf("waits for what its finalizers name: %s", strings.Join(list, ", "))
	}
	return "takes a while"
}
