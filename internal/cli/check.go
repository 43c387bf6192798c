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
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
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
	preflight  preflight
	bundle     string
	wait       time.Duration
	timeout    time.Duration
	kubernetes kubernetesFlags
}

func newCheckCommand(p Process) *cobra.Command {
	c := &checkCommand{process: p, format: formatFlag{known: []string{checkText, checkJSON, checkJUnit}}}
	command := &cobra.Command{
		Use:   "check {--recipe RECIPE {--snapshot SNAPSHOT | --preflight} | --bundle DIR} [flags]",
		Short: "Compare a recipe with a snapshot, or a bundle with a cluster",
		Long: "Compares every value of a recipe with a snapshot: kernel parameters and modules, the kernel's command line, limits of units, " +
			"the driver, versions, and options that show.\n\n" +
			"It prints the values that differ, with the recipe's reasons if it was made with --context, and ends with exit code 4 if there are any. A value that the snapshot does not tell is not a difference.\n\n" +
			"With --preflight, it reports what the cluster would have twice after an install: a component under another Helm release, a ClusterPolicy, another device plugin. " +
			"Without --snapshot, it asks the cluster itself. It ends with exit code 4 if there is anything.\n\n" +
			"With --bundle it asks the cluster about everything that the bundle in a directory installs: whether its objects are ready, which of their fields have drifted, what Helm has installed, and how the nodes with GPUs are. " +
			"It prints what is wrong, and ends with exit code 4 then. What it may not read is a warning; where it may read nothing, the exit code is 1. With --recipe it also says which nodes run another driver than the recipe's.",
		Example: "  eidos check --recipe recipe.yaml --snapshot snapshot.yaml\n" +
			"  eidos snapshot | eidos check --recipe recipe.yaml --snapshot -\n" +
			"  eidos check --recipe recipe.yaml --snapshot cm://gpu-operator/eidos-snapshot --format junit\n" +
			"  eidos check --preflight --recipe recipe.yaml --kube-context training\n" +
			"  eidos check --bundle out --wait 20m",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if changed := command.Flags().Changed; c.bundle == "" && (changed("wait") || changed("timeout")) {
				return invalid(errors.New("--wait and --timeout are for --bundle: name the directory of a bundle, or leave them out"))
			}
			report := newReporter(p, command)
			if c.bundle != "" {
				return c.runBundle(command.Context(), report)
			}
			return c.run(command.Context(), report)
		},
	}
	flags := command.Flags()
	flags.StringVar(&c.recipe, "recipe", "", "the recipe: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVar(&c.snapshot, "snapshot", "", "the snapshot: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVar(&c.catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one")
	documents(command, "recipe", "snapshot")
	c.format.register(command)
	flags.BoolVar(&c.all, "all", false, "also print values that agree or are unknown")
	c.preflight.register(command, func(ctx context.Context) []string { return p.componentsOf(ctx, c.recipe) })
	flags.StringVar(&c.bundle, "bundle", "", "`directory` of a bundle to compare with the cluster, instead")
	flags.DurationVar(&c.wait, "wait", 0, "with --bundle, `time` to wait until its objects are ready")
	flags.DurationVar(&c.timeout, "timeout", status.DefaultTimeout, "with --bundle, `time` that reading the cluster may take, after --wait")
	c.kubernetes.register(flags)
	return command
}

// check finds mistakes in the flags before anything is read.
func (c *checkCommand) check() error {
	switch {
	case c.recipe == "":
		return errors.New("--recipe is missing: give a file, a URL, cm://namespace/name or -; or hold a bundle against the cluster with --bundle")
	case c.snapshot == "" && !c.preflight.on:
		return errors.New("--snapshot is missing: give a file, a URL, cm://namespace/name or -")
	}
	return errors.Join(c.preflight.check(), c.format.check())
}

func (c *checkCommand) run(ctx context.Context, report *reporter) error {
	if err := c.check(); err != nil {
		return invalid(err)
	}
	catalog, err := c.process.loadCatalog(ctx, c.catalog)
	if err != nil {
		return err
	}
	client := c.kubernetes.client(c.process)
	store := c.process.store(client, false)
	wanted, err := readDocument(ctx, c.process, store, "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe)
	if err != nil {
		return err
	}
	if c.snapshot == "" {
		there, missing, err := c.process.takeSnapshot(ctx, client, catalog, report)
		if err != nil {
			return err
		}
		return c.look(ctx, catalog, wanted, there, missing)
	}
	there, err := readDocument(ctx, c.process, store, "--snapshot", c.snapshot, []string{location.SnapshotKey}, document.Value.Snapshot)
	switch {
	case err != nil:
		return err
	case c.preflight.on:
		return c.look(ctx, catalog, wanted, there, nil)
	default:
		return c.compare(catalog, wanted, there)
	}
}

func (c *checkCommand) compare(catalog *recipe.Catalog, wanted document.Recipe, there document.Snapshot) error {
	values, err := compare.Compare(catalog, there, wanted)
	if err != nil {
		return failed(err)
	}
	different := compare.Differences(values)
	shown := different
	if c.all {
		shown = values
	}
	if err := printChecked(c, shown, checkTable(shown), valueCases(values)); err != nil {
		return failed(err)
	}
	if n := len(different); n > 0 {
		return exitWith(ExitDifferent, []error{fmt.Errorf("%d of %d values differ", n, len(values))})
	}
	return nil
}

// printChecked prints what is shown in the format of the command; rows have a head. A
// report for CI systems names what passed, whatever is shown.
func printChecked[T any](c *checkCommand, shown []T, rows [][]string, cases []junitCase) error {
	var text []byte
	var err error
	switch c.format.value {
	case checkJSON:
		text, err = jsonText(append([]T{}, shown...))
	case checkJUnit:
		text, err = junitText("eidos check", cases)
	default:
		if len(shown) > 0 {
			text = c.process.table(rows)
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

// valueCases are a test for each value, skipped where the snapshot does not say.
func valueCases(values []compare.Value) []junitCase {
	cases := make([]junitCase, len(values))
	for i, v := range values {
		cases[i].Name = v.Path
		switch v.State {
		case compare.Different:
			cases[i].Failure = &junitMessage{fmt.Sprintf("the recipe says %s, the snapshot %s", orDash(v.Want), orDash(v.Have)), v.Reason}
		case compare.Unknown:
			cases[i].Skipped = &junitMessage{Message: "the snapshot does not say"}
		}
	}
	return cases
}
