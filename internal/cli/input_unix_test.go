// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// inputs returns the arguments of a run for every flag that names a file, with what
// the file may hold.
func inputs(t *testing.T) map[string]struct {
	args    func(file string) []string
	content string
} {
	t.Helper()
	snapshot := run(t, "snapshot", "--host-root", hostRoot(t)).stdout
	recipe := run(t, "recipe", "--gpu", "h100").stdout
	dir := plant(t, map[string]string{"recipe.yaml": recipe})
	bundle := []string{"bundle", "--recipe", filepath.Join(dir, "recipe.yaml"), "--dry-run", "--output", filepath.Join(dir, "out")}
	type input = struct {
		args    func(file string) []string
		content string
	}
	with := func(args []string, flag, prefix, content string) input {
		return input{func(file string) []string { return slices.Concat(args, []string{flag, prefix + file}) }, content}
	}
	return map[string]input{
		"--snapshot": with([]string{"recipe", "--allow-uncovered"}, "--snapshot", "", snapshot),
		"--overlay":  with([]string{"recipe", "--gpu", "h100"}, "--overlay", "", "key: {gpu: h100}\n"),
		"--recipe":   with([]string{"bundle", "--dry-run", "--output", filepath.Join(dir, "out")}, "--recipe", "", recipe),
		"--values":   with(bundle, "--values", "gpu-operator=", "nfd: {enabled: false}\n"),
		"--object":   with(bundle, "--object", "network-operator/nicclusterpolicy=", "spec: {}\n"),
	}
}

// TestInputsThatAreNoFiles gives every flag what never ends, or cannot be read.
func TestInputsThatAreNoFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	socket := filepath.Join(dir, "socket")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	for flag, input := range inputs(t) {
		for name, want := range map[string]string{
			"/dev/zero": "it has more than 32 MiB",
			socket:      "it is a socket: name a file or a pipe",
			dir:         "it is a directory: name a file in it",
		} {
			o := run(t, input.args(name)...)
			o.check(t, cli.ExitFailure, flag+": reading "+name+": "+want)
			o.silent(t)
		}
	}
	for name, want := range map[string]string{
		"/dev/zero": "zero is a pipe, a device or the like; a catalog is a file or a directory of files",
		socket:      "socket is a pipe, a device or the like; a catalog is a file or a directory of files",
	} {
		o := run(t, "recipe", "--gpu", "h100", "--catalog", name)
		o.check(t, cli.ExitUsage, "--catalog: reading the catalog: "+want)
		o.silent(t)
	}
}

// TestPipesAsInputs gives every flag a pipe, as a shell does for <(command).
func TestPipesAsInputs(t *testing.T) {
	t.Parallel()
	for flag, input := range inputs(t) {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			written := make(chan error, 1)
			go func() { written <- os.WriteFile(pipe, []byte(input.content), 0) }()
			o := run(t, input.args(pipe)...)
			o.check(t, cli.ExitOK)
			if err := <-written; err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(o.stdout, "gpu-operator") {
				t.Errorf("got %q", o.stdout)
			}
		})
	}
}
