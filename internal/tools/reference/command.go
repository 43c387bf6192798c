// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// commandPage describes every command, as its help does.
func commandPage() string {
	root := cli.NewCommand(cli.Process{})
	root.InitDefaultCompletionCmd()
	p := newPage("Command reference", "Every command and flag of eidos.")
	p.paragraph(root.Long)
	p.example(root.Example)
	p.section("Exit codes")
	var codes [][]string
	for code, meaning := range cli.ExitCodes() {
		codes = append(codes, []string{strconv.Itoa(code), meaning})
	}
	p.table([]string{"Code", "Meaning"}, codes)
	for _, command := range root.Commands() {
		if command.IsAvailableCommand() {
			p.command(command)
		}
	}
	return p.String()
}

func (p *page) command(command *cobra.Command) {
	p.section(command.CommandPath())
	p.paragraph(cli.Description(command))
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

func (p *page) example(text string) {
	p.printf("\n```sh\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(text, "  "), "\n  ", "\n"))
}

func (p *page) flags(flags *pflag.FlagSet) {
	var rows [][]string
	flags.VisitAll(func(f *pflag.Flag) {
		names, help := cli.FlagNames(f)
		rows = append(rows, []string{code(names), help})
	})
	p.table([]string{"Flag", "Meaning"}, rows)
}
