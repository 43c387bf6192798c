// SPDX-License-Identifier: Apache-2.0

//go:build unix

package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// limitedPlugin returns a plugin directory whose provider cannot write files of
// more than the given number of 512-byte blocks.
func limitedPlugin(t *testing.T, blocks int) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nulimit -f %d\nexec %q \"$@\"\n", blocks, filepath.Join(pluginDir, "terraform-provider-eidos"))
	if err := os.WriteFile(filepath.Join(dir, "terraform-provider-eidos"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCreateThatFailedHalfWay(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.usePlugins(limitedPlugin(t, 8))
	w.fails([]string{"apply", "-auto-approve", "-input=false"}, "Bundle Directory Not Written", "output_dir", "file too large")
	half := w.files("out")
	if !slices.Contains(half, marker) {
		t.Errorf("files after the failure: got %v, want the marker among them", half)
	}

	w.usePlugins(pluginDir)
	actions(t, w.plan(), map[string]string{"eidos_bundle.test": "delete,create"}) // tainted
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("out"); len(got) <= len(half) {
		t.Errorf("files after the repair: got %v, half-way there were %v", got, half)
	}
	w.unchanged()
}

// TestUpdateThatFailedHalfWay breaks off while it repairs a lost directory.
func TestUpdateThatFailedHalfWay(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	written := w.files("out")
	w.remove("out")
	w.usePlugins(limitedPlugin(t, 8))
	w.fails([]string{"apply", "-auto-approve", "-input=false"}, "Bundle Directory Not Written")

	w.usePlugins(pluginDir)
	actions(t, w.plan(), map[string]string{"eidos_bundle.test": "update"})
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files after the repair: got %v, want %v", got, written)
	}
	w.unchanged()
}

// TestReadOnlyDirectory runs as an ordinary user: nothing is read-only to root.
func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	if err := os.Mkdir(w.path("out"), 0o555); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		const nobody = 65534
		w.env = append(w.env, "HOME="+w.dir, "TMPDIR="+w.dir)
		w.prepare = func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		for _, name := range []string{"..", ".", "main.tf"} {
			if err := os.Chown(w.path(name), nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.fails([]string{"apply", "-auto-approve", "-input=false"}, "Bundle Directory Not Written", "output_dir", "permission denied")
	if err := os.Chmod(w.path("out"), 0o777); err != nil {
		t.Fatal(err)
	}
	w.apply()
	w.unchanged()
}
