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
		Long: "Lists the services and GPUs that recipes exist for, their options, the components of bundles with the releases of their charts, " +
			"and the rules that recipes and bundles are checked by. A name shows more of one.",
		Example: "  eidos catalog\n  eidos catalog gpus h100\n  eidos catalog releases gpu-operator\n  eidos catalog rules --format json",
		Args:    c.checkArguments,
		RunE: func(command *cobra.Command, args []string) error {
			return c.run(command.Context(), args)
		},
		ValidArgsFunction: func(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return c.completion(command.Context(), args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	command.Flags().StringVar(&c.catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one")
	c.format.register(command)
	return command
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

func (c *catalogCommand) list(ctx context.Context) (*listing.Listing, error) {
	catalog, err := loadCatalog(ctx, c.catalog)
	if err != nil {
		return nil, err
	}
	all, err := listing.New(catalog, bundle.NewRenderer())
	return all, failed(err)
}

func (c *catalogCommand) run(ctx context.Context, args []string) error {
	if err := c.format.check(); err != nil {
		return invalid(err)
	}
	all, err := c.list(ctx)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return c.write(c.process.table(overview(all)), all)
	}
	kind, err := kindNamed(args[0])
	if err != nil {
		return invalid(err)
	}
	entries := kind.entries(all)
	if len(args) == 1 {
		return c.write(c.process.table(kind.table(entries)), items(entries))
	}
	i := slices.IndexFunc(entries, func(e catalogEntry) bool { return strings.EqualFold(e.name, args[1]) })
	if i < 0 {
		return invalid(fmt.Errorf("the catalog has no %q under %s%s", args[1], kind.name, suggest.Question(args[1], entryNames(entries))))
	}
	return c.write(kind.detail(c.process, entries[i]), entries[i].item)
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
		all, err := c.list(ctx)
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
		rows = append(rows, []string{k.name, fmt.Sprint(len(k.entries(all))), k.about})
	}
	return rows
}
