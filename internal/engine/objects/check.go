// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// Problems are what a dry run found.
type Problems struct {
	// Errors are conflicts, and manifests that the API server refuses.
	Errors []*Error
	// Warnings are what may be otherwise when the objects are applied: rights that
	// plans do not have, and what webhooks and quotas say.
	Warnings []*Error
}

// Check asks the API server whether it would take the objects, and changes nothing.
// A kind or a namespace that is not there yet is not a problem, and neither is an API
// server that does not answer: what is applied before may bring all of them.
func (c *Client) Check(ctx context.Context, list []Object) (problems Problems) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := each(list, func(_ int, o Object) error {
		_, err := c.patch(ctx, o, metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, Force: &c.Force})
		if err != nil && !answered(err) {
			cancel() // nor will it for the others
		}
		return err
	})
	for _, leaf := range joined.Errors(err) {
		var failed *Error
		if !errors.As(leaf, &failed) {
			continue
		}
		switch {
		case failed.Reason == Conflict, failed.Reason == Refused, failed.Reason == Invalid:
			problems.Errors = append(problems.Errors, failed)
		case failed.Reason == Other && answered(failed):
			problems.Warnings = append(problems.Warnings, failed)
		}
	}
	return problems
}

// answered reports whether an error is an answer of the API server.
func answered(err error) bool {
	var failed *Error
	if errors.As(err, &failed) && failed.Reason != Other {
		return true
	}
	var call *cluster.CallError
	var status apierrors.APIStatus
	return errors.As(err, &call) && errors.As(call.Unwrap(), &status)
}
