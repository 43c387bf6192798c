// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestReporter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		color bool
		want  string
	}{
		"colorless": {false, "eidos x: error: a b\neidos x: warning: w\neidos x: note: n\neidos x: wrote f\n"},
		"colors":    {true, "eidos x: \x1b[31merror\x1b[0m: a b\neidos x: \x1b[33mwarning\x1b[0m: w\neidos x: \x1b[36mnote\x1b[0m: n\neidos x: \x1b[32mwrote\x1b[0m f\n"},
	} {
		var out bytes.Buffer
		r := &reporter{w: &lines{w: &out}, command: "eidos x", color: test.color}
		r.error("a\n  b\r\n")
		r.warn("w")
		r.note("n")
		r.wrote("f")
		if diff := cmp.Diff(test.want, out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestReporterTerminal has no terminal: neither a buffer nor a file nor the
// null device is one, whatever the variables say.
func TestReporterTerminal(t *testing.T) {
	t.Parallel()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = null.Close() })
	for _, p := range []Process{{Stderr: &bytes.Buffer{}}, {Stderr: null}} {
		p.Getenv = func(string) string { return "" }
		if r := newReporter(p.prepared(), &cobra.Command{Use: "eidos"}); r.w.overwrites || r.color {
			t.Errorf("%T is taken for a terminal", p.Stderr)
		}
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain":                "plain",
		"two\nlines":           "two lines",
		"  indented:\n  - a\n": "indented: - a",
		"\x1b[31mred\x1b[0m":   "\ufffd[31mred\ufffd[0m",
		"bell\a, csi \u009b":   "bell\ufffd, csi \ufffd",
		"tab\there":            "tab\ufffdhere",
		"":                     "",
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestExitErrors(t *testing.T) {
	t.Parallel()
	one, two := errors.New("one"), errors.New("two")
	if err := failed(nil, errors.Join(nil)); err != nil {
		t.Errorf("no error becomes %v", err)
	}
	exit := asExit(failed(errors.Join(one, fmt.Errorf("around: %w", two))))
	if exit.code != ExitFailure || exit.Error() != "one\naround: two" {
		t.Errorf("got %d, %q", exit.code, exit)
	}
	if exit := asExit(one); exit.code != ExitUsage {
		t.Errorf("an error of the command line ends with %d", exit.code)
	}
}
