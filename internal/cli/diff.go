// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// diffCommand is a run of eidos diff.
type diffCommand struct {
	process    Process
	format     formatFlag
	catalog    string
	kubernetes kubernetesFlags
}

func newDiffCommand(p Process) *cobra.Command {
	const two = 2
	c := &diffCommand{process: p, format: tableOrData()}
	command := &cobra.Command{
		Use:   "diff A B [flags]",
		Short: "Show by value how two recipes, snapshots or bundles differ",
		Long: "Compares two recipes, two snapshots, or the directories of two bundles, value by value, in any form: YAML and JSON, other files of a bundle by their SHA-256. " +
			"Of recipes it says which layer set each value, found by making them again with the catalog, and `input` for what the catalog does not set: an overlay, an option or a release of yours, or the snapshot. " +
			"A reason is shown where a document has it, as recipes do that were made with --context.\n\n" +
			"Documents are files, URLs, cm://namespace/name, or - for standard input. The exit code is 4 if they differ.",
		Example: "  eidos diff before.yaml after.yaml\n" +
			"  eidos recipe --snapshot - < snapshot.yaml | eidos diff recipe.yaml -\n" +
			"  eidos diff out-a out-b --format json",
		ValidArgsFunction: completeFiles(two, cobra.ShellCompDirectiveDefault),
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) != two {
				return invalid(fmt.Errorf("want two recipes, snapshots or directories of bundles, got %d; see %s --help", len(args), command.CommandPath()))
			}
			return c.run(command.Context(), args[0], args[1])
		},
	}
	c.format.register(command)
	command.Flags().StringVar(&c.catalog, "catalog", "", "`file` or directory with the catalog that recipes were made with, if it is not the embedded one")
	c.kubernetes.register(command.Flags())
	return command
}

func (c *diffCommand) run(ctx context.Context, a, b string) error {
	if err := c.format.check(); err != nil {
		return invalid(err)
	}
	if a == location.Stream && b == location.Stream {
		return invalid(errors.New("both are standard input: give a file for one of them"))
	}
	changes, err := c.changes(ctx, a, b)
	if err != nil {
		return err
	}
	if err := c.write(changes); err != nil {
		return failed(err)
	}
	if len(changes) > 0 {
		return exitWith(ExitDifferent, []error{fmt.Errorf("%s and %s differ", a, b)})
	}
	return nil
}

func (c *diffCommand) changes(ctx context.Context, a, b string) ([]compare.Change, error) {
	if isDirectory(a) || isDirectory(b) {
		return c.process.bundleChanges(ctx, a, b)
	}
	store := c.process.store(c.kubernetes.client(c.process), false)
	var both [2]compare.Document
	for i, at := range []string{a, b} {
		var err error
		name := []string{"the first document", "the second document"}[i]
		if both[i], err = readDocument(ctx, c.process, store, name, at, []string{location.RecipeKey, location.SnapshotKey}, compare.ReadDocument); err != nil {
			return nil, err
		}
	}
	catalog, err := c.process.loadCatalog(ctx, c.catalog)
	if err != nil {
		return nil, err
	}
	changes, err := compare.Documents(ctx, catalog, both[0], both[1])
	if err != nil {
		return nil, invalid(fmt.Errorf("%s and %s: %w", a, b, err))
	}
	return changes, nil
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func (p Process) bundleChanges(ctx context.Context, a, b string) ([]compare.Change, error) {
	var files [2]map[string][]byte
	for i, dir := range []string{a, b} {
		var err error
		if files[i], err = p.readBundle(dir); err != nil {
			return nil, err
		}
	}
	changes, err := compare.Files(ctx, files[0], files[1])
	return changes, failed(err)
}

// readBundle returns the files of the bundle in a directory.
func (p Process) readBundle(dir string) (map[string][]byte, error) {
	start := p.Now()
	files, err := outdir.NewWriter().ReadFiles(dir)
	p.logRead("the bundle", dir, err, start)
	switch {
	case err != nil:
		return nil, refused(err)
	case files == nil:
		if _, err := os.Stat(dir); err != nil {
			return nil, failed(err)
		}
		return nil, invalid(fmt.Errorf("%s is not the directory of a bundle: no %s in it says which files belong to one", dir, outdir.MarkerName))
	}
	return files, nil
}

func (c *diffCommand) write(changes []compare.Change) error {
	if changes == nil {
		changes = []compare.Change{} // of which JSON says that there are none
	}
	return c.format.write(c.process.Stdout, c.process.changeTable(changes), changes)
}

// changeTable is empty for no changes. It says by which layers values are set where
// these are known.
func (p Process) changeTable(changes []compare.Change) []byte {
	if len(changes) == 0 {
		return nil
	}
	rows := [][]string{{"VALUE", "BEFORE", "SET BY", "AFTER", "SET BY", "REASON"}}
	layered := false
	for _, c := range changes {
		rows = append(rows, []string{c.Path, side(c.Before), orDash(c.BeforeLayer), side(c.After), orDash(c.AfterLayer), orDash(c.Reason)})
		layered = layered || c.BeforeLayer+c.AfterLayer != ""
	}
	if !layered {
		for i, row := range rows {
			rows[i] = []string{row[0], row[1], row[3], row[5]}
		}
	}
	return p.table(rows)
}

// side is one side of a change; of a hash the beginning is enough for people.
func side(text *string) string {
	const sum = len("sha256:") + 12
	switch {
	case text == nil:
		return "-"
	case strings.HasPrefix(*text, "sha256:"):
		return (*text)[:sum]
	default:
		return *text
	}
}
