// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how many characters a line of help has at most: longer ones are hard to
// read, also where a terminal has room for them.
const helpWidth = 110

// helpWidth is that of the terminal, as far as lines that long are good to read.
func (p Process) helpWidth() int {
	if width := p.width(); width > 0 {
		return min(width, helpWidth)
	}
	return helpWidth
}

// help writes what a command does, and its usage.
func (p Process) help(command *cobra.Command, _ []string) {
	text := cmp.Or(command.Long, command.Short)
	// Help has nobody to report a broken output to, as in cobra.
	_, _ = fmt.Fprintf(command.OutOrStdout(), "%s\n\n", wrapLines(strings.TrimSpace(text), p.helpWidth()))
	_ = p.usage(command)
}

// commandColumn is how wide the names of commands are in help.
const commandColumn = 12

// hanging wraps what stands behind the name of a command.
func hanging(text string, width int) string {
	indent := commandColumn + len("   ")
	return strings.Join(wrap(text, width-indent), "\n"+strings.Repeat(" ", indent))
}

// wrapLines wraps the lines of a text that are not indented: those are examples.
func wrapLines(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, wrap(line, width)...)
	}
	return strings.Join(lines, "\n")
}

// groupAnnotation marks the flags that help shows under a heading of their own.
const groupAnnotation = "eidos_group"

// FlagGroup is what help shows under one heading.
type FlagGroup struct {
	Title string
	Flags *pflag.FlagSet
}

// FlagGroups returns the flags of a command as help shows them.
func FlagGroups(command *cobra.Command) []FlagGroup {
	command.InheritedFlags() // which adds them to the others
	groups := []FlagGroup{newFlagGroup("Flags")}
	command.Flags().VisitAll(func(f *pflag.Flag) {
		i := 0
		if titles := f.Annotations[groupAnnotation]; len(titles) > 0 {
			i = slices.IndexFunc(groups, func(g FlagGroup) bool { return g.Title == titles[0] })
			if i < 0 {
				i = len(groups)
				groups = append(groups, newFlagGroup(titles[0]))
			}
		}
		groups[i].Flags.AddFlag(f)
	})
	return groups
}

func newFlagGroup(title string) FlagGroup {
	flags := pflag.NewFlagSet(title, pflag.ContinueOnError)
	flags.SortFlags = false
	return FlagGroup{Title: title, Flags: flags}
}

// Description is what a command does, in sentences.
func Description(command *cobra.Command) string {
	return strings.TrimSpace(cmp.Or(command.Long, command.Short+"."))
}

// FlagNames are those of a flag, with the name of its value, as "-o, --output FILE"; help
// is what it means.
func FlagNames(f *pflag.Flag) (names, help string) {
	value, help := pflag.UnquoteUsage(f)
	names = "--" + f.Name
	if f.Shorthand != "" {
		names = "-" + f.Shorthand + ", " + names
	}
	if value != "" {
		names += " " + strings.ToUpper(value)
	}
	return names, help + flagDefault(f)
}

// flagDefault says what a flag is where nobody gives it, "" where that is nothing.
func flagDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "[]", "0":
		return ""
	default:
		return " (default: " + f.DefValue + ")"
	}
}

// usage writes what help shows below the description of a command.
func (p Process) usage(command *cobra.Command) error {
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
				fmt.Fprintf(&text, "  %-*s %s\n", commandColumn, sub.Name(), hanging(sub.Short, p.helpWidth()))
			}
		}
	}
	for _, group := range FlagGroups(command) {
		if group.Flags.HasAvailableFlags() {
			fmt.Fprintf(&text, "\n%s:\n%s", group.Title, group.Flags.FlagUsagesWrapped(p.helpWidth()))
		}
	}
	if command.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "\n%s COMMAND --help shows the flags of a command.\n", command.CommandPath())
	}
	_, err := fmt.Fprint(command.OutOrStdout(), text.String())
	return err
}
