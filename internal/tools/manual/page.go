// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// page is a man page in the macros of man(7).
type page struct{ roff strings.Builder }

func pageName(command *cobra.Command) string {
	return strings.ReplaceAll(command.CommandPath(), " ", "-")
}

// manPage describes a command, as its help does.
func manPage(command *cobra.Command, made release) string {
	p := &page{}
	name := pageName(command)
	p.macro("TH", strings.ToUpper(name), "1", made.date, "eidos "+made.version, "")
	p.macro("SH", "NAME")
	p.line(name + " - " + command.Short)
	p.macro("SH", "SYNOPSIS")
	if command.HasAvailableSubCommands() {
		p.line(command.CommandPath() + " COMMAND [flags]")
	} else {
		p.line(command.UseLine())
	}
	p.macro("SH", "DESCRIPTION")
	p.paragraphs(cli.Description(command))
	p.commands(command)
	command.InitDefaultHelpFlag()
	command.InitDefaultVersionFlag()
	for _, group := range cli.FlagGroups(command) {
		if group.Flags.HasAvailableFlags() {
			p.macro("SH", strings.ToUpper(group.Title))
			p.flags(group.Flags)
		}
	}
	if command.HasExample() {
		p.macro("SH", "EXAMPLES")
		p.paragraphs(command.Example)
	}
	p.exitCodes()
	p.seeAlso(command)
	return p.roff.String()
}

// paragraphs writes a text, and as they are the lines that are indented.
func (p *page) paragraphs(text string) {
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			p.macro("PP")
		}
		if !strings.HasPrefix(paragraph, " ") && !strings.HasPrefix(paragraph, "\t") {
			p.line(paragraph)
			continue
		}
		p.macro("nf")
		p.line(paragraph)
		p.macro("fi")
	}
}

func (p *page) commands(command *cobra.Command) {
	if !command.HasAvailableSubCommands() {
		return
	}
	p.macro("SH", "COMMANDS")
	for _, sub := range command.Commands() {
		if sub.IsAvailableCommand() {
			p.term(sub.Name(), sub.Short)
		}
	}
}

func (p *page) flags(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		p.term(cli.FlagNames(f))
	})
}

func (p *page) exitCodes() {
	p.macro("SH", "EXIT STATUS")
	for code, meaning := range cli.ExitCodes() {
		p.term(strconv.Itoa(code), meaning)
	}
}

// seeAlso names the page of all commands, or there the others.
func (p *page) seeAlso(command *cobra.Command) {
	p.macro("SH", "SEE ALSO")
	if command.HasParent() {
		p.line(pageName(command.Root()) + "(1)")
		return
	}
	var names []string
	for _, sub := range command.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, pageName(sub)+"(1)")
		}
	}
	p.line(strings.Join(names, ", "))
}

// term writes a name, and behind it what it means.
func (p *page) term(name, meaning string) {
	p.macro("TP")
	p.roff.WriteString(`\fB` + escape(name) + "\\fR\n")
	p.line(meaning)
}

func (p *page) macro(name string, arguments ...string) {
	p.roff.WriteString("." + name)
	for _, argument := range arguments {
		p.roff.WriteString(` "` + strings.ReplaceAll(argument, `"`, `\(dq`) + `"`)
	}
	p.roff.WriteByte('\n')
}

// line writes lines of text, none of which is taken for a macro.
func (p *page) line(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			p.roff.WriteString(`\&`)
		}
		p.roff.WriteString(escape(line) + "\n")
	}
}

// escape has characters printed as they are that roff prints as others: whoever copies
// an example wants the hyphen of ASCII, and not that of a book.
func escape(text string) string {
	var escaped strings.Builder
	for _, c := range text {
		switch {
		case c == '\\':
			escaped.WriteString(`\e`)
		case c == '-':
			escaped.WriteString(`\-`)
		case c == '\'':
			escaped.WriteString(`\(aq`)
		case c == '`':
			escaped.WriteString(`\(ga`)
		case c == '^':
			escaped.WriteString(`\(ha`)
		case c == '~':
			escaped.WriteString(`\(ti`)
		case c > '~':
			fmt.Fprintf(&escaped, `\[u%04X]`, c)
		default:
			escaped.WriteRune(c)
		}
	}
	return escaped.String()
}
