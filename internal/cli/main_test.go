// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the built command, for the tests that need a process.
var binary string

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "eidos-command-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// Into a directory, so that the name has the suffix that the system wants.
	build := exec.CommandContext(context.Background(), "go", "build", "-ldflags", "-X main.version=9.9.9", "-o", dir+string(filepath.Separator), "../../cmd/eidos")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the command: %w\n%s", err, out)
	}
	binary = filepath.Join(dir, "eidos")
	return m.Run(), nil
}
