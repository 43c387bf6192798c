// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// reporter writes what happens on standard error, one line each: "eidos recipe:
// warning: ...", "eidos recipe: wrote recipe.yaml". It may be used by several
// goroutines.
type reporter struct {
	w       *lines
	command string
	color   bool
	tick    func(time.Duration) <-chan time.Time // as in Process
}

func newReporter(p Process, command *cobra.Command) *reporter {
	return &reporter{
		w: p.lines, command: command.CommandPath(), tick: p.Tick,
		color: p.lines.overwrites && p.Getenv("NO_COLOR") == "",
	}
}

// Colors of a terminal, as parameters of the SGR sequence.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (r *reporter) error(text string) { r.line(red, "error", ": ", text) }
func (r *reporter) warn(text string)  { r.line(yellow, "warning", ": ", text) }
func (r *reporter) note(text string)  { r.line(cyan, "note", ": ", text) }

// wrote names what a command has written: a file, a directory or a ConfigMap.
func (r *reporter) wrote(what string) { r.line(green, "wrote", " ", what) }

// unchanged names what a command would have written, and found as it would write it.
func (r *reporter) unchanged(what string) { r.line(green, "unchanged", " ", what) }

func (r *reporter) line(color, kind, separator, text string) {
	if r.color {
		kind = "\x1b[" + color + "m" + kind + "\x1b[0m"
	}
	// There is nowhere to report a broken standard error.
	_, _ = fmt.Fprintf(r.w, "%s: %s%s%s\n", r.command, kind, separator, oneLine(text))
}

// oneLine joins the lines of a text, and shows other control characters: a
// document must not drive the terminal.
func oneLine(text string) string {
	lines := strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 {
			return '\ufffd'
		}
		return c
	}, strings.Join(lines, " "))
}

// outcome reports an error and returns the exit code.
func (r *reporter) outcome(ctx context.Context, err error) int {
	if err == nil {
		return ExitOK
	}
	if ctx.Err() != nil {
		r.error("interrupted")
		return ExitFailure
	}
	exit := asExit(err)
	for _, e := range exit.errs {
		r.error(e.Error())
	}
	return exit.code
}
