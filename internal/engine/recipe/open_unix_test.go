// SPDX-License-Identifier: Apache-2.0

//go:build unix

package recipe

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestOpenRefusesWhatHasNoEnd opens what would be waited for, or read, forever.
func TestOpenRefusesWhatHasNoEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, dir, "/dev/zero"} {
		_, err := Open(t.Context(), name)
		if err == nil || !strings.Contains(err.Error(), "is a pipe, a device or the like; a catalog is a file or a directory of files") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
