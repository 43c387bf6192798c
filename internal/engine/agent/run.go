// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	utilrand "k8s.io/apimachinery/pkg/util/rand"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Runner runs agents in a cluster. It may be used by several goroutines.
type Runner struct {
	Connection *typed.Connection
	// Cluster are the collectors that ask the API server, of which a Spec chooses.
	Cluster []snapshot.Collector
	// GPUInstanceType reports whether an instance type has NVIDIA GPUs; it may
	// be nil. Nodes carry no label that says so before the GPU operator runs.
	GPUInstanceType func(string) bool
	// Report is called whenever a node has had its turn or has ended, one after the
	// other; it may be nil.
	Report func(Progress)
}

// NewOwner returns a random name for the owner of ConfigMaps.
func NewOwner() string { return utilrand.String(16) }

// Run takes a snapshot and returns what the ConfigMaps say. They belong to the
// owner from then on, who finds them again with Read and removes them with
// Remove, unless the spec says to discard them. After an error nothing of the run
// is left, and ConfigMaps are as they were, unless the spec says to keep what
// failed.
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
	s := &session{Runner: r, deployment: d, fleet: newFleet(), claimed: map[string]string{}}
	result, err := s.run(ctx)
	err = ended(ctx, err)
	left := s.cleanUp(ctx, err)
	if err != nil {
		return nil, withLeftovers(spec.withOthers(err, chosen.others), left)
	}
	if len(chosen.passedOver) > 0 {
		result.warnOfEach(PassedOver, reasons(chosen.passedOver), "these nodes were passed over")
		maps.Copy(result.LeftOut, chosen.passedOver)
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
		return &Error{Reason: Canceled, Err: err}
	default:
		return err
	}
}

// withOthers names the nodes to turn to when the scheduler finds no room on the
// one that was chosen.
func (s Spec) withOthers(err error, others []string) error {
	if ReasonOf(err) != Unschedulable || len(others) == 0 {
		return err
	}
	return errorf(Unschedulable, "%w\n\nThe agent tries one node. Choose another one that matches with %s or %s:\n%s", err, s.called("node_name"), s.called("node_selector"), words.Lines(others, shownNodes))
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
	// existing is the ConfigMap of that name that was there before the run, or nil.
	existing *corev1.ConfigMap
	// first is the Job that owns the rest, launched are those that are there.
	first    *batchv1.Job
	launched map[string]bool
	// undo removes what was created, last first.
	undo []removal
	// resumed is set when pods may have run.
	resumed bool
	// claimed maps the ConfigMaps to their resource versions as claimed.
	claimed map[string]string
	// asked is what the API server knows, and clusterErrors why it was not to be
	// had.
	asked         measurement.List
	clusterErrors snapshot.Errors
	// fleet is what the nodes have said.
	fleet *fleet
}

func (s *session) run(ctx context.Context) (*Result, error) {
	for _, step := range []func(context.Context) error{s.look, s.ask, s.lock, s.excludeOthers, s.claim, s.grant} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if len(s.collectors) == 0 { // what the API server knows is all that was asked for
		for _, t := range s.targets {
			s.fleet.add(t.node, document.Snapshot{Metadata: document.SnapshotMetadata{Hostname: t.node}})
		}
		return s.finish(ctx, nil)
	}
	finished, err := s.follow(ctx)
	if err != nil {
		return nil, err
	}
	return s.finish(ctx, finished)
}

func (s *session) look(ctx context.Context) (err error) {
	s.existing, err = s.checkConfigMap(ctx, s.spec.Name)
	return err
}

// ask collects what the API server knows, once for all nodes. What it does not
// tell costs the result no more than that.
func (s *session) ask(ctx context.Context) error {
	chosen := slices.DeleteFunc(slices.Clone(s.Cluster), func(c snapshot.Collector) bool { return !slices.Contains(s.remote, c.Name) })
	found, failed := snapshot.Collect(ctx, chosen, snapshot.Options{})
	s.asked, s.clusterErrors = found.Measurements, failed
	if len(s.collectors) == 0 && len(s.asked) == 0 {
		return errorf(Failed, "nothing was collected: %w", cmp.Or(failed.Err(), errors.New("the API server knows nothing of what was asked for")))
	}
	return nil
}

// finish makes the result of what the nodes and the API server said and keeps
// it, also when the time of the run is up.
func (s *session) finish(ctx context.Context, ended []outcome) (*Result, error) {
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTimeout)
		defer cancel()
		ctx = late
	}
	s.fleet.complete(s.asked)
	result, err := s.fleet.result()
	if err != nil {
		return nil, err
	}
	s.describe(result, ended)
	if s.spec.Discard {
		return result, nil
	}
	if err := s.store(ctx, result); err != nil {
		return nil, err
	}
	if err := s.prune(ctx); err != nil {
		result.warn(Leftovers, "ConfigMaps of nodes that this run did not describe were not all removed; the next run tries again: %v", err)
	}
	return result, nil
}
