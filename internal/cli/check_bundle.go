// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	case c.preflight.on:
		return errors.New("--preflight is for what is not installed yet, --bundle for what is: leave out one of them")
	case c.catalog != "":
		return errors.New("--catalog is for --snapshot: leave it out with --bundle")
	case c.wait < 0 || c.timeout <= 0:
		return errors.New("--wait and --timeout are times that are not negative, and --timeout is not 0")
	}
	return errors.Join(c.preflight.check(), c.format.check())
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
		c.await(ctx, reader)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("--timeout is %s", c.timeout))
	defer cancel()
	end := waitFor(ctx, "looking at the cluster")
	found, err := reader.Read(ctx)
	end()
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
	if n := len(wrongItems(items)); n > 0 {
		return exitWith(ExitDifferent, []error{fmt.Errorf("%d of %d things are not as the bundle says", n, len(items))})
	}
	return nil
}

// await returns when everything is ready, or when --wait is over.
func (c *checkCommand) await(ctx context.Context, reader *status.Reader) {
	defer waitFor(ctx, "waiting until everything in the bundle is ready, at most "+c.wait.String())()
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	reader.Await(ctx)
}

// reader reads the bundle, and the recipe where there is one.
func (c *checkCommand) reader(ctx context.Context) (*status.Reader, error) {
	files, err := c.process.readBundle(c.bundle)
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
		recipe, err = readDocument(ctx, c.process, c.process.store(client, false), "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe)
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

// writeReport prints what is wrong, as JSON the whole report as eidos_status has it.
func (c *checkCommand) writeReport(found status.Report, items []status.Item) error {
	if c.format.value == checkJSON {
		text, err := jsonText(found)
		if err == nil {
			_, err = c.process.Stdout.Write(text)
		}
		return err
	}
	shown := items
	if !c.all {
		shown = wrongItems(items)
	}
	return printChecked(c, shown, itemTable(shown), itemCases(items))
}

func wrongItems(items []status.Item) []status.Item {
	return slices.DeleteFunc(slices.Clone(items), func(i status.Item) bool { return i.Result != status.Wrong })
}

func itemTable(items []status.Item) [][]string {
	rows := [][]string{{"COMPONENT", "WHAT", "STATE", "MESSAGE"}}
	for _, i := range items {
		rows = append(rows, []string{orDash(i.Component), i.What, i.State, orDash(oneLine(i.Message))})
	}
	return rows
}

func itemCases(items []status.Item) []junitCase {
	cases := make([]junitCase, len(items))
	for i, item := range items {
		cases[i].Name = strings.TrimSpace(item.Component + " " + item.What)
		message := &junitMessage{Message: item.State + ": " + item.Message}
		switch item.Result {
		case status.Wrong:
			cases[i].Failure = message
		case status.Skipped:
			cases[i].Skipped = message
		}
	}
	return cases
}
