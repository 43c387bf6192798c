// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

// The formats of eidos check.
const (
	checkText  = "text"
	checkJSON  = "json"
	checkJUnit = "junit"
)

// checkCommand is a run of eidos check.
type checkCommand struct {
	process    Process
	recipe     string
	snapshot   string
	catalog    string
	format     formatFlag
	all        bool
	bundle     string
	wait       time.Duration
	timeout    time.Duration
	kubernetes kubernetesFlags
}

func newCheckCommand(p Process) *cobra.Command {
	c := &checkCommand{process: p, format: formatFlag{known: []string{checkText, checkJSON, checkJUnit}}}
	command := &cobra.Command{
		Use:   "check {--recipe RECIPE --snapshot SNAPSHOT | --bundle DIR} [flags]",
		Short: "Hold a recipe against a snapshot, or a bundle against a cluster",
		Long: "Compares every value of a recipe with what a snapshot says of it: kernel parameters and modules, the kernel's command line, limits of units, " +
			"the driver, versions, and options that show.\n\n" +
			"It prints the values that differ, with the recipe's reasons where it was made with --context, and ends with exit code 4 if there are any. What the snapshot does not say is not a difference.\n\n" +
			"With --bundle it asks the cluster about everything that the bundle in a directory installs: whether its objects are ready, which of their fields have drifted, what Helm has installed, and how the nodes with GPUs are. " +
			"It prints what is wrong, with the same exit code. What it may not read is a warning; where it may read nothing, the exit code is 1. With --recipe it also says which nodes run another driver than the recipe's.",
		Example: "  eidos check --recipe recipe.yaml --snapshot snapshot.yaml\n" +
			"  eidos snapshot | eidos check --recipe recipe.yaml --snapshot -\n" +
			"  eidos check --recipe recipe.yaml --snapshot cm://gpu-operator/eidos-snapshot --format junit\n" +
			"  eidos check --bundle out --wait 20m",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if changed := command.Flags().Changed; c.bundle == "" && (changed("wait") || changed("timeout")) {
				return invalid(errors.New("--wait and --timeout are for --bundle: name the directory of a bundle, or leave them out"))
			}
			if c.bundle != "" {
				return c.runBundle(command.Context(), newReporter(p, command))
			}
			return c.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.recipe, "recipe", "", "the recipe: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVar(&c.snapshot, "snapshot", "", "the snapshot: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVar(&c.bundle, "bundle", "", "`directory` of a bundle to hold against the cluster")
	flags.DurationVar(&c.wait, "wait", 0, "with --bundle, `time` to wait until its objects are ready")
	flags.DurationVar(&c.timeout, "timeout", status.DefaultTimeout, "with --bundle, `time` that looking at the cluster may take, after --wait")
	flags.StringVar(&c.catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one")
	c.format.register(command)
	flags.BoolVar(&c.all, "all", false, "print what agrees or is unknown, too")
	c.kubernetes.register(flags)
	return command
}

// check finds mistakes in the flags before anything is read.
func (c *checkCommand) check() error {
	for _, flag := range []struct{ name, value string }{{"recipe", c.recipe}, {"snapshot", c.snapshot}} {
		if flag.value == "" {
			return fmt.Errorf("--%s is missing: give a file, a URL, cm://namespace/name or -; or hold a bundle against the cluster with --bundle", flag.name)
		}
	}
	if c.recipe == location.Stream && c.snapshot == location.Stream {
		return errors.New("--recipe and --snapshot both read standard input: give a file for one of them")
	}
	return c.format.check()
}

func (c *checkCommand) run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return invalid(err)
	}
	catalog, err := loadCatalog(ctx, c.catalog)
	if err != nil {
		return err
	}
	store := c.process.store(c.kubernetes.client(c.process), false)
	wanted, err := readDocument(ctx, store, "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe)
	if err != nil {
		return err
	}
	there, err := readDocument(ctx, store, "--snapshot", c.snapshot, []string{location.SnapshotKey}, document.Value.Snapshot)
	if err != nil {
		return err
	}
	values, err := compare.Compare(catalog, there, wanted)
	if err != nil {
		return failed(err)
	}
	if err := c.write(values); err != nil {
		return failed(err)
	}
	if n := len(compare.Differences(values)); n > 0 {
		return exitWith(ExitDifferent, []error{fmt.Errorf("%d of %d values differ", n, len(values))})
	}
	return nil
}

func (c *checkCommand) write(values []compare.Value) error {
	shown := compare.Differences(values)
	if c.all {
		shown = values
	}
	var text []byte
	var err error
	switch c.format.value {
	case checkJSON:
		if shown == nil {
			shown = []compare.Value{}
		}
		text, err = jsonText(shown)
	case checkJUnit: // a report names what passed, whatever is shown
		text, err = valueSuite(values).text()
	default:
		if len(shown) > 0 {
			text = document.Columns(checkTable(shown))
		}
	}
	if err == nil {
		_, err = c.process.Stdout.Write(text)
	}
	return err
}

func checkTable(values []compare.Value) [][]string {
	rows := [][]string{{"VALUE", "STATE", "RECIPE", "SNAPSHOT", "REASON"}}
	for _, v := range values {
		rows = append(rows, []string{v.Path, string(v.State), orDash(v.Want), orDash(v.Have), orDash(v.Reason)})
	}
	return rows
}
