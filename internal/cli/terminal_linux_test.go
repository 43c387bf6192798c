// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// openTerminal returns both ends of a pseudo terminal that has so many columns.
func openTerminal(t *testing.T, columns uint16) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	fd := int(screen.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return screen, tty
}

// onTerminal returns what a command prints on a terminal.
func (s session) onTerminal(t *testing.T, columns uint16, args ...string) string {
	t.Helper()
	screen, tty := openTerminal(t, columns)
	printed := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(screen) // a terminal that nobody writes to anymore ends with an error
		printed <- strings.ReplaceAll(string(text), "\r\n", "\n")
	}()
	s.stdout = tty
	o := s.run(t, args...)
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	o.check(t, cli.ExitOK)
	return <-printed
}

// longest returns how many characters the longest line has that could be broken.
func longest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		if strings.Contains(strings.TrimSpace(line), " ") {
			most = max(most, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
		}
	}
	return most
}

// TestTablesFitTerminal has the same words on terminals of any width, and lines as
// long as they are where there is no terminal.
func TestTablesFitTerminal(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"recipe", "--service", "eks", "--gpu", "h100", "--k8s", "1.34", "--explain"},
		{"catalog", "rules"},
		{"catalog", "options"},
		{"catalog", "rules", "component-removed"},
		{"catalog", "services"},
	} {
		whole := run(t, args...).stdout
		for _, columns := range []uint16{60, 100, 160} {
			printed := session{}.onTerminal(t, columns, args...)
			if got := longest(printed); got > int(columns) {
				t.Errorf("%q: a line of %d characters on a terminal of %d:\n%s", args, got, columns, printed)
			}
			for _, word := range strings.Fields(whole)[1:] { // the name of the first column shows in tables alone
				if word != "-" && !strings.Contains(printed, word) {
					t.Errorf("%q: no %q on a terminal of %d", args, word, columns)
				}
			}
		}
		equal(t, whole, session{}.onTerminal(t, 5000, args...))
		equal(t, whole, session{env: map[string]string{"COLUMNS": "60"}}.run(t, args...).stdout)
	}
}

// TestTableOnTerminal shows one table on wide, narrower and narrow terminals.
func TestTableOnTerminal(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{"catalog.yaml": `base:
- type: K8s
  subtypes:
  - subtype: image
    data: {driver: 580.126.20, dcgm: 4.5.2-1}
    context: {driver: The newest driver that all releases of the operator have been tested with}
overlays: [{key: {gpu: h100}}]
`})
	args := []string{"recipe", "--catalog", filepath.Join(dir, "catalog.yaml"), "--gpu", "h100", "--ignore-findings", "kubernetes-version-unknown", "--explain"}
	equal(t, `PATH               VALUE        LAYER   REASON
K8s/image/dcgm     4.5.2-1      base    -
K8s/image/driver   580.126.20   base    The newest driver that all releases of
                                        the operator have been tested with
`, session{}.onTerminal(t, 80, args...))
	equal(t, `K8s/image/dcgm
  VALUE    4.5.2-1
  LAYER    base
K8s/image/driver
  VALUE    580.126.20
  LAYER    base
  REASON   The newest driver that all releases of
           the operator have been tested with
`, session{}.onTerminal(t, 50, args...))
}

// TestHelpFitsTerminal follows the terminal, COLUMNS before it, and is as wide as it
// is without one where a terminal is wider.
func TestHelpFitsTerminal(t *testing.T) {
	t.Parallel()
	whole := must(t, "snapshot", "--help")
	equal(t, whole, session{}.onTerminal(t, 200, "snapshot", "--help"))
	equal(t, whole, session{env: map[string]string{"COLUMNS": "40"}}.run(t, "snapshot", "--help").stdout)
	narrow := session{}.onTerminal(t, 70, "snapshot", "--help")
	equal(t, narrow, session{env: map[string]string{"COLUMNS": "70"}}.onTerminal(t, 200, "snapshot", "--help"))
	equal(t, strings.Fields(whole), strings.Fields(narrow))
	for text, width := range map[string]int{whole: 110, narrow: 70} {
		prose, _, _ := strings.Cut(text, "\nExamples:")
		if got := longest(prose); got > width {
			t.Errorf("a line of %d characters, want at most %d:\n%s", got, width, prose)
		}
	}
}
