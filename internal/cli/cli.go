// SPDX-License-Identifier: Apache-2.0

// Package cli is the front door of the engine for people at a terminal and for
// scripts: flags, locations, messages and exit codes. Every decision about
// clusters, recipes and files is the engine's.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
)

// Process is what the operating system gives to a run of the command.
type Process struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Environ        func() []string // NAME=VALUE, as os.Environ; nil for none
	// Now returns the time of creation that documents carry.
	Now func() time.Time
	// Tick returns a channel that sends every so often, for people who wait; nil
	// where nobody does.
	Tick    func(time.Duration) <-chan time.Time
	Version string
	// ImageDigest is of the image that was published with this version, "" for none.
	ImageDigest string

	lines *lines
	debug *debugSwitch
	log   *slog.Logger
}

// Run runs the command and returns the exit code of the process.
func Run(ctx context.Context, p Process) int {
	p = p.prepared()
	start := p.Now()
	root := newCommand(p) //nolint:contextcheck // cobra hands the context to the command that runs
	root.SetArgs(p.Args)
	executed, err := root.ExecuteContextC(ctx)
	code := newReporter(p, executed).outcome(ctx, err)
	p.log.Debug("Ended", "command", executed.CommandPath(), "exit_code", code, p.took(start))
	return code
}

// NewCommand returns the tree of commands.
func NewCommand(p Process) *cobra.Command { return newCommand(p.prepared()) }

func newCommand(p Process) *cobra.Command {
	root := &cobra.Command{
		Use:   "eidos",
		Short: "From facts about a GPU Kubernetes cluster to a configuration that fits it",
		Long: "eidos turns facts about a GPU Kubernetes cluster into a configuration that is known to fit it:\n\n" +
			"    snapshot (what is there)  ->  recipe (what should run there)  ->  bundle (files and values that make it so)\n\n" +
			"Each step reads what the one before it wrote: from a file, a pipe, a URL or a ConfigMap.",
		Example: "  eidos snapshot | eidos recipe --snapshot - --service eks --intent training | eidos bundle --recipe - --output out\n" +
			"  eidos recipe --service eks --os ubuntu --gpu h100 --intent training --k8s 1.34",
		Version: p.Version,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			p.log.Debug("Started", "command", command.CommandPath(), "version", p.Version)
			follow(p, command)
			return checkFlags(command)
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.SetUsageFunc(p.usage)
	root.SetHelpFunc(p.help)
	root.SetFlagErrorFunc(flagError)
	p.registerDebug(root)
	root.AddCommand(newSnapshotCommand(p), newRecipeCommand(p), newGetCommand(p), newBundleCommand(p), newVerifyCommand(p), newCheckCommand(p), newDiffCommand(p), newCatalogCommand(p), newRulesCommand(p), newServeCommand(p), newVersionCommand(p))
	for _, sub := range root.Commands() {
		sub.Flags().SortFlags = false // help shows them in the order of their registration
	}
	completeNoFiles(append(root.Commands(), root)...)
	countValues(append(root.Commands(), root)...)
	return root
}

// noArguments refuses what stands alone on the command line: documents are
// given with flags.
func noArguments(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: documents are given with flags; see %s --help", args[0], command.CommandPath())
	}
	return nil
}
