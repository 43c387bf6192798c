// SPDX-License-Identifier: Apache-2.0

//go:build unix

package outdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestModesAreKept has modes that a user chose for files and for a directory, and
// writes new content.
func TestModesAreKept(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	claim, _ := write(t, w, dir, Claim{}, map[string]string{"a/values.yaml": "1", "a/run.sh": "1", "b/run.sh": "1", "c": "1"})
	chosen := map[string]fs.FileMode{"a/values.yaml": 0o600, "a/run.sh": 0o700, "b/run.sh": 0o640, "a": 0o700, "c": 0o666, MarkerName: 0o600}
	for name, mode := range chosen {
		noError(t, os.Chmod(filepath.Join(dir, name), mode))
	}
	write(t, w, dir, claim, map[string]string{"a/values.yaml": "2", "a/run.sh": "2", "b/run.sh": "2", "c": "2", "d/new": "2"})
	chosen["b/run.sh"] = 0o750 // who may read it may run it
	for name, mode := range chosen {
		info, err := os.Stat(filepath.Join(dir, name))
		noError(t, err)
		equal(t, "mode of "+name, info.Mode().Perm(), mode)
	}
}

// TestDirectoryWithoutAccess has a directory in which nothing may be written, below
// one in which something may. Root may write everywhere.
func TestDirectoryWithoutAccess(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	w, dir := NewWriter(), t.TempDir()
	claim, _ := write(t, w, dir, Claim{}, map[string]string{"a/x": "1", "b/x": "1"})
	closed := filepath.Join(dir, "b")
	noError(t, os.Chmod(closed, 0o500))
	t.Cleanup(func() { noError(t, os.Chmod(closed, 0o700)) })
	_, err := w.Write(dir, claim, text(map[string]string{"a/x": "2", "b/x": "2"}))
	mentions(t, err, `"b"`, "let this user read and write it")
	equal(t, "directory", tree(t, dir), map[string]string{"a/x": "1", "b/x": "1"})
}
