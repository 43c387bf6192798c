// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

// checkBundleFlags finds mistakes in the flags before anything is read.
func (c *checkCommand) checkBundleFlags() error {
	switch {
	case c.snapshot != "":
		return errors.New("--bundle asks the cluster: leave out --snapshot, or hold a recipe against a snapshot without --bundle")
	case c.catalog != "":
		return errors.New("--catalog is for --snapshot: leave it out with --bundle")
	case c.wait < 0 || c.timeout <= 0:
		return errors.New("--wait and --timeout are times that are not negative, and --timeout is not 0")
	}
	return c.format.check()
}

// runBundle holds a bundle against the cluster.
func (c *checkCommand) runBundle(ctx context.Context, report *reporter) error {
	if err := c.checkBundleFlags(); err != nil {
		return invalid(err)
	}
	reader, err := c.reader(ctx)
	if err != nil {
		return err
	}
	if c.wait > 0 {
		waiting, cancel := context.WithTimeout(ctx, c.wait)
		reader.Await(waiting)
		cancel()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("--timeout is %s", c.timeout))
	defer cancel()
	found, err := reader.Read(ctx)
	if err != nil {
		return failed(err)
	}
	for _, p := range found.Problems {
		report.warn(p.Message)
	}
	items := found.Items()
	if err := c.writeReport(found, items); err != nil {
		return failed(err)
	}
	wrong := slices.DeleteFunc(slices.Clone(items), func(i status.Item) bool { return i.Result != status.Wrong })
	if len(wrong) > 0 {
		return exitWith(ExitDifferent, []error{fmt.Errorf("%d of %d things are not as the bundle says", len(wrong), len(items))})
	}
	return nil
}

// reader reads the bundle, and the recipe where there is one.
func (c *checkCommand) reader(ctx context.Context) (*status.Reader, error) {
	files, err := readBundle(c.bundle)
	if err != nil {
		return nil, err
	}
	components, err := bundle.ReadComponents(files)
	if err != nil {
		return nil, invalid(fmt.Errorf("--bundle %s: %w", c.bundle, err))
	}
	client := c.kubernetes.client(c.process)
	var recipe document.Recipe
	if c.recipe != "" {
		recipe, err = readDocument(ctx, c.process.store(client, false), "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe)
		if err != nil {
			return nil, err
		}
	}
	connected, err := client.Connect()
	if err != nil {
		return nil, unreachable(err)
	}
	reader, err := status.New(ctx, connected, bundle.NewRenderer().Components(), components, recipe)
	if err != nil {
		return nil, invalid(err)
	}
	return reader, nil
}

func (c *checkCommand) writeReport(found status.Report, items []status.Item) error {
	var text []byte
	var err error
	switch c.format.value {
	case checkJSON: // as eidos_status has it
		text, err = jsonText(found)
	case checkJUnit:
		text, err = itemSuite(items).text()
	default:
		text = c.itemTable(items)
	}
	if err == nil {
		_, err = c.process.Stdout.Write(text)
	}
	return err
}

// itemTable is empty where nothing is to be shown.
func (c *checkCommand) itemTable(items []status.Item) []byte {
	rows := [][]string{{"COMPONENT", "WHAT", "STATE", "MESSAGE"}}
	for _, i := range items {
		if c.all || i.Result == status.Wrong {
			rows = append(rows, []string{orDash(i.Component), i.What, i.State, orDash(oneLine(i.Message))})
		}
	}
	if len(rows) == 1 {
		return nil
	}
	return document.Columns(rows)
}
