// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// choose returns the collectors that --collectors selects: those of the node,
// and those of the cluster where one is configured.
func (c *snapshotCommand) choose(client *cluster.Client, report *reporter) ([]snapshot.Collector, error) {
	catalog, err := recipe.Embedded()
	if err != nil {
		return nil, failed(err)
	}
	local := node.Collectors(node.Options{HostRoot: c.hostRoot, Units: c.units, Note: func(collector, text string) {
		report.note(collector + ": " + text)
	}})
	remote := snapshot.Kubernetes(client, snapshot.KubernetesOptions{Catalog: catalog})
	if err := c.checkSelection(slices.Concat(local, remote)); err != nil {
		return nil, invalid(err)
	}
	chosen, wanted := c.selected(local), c.selected(remote)
	switch {
	case len(wanted) == 0:
		return chosen, nil
	case len(c.collectors) == 0 && !c.kubernetes.configured(c.process.Getenv):
		report.note("no cluster is configured, so nothing of type K8s is collected; --kubeconfig names one")
		return chosen, nil
	}
	if _, err := client.Connect(); err != nil { // wrong settings are not the failure of a collector
		return nil, invalid(err)
	}
	return append(chosen, wanted...), nil
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

// watched reports to people at a terminal when each collector is done.
func watched(collectors []snapshot.Collector, report *reporter) []snapshot.Collector {
	all := slices.Clone(collectors)
	for i, collector := range collectors {
		all[i].Collect = func(ctx context.Context) (measurement.List, error) {
			list, err := collector.Collect(ctx)
			if err == nil {
				report.progress(collector.Name)
			}
			return list, err
		}
	}
	return all
}
