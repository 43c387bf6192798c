// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	utilrand "k8s.io/apimachinery/pkg/util/rand"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Runner runs agents in a cluster. It may be used by several goroutines.
type Runner struct {
	Connection *typed.Connection
	// GPUInstanceType reports whether an instance type has NVIDIA GPUs; it may
	// be nil. Nodes carry no label that says so before the GPU operator runs.
	GPUInstanceType func(string) bool
}

// NewOwner returns a random name for the owner of ConfigMaps.
func NewOwner() string { return utilrand.String(16) }

// Run takes a snapshot and returns what the ConfigMaps say. They belong to the
// owner from then on, who finds them again with Read and removes them with
// Remove. After an error nothing of the run is left, and ConfigMaps are as they
// were, unless the spec says to keep what failed.
func (r *Runner) Run(ctx context.Context, spec Spec, owner string) (*Result, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, spec.timeout(), fmt.Errorf("the timeout of the agent is %s", spec.timeout()))
	defer cancel()
	all, err := r.candidates(ctx, spec)
	if err != nil {
		return nil, ended(ctx, err)
	}
	chosen, err := choose(spec, all)
	if err != nil {
		return nil, err
	}
	d, err := newDeployment(spec, utilrand.String(8), owner, chosen.nodes)
	if err != nil {
		return nil, err
	}
	s := &session{Runner: r, deployment: d}
	result, err := s.run(ctx)
	err = ended(ctx, err)
	left := s.cleanUp(ctx, err)
	if err != nil {
		return nil, withLeftovers(withOthers(err, chosen.others), left)
	}
	if len(chosen.passedOver) > 0 {
		result.warn(PassedOver, "these nodes were passed over:\n%s", words.Lines(chosen.passedOver, shownNodes))
	}
	if left != nil {
		result.warn(Leftovers, "the agent's objects were not all removed; the next run tries again: %v", left)
	}
	return result, nil
}

// ended gives an error of a call the reason why the run as a whole was over.
func ended(ctx context.Context, err error) error {
	var known *Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{Reason: TimedOut, Err: err}
	case ctx.Err() != nil:
		return &Error{Reason: Cancelled, Err: err}
	default:
		return err
	}
}

// withOthers names the nodes to turn to when the scheduler finds no room on the
// one that was chosen.
func withOthers(err error, others []string) error {
	if ReasonOf(err) != Unschedulable || len(others) == 0 {
		return err
	}
	return errorf(Unschedulable, "%w\n\nThe agent tries one node. Choose another one that matches with node_name or node_selector:\n%s", err, words.Lines(others, shownNodes))
}

func withLeftovers(err, left error) error {
	if left == nil {
		return err
	}
	return &Error{Reason: ReasonOf(err), Err: fmt.Errorf("%w\n\nNot everything was removed: %w", err, left)}
}

// session is one run of a deployment.
type session struct {
	*Runner
	*deployment
	// existing are the ConfigMaps of the targets that were there before the run.
	existing map[string]*corev1.ConfigMap
	// first is the Job that owns the rest.
	first *batchv1.Job
	// undo removes what was created, last first.
	undo []removal
	// resumed is set when pods may have run.
	resumed bool
	// claimed maps the ConfigMaps to their resource versions as claimed.
	claimed map[string]string
}

func (s *session) run(ctx context.Context) (*Result, error) {
	for _, step := range []func(context.Context) error{s.checkConfigMaps, s.createJobs, s.excludeOthers, s.claim, s.grant} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	finished, err := s.follow(ctx)
	if err != nil {
		return nil, err
	}
	return s.finish(ctx, finished)
}

// finish reads what the agents wrote, also when the time of the run is up.
func (s *session) finish(ctx context.Context, ended []outcome) (*Result, error) {
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTimeout)
		defer cancel()
		ctx = late
	}
	result, err := s.collect(ctx, ended)
	if err != nil {
		return nil, err
	}
	if err := s.prune(ctx); err != nil {
		result.warn(Leftovers, "ConfigMaps of nodes that this run did not describe were not all removed; the next run tries again: %v", err)
	}
	return result, nil
}
