// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

func written(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := run(dir, release{"1.2.3", "2026-01-02T03:04:05Z"}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPagesAreComplete has a page for each command, with each of its flags.
func TestPagesAreComplete(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(written(t), "man")
	all := read(t, filepath.Join(dir, "eidos.1"))
	for _, command := range cli.NewCommand(cli.Process{}).Commands() {
		text := read(t, filepath.Join(dir, pageName(command)+".1"))
		command.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(text, escape("--"+f.Name)) {
				t.Errorf("the page of %s lacks --%s", command.Name(), f.Name)
			}
		})
		for _, want := range []string{`"2026-01-02" "eidos 1.2.3"`, ".SH \"EXIT STATUS\"\n", escape("--debug")} {
			if !strings.Contains(text, want) {
				t.Errorf("the page of %s lacks %q", command.Name(), want)
			}
		}
		if !strings.Contains(all, escape(pageName(command)+"(1)")) {
			t.Errorf("the page of eidos does not name that of %s", command.Name())
		}
	}
}

// TestEscape keeps what roff would take for its own, or print as something else.
func TestEscape(t *testing.T) {
	t.Parallel()
	p := &page{}
	p.paragraphs(".hidden -x 'a' `b` \\n ~/c ^d é\n'quoted\n\n    as it is\n      indented")
	p.term("--a B", ".5 is a number")
	want := `\&.hidden \-x \(aqa\(aq \(gab\(ga \en \(ti/c \(had \[u00E9]
\&\(aqquoted
.PP
.nf
    as it is
      indented
.fi
.TP
\fB\-\-a B\fR
\&.5 is a number
`
	if got := p.roff.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestReleaseHasTheFiles looks for what the archives of a release take from here.
func TestReleaseHasTheFiles(t *testing.T) {
	t.Parallel()
	var config struct {
		Before   struct{ Hooks []string }
		Archives []struct {
			ID    string
			Files []struct{ Src, Dst string }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "../../../.goreleaser.yml")), &config); err != nil {
		t.Fatal(err)
	}
	const out = ".cache/manual"
	if !slices.ContainsFunc(config.Before.Hooks, func(hook string) bool { return strings.Contains(hook, "./internal/tools/manual -out "+out+" ") }) {
		t.Fatalf("the hooks are %q", config.Before.Hooks)
	}
	dir := written(t)
	taken := map[string]int{}
	for _, archive := range config.Archives {
		for _, file := range archive.Files {
			below, ours := strings.CutPrefix(file.Src, out)
			if !ours {
				continue
			}
			found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(below)))
			if err != nil || len(found) == 0 || archive.ID != "command" {
				t.Errorf("%s of the archive %s: %d files, %v", file.Src, archive.ID, len(found), err)
			}
			taken[file.Dst] += len(found)
		}
	}
	for _, folder := range []string{"man", "completions"} {
		there, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil || taken[folder] != len(there) {
			t.Errorf("%s: %d files in archives, %d there, %v", folder, taken[folder], len(there), err)
		}
	}
}
