// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/frame"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// snapshotCommand is a run of eidos snapshot.
type snapshotCommand struct {
	process    Process
	collectors []string
	units      []string
	hostRoot   string
	timeout    time.Duration
	failFast   bool
	partial    bool
	framed     bool
	output     outputFlags
	agent      agentFlags
	kubernetes kubernetesFlags
}

func newSnapshotCommand(p Process) *cobra.Command {
	c := &snapshotCommand{process: p}
	command := &cobra.Command{
		Use:   "snapshot [flags]",
		Short: "Take a snapshot: what is there, on this node and in its cluster",
		Long: "Collects facts about this machine (systemd units, operating system, GPUs) and, if a cluster is configured, about the cluster. " +
			"A machine that is not a node of the cluster is left out: a snapshot never mixes two machines.\n\n" +
			"A collector that fails leaves the others alone: the snapshot is written with what they found, each failure is a line on standard error, " +
			"and the exit code is 3. If nothing could be collected, nothing is written, and the exit code is 1.\n\n" +
			"With --agent, the snapshot is taken on nodes of the cluster, as the resource eidos_agent does it: a Job runs eidos there, and is removed with everything that belongs to it, even after Ctrl-C. " +
			"If some nodes failed, the exit code is 3.",
		Example: "  eidos snapshot --output snapshot.yaml\n" +
			"  eidos snapshot --collectors k8s --kube-context gpu-cluster --format table\n" +
			"  eidos snapshot --host-root /host --output cm://gpu-operator/eidos-snapshot\n" +
			"  eidos snapshot --agent --namespace gpu-operator --runtime-class nvidia --all-nodes --output snapshot.yaml",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.run(command.Context(), newReporter(p, command))
		},
	}
	c.registerFlags(command)
	return command
}

func (c *snapshotCommand) registerFlags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVar(&c.collectors, "collectors", nil, "`names` such as OS/grub or types (k8s, gpu, os, systemd) of what to collect, separated by commas (default: all)")
	flags.StringArrayVar(&c.units, "unit", nil, "systemd `unit` to describe (default: containerd.service); repeatable")
	flags.StringVar(&c.hostRoot, "host-root", "", "`directory` where the root of the host is mounted, in a container (default: /)")
	flags.DurationVar(&c.timeout, "timeout", snapshot.DefaultTimeout, "`time` that each collector may take, or with --agent the whole run, "+agent.DefaultTimeout.String()+" unless stated")
	flags.BoolVar(&c.failFast, "fail-fast", false, "stop all collectors when one fails, and write nothing")
	flags.BoolVar(&c.partial, "allow-partial", false, "end with exit code 0, not 3, if only parts of the snapshot are missing: for a Job, whose pod would count as failed")
	c.output.register(command, "snapshot")
	flags.BoolVar(&c.framed, "framed", false, "mark the snapshot's lines on standard output, and write its SHA-256 first: for the log of a container, which also has other lines")
	c.agent.register(command)
	c.kubernetes.register(flags)
	complete(command, "collectors", collectorWords)
}

func (c *snapshotCommand) run(ctx context.Context, report *reporter) error {
	to, err := c.output.resolve()
	if err != nil {
		return invalid(err)
	}
	if err := c.check(to); err != nil {
		return unusable(err)
	}
	client := c.kubernetes.client(c.process)
	if to.ConfigMap != nil { // not after minutes of collecting
		if _, err := client.Connect(); err != nil {
			return unreachable(err)
		}
	}
	now, created, err := c.output.madeAt(c.process)
	if err != nil { // not after minutes of collecting
		return invalid(err)
	}
	take := c.fromHere
	if c.agent.on {
		take = c.fromAgent
	}
	taken, lacks, err := take(ctx, client, created, report)
	if err != nil {
		return err
	}
	text, err := taken.Encode(to.format)
	switch {
	case err != nil:
	case c.framed:
		err = frame.Write(c.process.Stdout, text)
	default:
		store := c.process.store(client, c.output.force)
		err = writeDocument(ctx, report, store, to, location.Document{Kind: document.SnapshotKind, Text: text, Format: string(to.format), Created: now})
	}
	if err != nil {
		return failed(append(lacks, err)...)
	}
	if c.partial {
		for _, e := range joined.Errors(errors.Join(lacks...)) {
			report.warn(e.Error())
		}
		return nil
	}
	return exitWith(ExitPartial, lacks)
}

// fromHere takes the snapshot of this machine and of its cluster. What it lacks is
// one error for each collector that failed.
func (c *snapshotCommand) fromHere(ctx context.Context, client *cluster.Client, created string, report *reporter) (taken document.Snapshot, lacks []error, err error) {
	wanted, err := c.choose(ctx, client, report)
	if err != nil {
		return taken, nil, err
	}
	taken, failures := c.process.collect(ctx, wanted.all(), report, snapshot.Options{
		Metadata: document.SnapshotMetadata{Created: created, Hostname: c.described(wanted), Version: c.process.Version},
		Timeout:  c.timeout,
		FailFast: c.failFast,
	})
	lacks = describeFailures(failures)
	switch {
	case ctx.Err() != nil, c.failFast && len(lacks) > 0:
		return taken, nil, failed(lacks...)
	case len(taken.Measurements) == 0:
		return taken, nil, failed(append(lacks, errors.New("nothing was collected, so nothing is written"))...)
	}
	return taken, lacks, nil
}

// check finds what is wrong with the flags before anything is collected.
func (c *snapshotCommand) check(to destination) error {
	errs := []error{c.agent.check()}
	if c.framed && (!to.Stream || to.format == document.FormatTable) {
		errs = append(errs, errors.New("--framed is about a document on standard output: use it with --output - and --format yaml or json"))
	}
	if c.partial && c.failFast {
		errs = append(errs, errors.New("--allow-partial and --fail-fast contradict each other: leave out one of them"))
	}
	if c.timeout <= 0 {
		errs = append(errs, fmt.Errorf("--timeout %s: a collector needs time", c.timeout))
	}
	if err := node.CheckHostRoot(c.hostRoot); err != nil {
		errs = append(errs, fmt.Errorf("--host-root %w", err))
	}
	for _, unit := range c.units {
		if err := node.CheckUnit(unit); err != nil {
			errs = append(errs, fmt.Errorf("--unit %q: %w", unit, err))
		}
	}
	return errors.Join(errs...)
}

// describeFailures returns one error for each collector that failed, in the
// order of their names, each on one line: its error may have several parts.
func describeFailures(failures snapshot.Errors) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(failures)) {
		errs = append(errs, errors.New(name+": "+strings.ReplaceAll(failures[name].Error(), "\n", "; ")))
	}
	return errs
}

// nodeName is the variable by which the manifest of a pod names its node.
const nodeName = "NODE_NAME"

// described returns the name of the machine that the snapshot describes, "" for
// one of a cluster alone.
func (c *snapshotCommand) described(wanted chosen) string {
	if len(wanted.local) == 0 {
		return c.process.Getenv(nodeName)
	}
	return hostname(c.hostRoot, c.process.Getenv)
}

// hostname returns the name of the machine: NODE_NAME, else what the host root
// says, else what the system says. It is "" when none of them does.
func hostname(hostRoot string, getenv func(string) string) string {
	if name := getenv(nodeName); name != "" {
		return name
	}
	if hostRoot != "" {
		if name := hostnameBelow(hostRoot); name != "" {
			return name
		}
	}
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// hostnameBelow never leaves the host root, wherever a link leads.
func hostnameBelow(hostRoot string) string {
	root, err := os.OpenRoot(hostRoot)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }() // only read
	text, err := root.ReadFile("etc/hostname")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
