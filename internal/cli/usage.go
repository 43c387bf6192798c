// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how many characters a line of help has at most.
const helpWidth = 110

// groupAnnotation marks the flags that help shows under a heading of their own.
const groupAnnotation = "eidos_group"

// FlagGroup is what help shows under one heading.
type FlagGroup struct {
	Title string
	Flags *pflag.FlagSet
}

// FlagGroups returns the flags of a command as help shows them.
func FlagGroups(command *cobra.Command) []FlagGroup {
	groups := []FlagGroup{newFlagGroup("Flags")}
	command.Flags().VisitAll(func(f *pflag.Flag) {
		group := &groups[0]
		if titles := f.Annotations[groupAnnotation]; len(titles) > 0 {
			if groups[len(groups)-1].Title != titles[0] {
				groups = append(groups, newFlagGroup(titles[0]))
			}
			group = &groups[len(groups)-1]
		}
		group.Flags.AddFlag(f)
	})
	return groups
}

func newFlagGroup(title string) FlagGroup {
	flags := pflag.NewFlagSet(title, pflag.ContinueOnError)
	flags.SortFlags = false
	return FlagGroup{Title: title, Flags: flags}
}

// usage writes what help shows below the description of a command.
func usage(command *cobra.Command) error {
	var text strings.Builder
	text.WriteString("Usage:\n")
	if command.Runnable() && !command.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "  %s\n", command.UseLine())
	}
	if command.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "  %s COMMAND [flags]\n", command.CommandPath())
	}
	if command.HasExample() {
		fmt.Fprintf(&text, "\nExamples:\n%s\n", command.Example)
	}
	if command.HasAvailableSubCommands() {
		text.WriteString("\nCommands:\n")
		for _, sub := range command.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(&text, "  %-12s %s\n", sub.Name(), sub.Short)
			}
		}
	}
	for _, group := range FlagGroups(command) {
		if group.Flags.HasAvailableFlags() {
			fmt.Fprintf(&text, "\n%s:\n%s", group.Title, group.Flags.FlagUsagesWrapped(helpWidth))
		}
	}
	if command.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "\n%s COMMAND --help shows the flags of a command.\n", command.CommandPath())
	}
	_, err := fmt.Fprint(command.OutOrStdout(), text.String())
	return err
}
