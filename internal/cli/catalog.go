// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// catalogCommand is a run of eidos catalog.
type catalogCommand struct {
	process Process
	catalog string
	format  formatFlag
}

func newCatalogCommand(p Process) *cobra.Command {
	c := &catalogCommand{process: p, format: tableOrData()}
	command := &cobra.Command{
		Use:   "catalog [" + strings.Join(kindNames(), "|") + "] [NAME] [flags]",
		Short: "List what there is to choose from",
		Long: "Lists the services, GPUs and versions of Kubernetes that recipes exist for, which of them do not go together and why, options, " +
			"the components of bundles with the releases of their charts, and the rules that recipes and bundles are checked against. With a name, it shows the details of that one.",
		Example: "  eidos catalog\n  eidos catalog gpus h100\n  eidos catalog releases gpu-operator\n  eidos catalog rules --format json",
		Args:    c.checkArguments,
		RunE: func(command *cobra.Command, args []string) error {
			return c.run(command.Context(), args)
		},
		ValidArgsFunction: func(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return c.completion(command.Context(), args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.register(command)
	return command
}

// newRulesCommand lists one kind by a name of its own: a finding names its rule, and
// this is where to look it up.
func newRulesCommand(p Process) *cobra.Command {
	c := &catalogCommand{process: p, format: tableOrData()}
	of := func(args []string) []string { return append([]string{ruleKind}, args...) }
	command := &cobra.Command{
		Use:   "rules [NAME] [flags]",
		Short: "Explain the rules that recipes and bundles are checked by",
		Long: "Lists the rules that recipes and bundles are checked against, as eidos catalog rules does. With the name of a rule, as a finding shows it, it explains what breaks the rule, why that matters, and what to do. " +
			"A finding has the values of your cluster instead of each ${...}.",
		Example: "  eidos rules\n  eidos rules mig-unsupported-gpu\n  eidos rules --format json",
		Args:    func(command *cobra.Command, args []string) error { return c.checkArguments(command, of(args)) },
		RunE: func(command *cobra.Command, args []string) error {
			return c.run(command.Context(), of(args))
		},
		ValidArgsFunction: func(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return c.completion(command.Context(), of(args)), cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.register(command)
	return command
}

func (c *catalogCommand) register(command *cobra.Command) {
	command.Flags().StringVar(&c.catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one")
	c.format.register(command)
}

func (c *catalogCommand) checkArguments(command *cobra.Command, args []string) error {
	const most = 2
	if len(args) > most {
		return fmt.Errorf("unexpected argument %q; see %s --help", args[most], command.CommandPath())
	}
	if len(args) > 0 {
		_, err := kindNamed(args[0])
		return err
	}
	return nil
}

// list lists the catalog for a kind, "" for all.
func (c *catalogCommand) list(ctx context.Context, kind string) (*listing.Listing, error) {
	catalog, err := c.process.loadCatalog(ctx, c.catalog)
	if err != nil {
		return nil, err
	}
	all, err := listing.New(ctx, catalog, bundle.NewRenderer())
	if err == nil && (kind == "" || kind == kindGaps) {
		err = all.FindGaps(ctx, catalog)
	}
	return all, failed(err)
}

func (c *catalogCommand) run(ctx context.Context, args []string) error {
	if err := c.format.check(); err != nil {
		return invalid(err)
	}
	if len(args) == 0 {
		all, err := c.list(ctx, "")
		if err != nil {
			return err
		}
		return c.write(c.process.table(overview(all)), all)
	}
	kind, err := kindNamed(args[0])
	if err != nil {
		return invalid(err)
	}
	all, err := c.list(ctx, kind.name)
	if err != nil {
		return err
	}
	entries := kind.entries(all)
	if len(args) == 1 {
		return c.write(c.process.table(kind.table(entries)), items(entries))
	}
	found := slices.DeleteFunc(slices.Clone(entries), func(e catalogEntry) bool { return !strings.EqualFold(e.name, args[1]) })
	if len(found) == 0 {
		return invalid(fmt.Errorf("the catalog has no %q under %s%s", args[1], kind.name, suggest.Question(args[1], entryNames(entries))))
	}
	var text []byte
	for _, e := range found {
		text = append(text, kind.detail(c.process, e)...)
	}
	if len(found) > 1 { // a rule of recipes and one of bundles
		return c.write(text, items(found))
	}
	return c.write(text, found[0].item)
}

// write writes a table, or what it is made from.
func (c *catalogCommand) write(table []byte, item any) error {
	return failed(c.format.write(c.process.Stdout, table, item))
}

func (c *catalogCommand) completion(ctx context.Context, args []string) []string {
	switch len(args) {
	case 0:
		return kindNames()
	case 1:
		kind, err := kindNamed(args[0])
		if err != nil {
			return nil
		}
		all, err := c.list(ctx, kind.name)
		if err != nil {
			return nil
		}
		return entryNames(kind.entries(all))
	default:
		return nil
	}
}

func kindNames() []string {
	var names []string
	for _, k := range catalogKinds() {
		names = append(names, k.name)
	}
	return names
}

func kindNamed(name string) (catalogKind, error) {
	kinds := catalogKinds()
	i := slices.IndexFunc(kinds, func(k catalogKind) bool { return k.name == name })
	if i < 0 {
		return catalogKind{}, fmt.Errorf("the catalog has no %q, but %s%s", name, words.And(kindNames()), suggest.Question(name, kindNames()))
	}
	return kinds[i], nil
}

// overview counts what each kind has.
func overview(all *listing.Listing) [][]string {
	rows := [][]string{{"KIND", "COUNT", "WHAT IT LISTS"}}
	for _, k := range catalogKinds() {
		count := 0
		for _, e := range k.entries(all) {
			count += len(e.rows)
		}
		rows = append(rows, []string{k.name, fmt.Sprint(count), k.about})
	}
	return rows
}
