// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// chosen are the collectors of a run, of this machine and of the cluster.
type chosen struct{ local, remote []snapshot.Collector }

func (c chosen) all() []snapshot.Collector { return slices.Concat(c.local, c.remote) }

// choose returns the collectors that --collectors selects: those of this
// machine, and those of the cluster where one is configured. Where both would
// be, this machine has to be a node of the cluster: it is left out otherwise.
func (c *snapshotCommand) choose(ctx context.Context, client *cluster.Client, report *reporter) (chosen, error) {
	catalog, err := recipe.Embedded()
	if err != nil {
		return chosen{}, failed(err)
	}
	local := node.Collectors(node.Options{HostRoot: c.hostRoot, Units: c.units, Note: func(collector, text string) {
		report.note(collector + ": " + text)
	}})
	remote := snapshot.Kubernetes(client, snapshot.KubernetesOptions{Catalog: catalog})
	if err := c.checkSelection(slices.Concat(local, remote)); err != nil {
		return chosen{}, invalid(err)
	}
	wanted := chosen{c.selected(local), c.selected(remote)}
	switch {
	case len(wanted.remote) == 0:
		return wanted, nil
	case len(c.collectors) == 0 && !c.kubernetes.configured(c.process.Getenv):
		report.note("no cluster is configured, so nothing of type K8s is collected; --kubeconfig names one")
		return chosen{local: wanted.local}, nil
	}
	if _, err := client.Connect(); err != nil { // wrong settings are not the failure of a collector
		return chosen{}, unreachable(err)
	}
	if len(wanted.local) == 0 {
		return wanted, nil
	}
	return c.apart(ctx, client, wanted, report)
}

// apart keeps facts of two machines out of one snapshot. Whoever sets NODE_NAME
// says that this machine is a node.
func (c *snapshotCommand) apart(ctx context.Context, client *cluster.Client, wanted chosen, report *reporter) (chosen, error) {
	if c.process.Getenv(nodeName) != "" {
		return wanted, nil
	}
	const advice = "set " + nodeName + " where it is one, or choose with --collectors: systemd,os,gpu for this machine, k8s for the cluster"
	is, err := c.isNode(ctx, client)
	stated := len(c.collectors) > 0
	switch {
	case is:
		return wanted, nil
	case ctx.Err() != nil:
		return chosen{}, failed(ctx.Err())
	case err != nil && stated:
		return chosen{}, failed(fmt.Errorf("cannot find out whether this machine is a node of the cluster: %w; %s", err, advice))
	case err != nil:
		report.warn(fmt.Sprintf("cannot find out whether this machine is a node of the cluster, so nothing of it is collected: %v; %s", err, advice))
	case stated:
		return chosen{}, invalid(fmt.Errorf("--collectors: %s and %s are of two machines: this one is not a node of the cluster, and a snapshot never mixes them; %s",
			wanted.local[0].Name, wanted.remote[0].Name, advice))
	default:
		report.warn("this machine is not a node of the cluster, so the snapshot is of the cluster only; " + advice)
	}
	return chosen{remote: wanted.remote}, nil
}

// isNode reports whether this machine is a node of the cluster.
func (c *snapshotCommand) isNode(ctx context.Context, client *cluster.Client) (bool, error) {
	machine, err := node.Identify(c.hostRoot, hostname(c.hostRoot, c.process.Getenv))
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	name, err := snapshot.NodeOf(ctx, client, machine)
	return name != "", err
}

// selected returns the collectors that the selection names.
func (c *snapshotCommand) selected(all []snapshot.Collector) []snapshot.Collector {
	if len(c.collectors) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(collector snapshot.Collector) bool {
		return !slices.ContainsFunc(c.collectors, func(word string) bool { return selects(word, collector.Name) })
	})
}

// selects reports whether a word is the name of a collector or its type, in
// any case.
func selects(word, name string) bool {
	t, _, _ := strings.Cut(name, "/")
	return strings.EqualFold(word, name) || strings.EqualFold(word, t)
}

// checkSelection refuses words that select nothing.
func (c *snapshotCommand) checkSelection(all []snapshot.Collector) error {
	for _, word := range c.collectors {
		if !slices.ContainsFunc(all, func(collector snapshot.Collector) bool { return selects(word, collector.Name) }) {
			return fmt.Errorf("--collectors: there is no collector %q; known are %s, and the types k8s, gpu, os and systemd", word, strings.Join(namesOf(all), ", "))
		}
	}
	return nil
}

func namesOf(collectors []snapshot.Collector) []string {
	names := make([]string, len(collectors))
	for i, collector := range collectors {
		names[i] = collector.Name
	}
	return names
}

// collectorWords are what --collectors takes.
func collectorWords() []string {
	words := append(node.Names(), namesOf(snapshot.Kubernetes(nil, snapshot.KubernetesOptions{}))...)
	for _, t := range measurement.Types() {
		words = append(words, strings.ToLower(string(t)))
	}
	return words
}

// collect runs the collectors, logs what each does, and says meanwhile which of them
// are at work.
func (p Process) collect(ctx context.Context, collectors []snapshot.Collector, report *reporter, o snapshot.Options) (document.Snapshot, snapshot.Errors) {
	var mu sync.Mutex
	working := namesOf(collectors)
	text := func() string {
		return fmt.Sprintf("%d of %d collectors are done; at work: %s", len(collectors)-len(working), len(collectors), strings.Join(working, ", "))
	}
	shown, end := report.begin(text())
	defer end()
	watched := slices.Clone(collectors)
	for i, collector := range collectors {
		watched[i].Collect = func(ctx context.Context) (measurement.List, error) {
			start := p.Now()
			list, err := collector.Collect(ctx)
			p.log.Debug("Collected", "collector", collector.Name, "failed", err != nil, p.took(start))
			mu.Lock()
			defer mu.Unlock()
			working = slices.DeleteFunc(working, func(name string) bool { return name == collector.Name })
			shown.say(text())
			return list, err
		}
	}
	return snapshot.Collect(ctx, watched, o)
}
