// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	stdcmp "cmp"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// outcome is what a run leaves behind.
type outcome struct {
	code           int
	stdout, stderr string
}

// session is an environment to run commands in, without a process.
type session struct {
	stdin  string
	stdout io.Writer // nil keeps what is written
	env    map[string]string
	// version is 1.2.3 where it is "".
	version string
}

const created = "2026-01-02T03:04:05Z"

// promise is the first line of a document that ends with a mark.
const promise = "# The last line of this document is \"...\": without it, the document is cut.\n"

func (s session) run(t *testing.T, args ...string) outcome {
	t.Helper()
	return s.runContext(t.Context(), args...)
}

func (s session) runContext(ctx context.Context, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	out := s.stdout
	if out == nil {
		out = &stdout
	}
	code := cli.Run(ctx, cli.Process{
		Args:   args,
		Stdin:  strings.NewReader(s.stdin),
		Stdout: out,
		Stderr: &stderr,
		Getenv: func(name string) string { return s.env[name] },
		Environ: func() []string {
			var pairs []string
			for _, name := range slices.Sorted(maps.Keys(s.env)) {
				pairs = append(pairs, name+"="+s.env[name])
			}
			return pairs
		},
		Now: func() time.Time {
			return time.Date(2026, 1, 2, 4, 4, 5, 6, time.FixedZone("", 3600))
		},
		Version: stdcmp.Or(s.version, "1.2.3"),
	})
	return outcome{code, stdout.String(), stderr.String()}
}

// run runs a command with an empty standard input and environment.
func run(t *testing.T, args ...string) outcome {
	t.Helper()
	return session{}.run(t, args...)
}

// must runs a command that has to succeed silently on standard error, but what
// was written or left unchanged, and that the maker has deprecated the newest release that is known.
func must(t *testing.T, args ...string) string {
	t.Helper()
	o := run(t, args...)
	o.check(t, cli.ExitOK)
	for line := range strings.Lines(o.stderr) {
		if !strings.Contains(line, "deprecated-release silences this") && !strings.Contains(line, ": wrote ") && !strings.Contains(line, ": unchanged ") {
			t.Errorf("standard error has %q", line)
		}
	}
	return o.stdout
}

// check fails unless the run ended with this code and its standard error has
// these texts.
func (o outcome) check(t *testing.T, code int, texts ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d; standard error:\n%s", o.code, code, o.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(o.stderr, text) {
			t.Errorf("standard error has no %q:\n%s", text, o.stderr)
		}
	}
}

// silent fails if anything was written to standard output.
func (o outcome) silent(t *testing.T) {
	t.Helper()
	if o.stdout != "" {
		t.Errorf("standard output has %q", o.stdout)
	}
}

// plant writes files below a new directory and returns it.
func plant(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func contents(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists the files below a directory, with slashes, sorted as a map is.
func names(t *testing.T, dir string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			relative, relErr := filepath.Rel(dir, file)
			found[filepath.ToSlash(relative)] = true
			err = relErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func decodeRecipe(t *testing.T, text string) document.Recipe {
	t.Helper()
	r, err := document.DecodeRecipe(t.Context(), []byte(text))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return r
}

func decodeSnapshot(t *testing.T, text string) document.Snapshot {
	t.Helper()
	s, err := document.DecodeSnapshot(t.Context(), []byte(text))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return s
}

func equal[T any](t *testing.T, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func with(env map[string]string, name, value string) map[string]string {
	copied := maps.Clone(env)
	if copied == nil {
		copied = map[string]string{}
	}
	copied[name] = value
	return copied
}
