// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// agentOwner is whose the ConfigMap of a run is while it lasts: what a run that was
// killed has left is the next one's to remove.
const agentOwner = "command"

// shownLines is how many nodes or readings a message lists.
const shownLines = 10

// fromAgent takes the snapshot on nodes of the cluster. What it lacks is an error
// for each node, after one that says so.
func (c *snapshotCommand) fromAgent(ctx context.Context, client *cluster.Client, created string, report *reporter) (taken document.Snapshot, lacks []error, err error) {
	spec, err := c.agentSpec()
	if err != nil {
		return taken, nil, invalid(err)
	}
	if c.agent.spec.Image != "" && !agent.IsFixed(spec.Image) {
		report.warn(spec.ImageWarning())
	}
	runner, err := newAgentRunner(client)
	if err != nil {
		return taken, nil, err
	}
	result, err := runAgent(ctx, runner, spec, report)
	if err != nil {
		return taken, nil, failedRun(ctx, err, report)
	}
	taken = result.Snapshot()
	taken.Metadata.Created = created
	taken.Metadata.Version = cmp.Or(taken.Metadata.Version, c.process.Version) // where no node wrote one
	return taken, tellLacks(result, report), nil
}

func newAgentRunner(client *cluster.Client) (*agent.Runner, error) {
	catalog, err := recipe.Embedded()
	if err != nil {
		return nil, failed(err)
	}
	connected, err := client.Connect()
	if err != nil {
		return nil, unreachable(err)
	}
	clients, err := typed.New(connected)
	if err != nil {
		return nil, invalid(err)
	}
	return &agent.Runner{
		Connection: clients, GPUInstanceType: catalog.GPUInstanceType,
		Cluster: snapshot.Kubernetes(client, snapshot.KubernetesOptions{Catalog: catalog}),
	}, nil
}

// runAgent says how far the run is. One that is interrupted still removes what it
// has created.
func runAgent(ctx context.Context, runner *agent.Runner, spec agent.Spec, report *reporter) (*agent.Result, error) {
	shown, end := report.begin("the agent: asking the API server about the cluster and its nodes")
	defer end()
	runner.Report = func(p agent.Progress) { shown.say(describeProgress(p)) }
	stop := context.AfterFunc(ctx, func() { shown.say("interrupted: removing what the run has created") })
	defer stop()
	return runner.Run(ctx, spec, agentOwner)
}

func describeProgress(p agent.Progress) string {
	return fmt.Sprintf("the agent: %d of %d nodes done, %d running, %d waiting, %d failed",
		p.Ended-p.Failed, p.Nodes, p.Running, p.Nodes-p.Running-p.Ended, p.Failed)
}

// failedRun returns one error for each node. What an interrupted run has to say, as
// of objects that were not removed, is a warning: it ends as interrupted.
func failedRun(ctx context.Context, err error, report *reporter) error {
	all := []error{err}
	if known := (*agent.Error)(nil); errors.As(err, &known) {
		all = joined.Errors(known.Err)
	}
	if ctx.Err() != nil {
		for _, e := range all {
			report.warn(e.Error())
		}
	}
	if agent.ReasonOf(err) == agent.InvalidSpec {
		return invalid(all...)
	}
	return failed(all...)
}

// tellLacks warns about the nodes, and returns what the snapshot lacks.
func tellLacks(result *agent.Result, report *reporter) (lacks []error) {
	if n := len(result.Disagreements); n > 0 {
		each := make([]string, 0, n)
		for _, path := range slices.Sorted(maps.Keys(result.Disagreements)) {
			each = append(each, path+": "+result.Disagreements[path])
		}
		warnOfEach(report.warn, "the nodes disagree; the snapshot is that of node "+result.Node, each)
	}
	for _, w := range result.Warnings {
		tell := report.warn
		if w.Kind == agent.Incomplete || w.Kind == agent.FailedNodes {
			tell = func(text string) { lacks = append(lacks, errors.New(text)) }
		}
		warnOfEach(tell, w.Text, w.Each)
	}
	return lacks
}

// warnOfEach tells a text and the first of what it lists, each by itself.
func warnOfEach(tell func(string), text string, each []string) {
	tell(text)
	for _, one := range each[:min(len(each), shownLines)] {
		tell(one)
	}
	if more := len(each) - shownLines; more > 0 {
		tell(fmt.Sprintf("and %d more", more))
	}
}
