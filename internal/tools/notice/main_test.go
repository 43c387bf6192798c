// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNotice fails when the file is not that of the modules in go.mod.
func TestNotice(t *testing.T) {
	t.Parallel()
	const root = "../../.."
	want, err := build(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(got), "\r\n", "\n") != string(want) {
		t.Error("NOTICE is not that of the linked modules: run make notice and commit it")
	}
	for _, part := range []string{"\nk8s.io/client-go v", "\ngithub.com/spf13/cobra v", "\nThe Go standard library\n", "Apache License"} {
		if !strings.Contains(string(want), part) {
			t.Errorf("the notice does not say %q", part)
		}
	}
}

func TestModuleWithoutLicense(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "README.md"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (module{path: "example.com/a", dir: dir}).texts(); err == nil || !strings.Contains(err.Error(), "example.com/a has no license") {
		t.Errorf("got %v", err)
	}
}
