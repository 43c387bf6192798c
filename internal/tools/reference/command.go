// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// commandPage describes every command, as its help does.
func commandPage() string {
	root := cli.NewCommand(cli.Process{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }})
	root.InitDefaultCompletionCmd()
	p := newPage("Command reference", "Every command and flag of eidos.")
	p.paragraph(root.Long)
	p.example(root.Example)
	p.section("Exit codes")
	p.table([]string{"Code", "Meaning"}, [][]string{
		{"0", "done"},
		{"1", "a file, a server or the cluster failed, eidos get found no such key, or the command was interrupted; nothing is half-written"},
		{"2", "a flag, a document or its content is wrong"},
		{"3", "a snapshot was written without the parts whose collectors failed; each of them is a line on standard error"},
		{"4", "a check or a diff found differences"},
	})
	for _, command := range root.Commands() {
		if command.IsAvailableCommand() {
			p.command(command)
		}
	}
	return p.String()
}

func (p *page) command(command *cobra.Command) {
	p.section(command.CommandPath())
	p.paragraph(paragraphs(command.Long, command.Short))
	p.example(command.UseLine())
	if command.HasExample() {
		p.paragraph("Examples:")
		p.example(command.Example)
	}
	command.InitDefaultHelpFlag()
	for _, group := range cli.FlagGroups(command) {
		if group.Flags.HasAvailableFlags() {
			p.paragraph(group.Title + ":")
			p.flags(group.Flags)
		}
	}
	p.list(command.Commands())
}

func (p *page) list(commands []*cobra.Command) {
	for i, command := range commands {
		if i == 0 {
			p.printf("\n")
		}
		p.printf("- %s: %s\n", code(command.CommandPath()), command.Short)
	}
}

func paragraphs(long, short string) string {
	if long == "" {
		return short + "."
	}
	return strings.TrimSpace(long)
}

func (p *page) example(text string) {
	p.printf("\n```sh\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(text, "  "), "\n  ", "\n"))
}

func (p *page) flags(flags *pflag.FlagSet) {
	var rows [][]string
	flags.VisitAll(func(f *pflag.Flag) {
		value, help := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + strings.ToUpper(value)
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			help += " (default: " + f.DefValue + ")"
		}
		rows = append(rows, []string{code(name), help})
	})
	p.table([]string{"Flag", "Meaning"}, rows)
}
