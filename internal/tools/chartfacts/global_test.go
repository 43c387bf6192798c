// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// TestOwnGlobal: what a chart itself reads below global are values of its own.
func TestOwnGlobal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"c/Chart.yaml":       "name: c\nversion: 1.0.0",
		"c/values.yaml":      "global: {registry: example.com, unread: 1}",
		"c/templates/a.yaml": "image: {{ .Values.global.registry }}",
		"c/releases.json":    `{"objects": [], "releases": {"1.0.0": {"read": "2026-11-22", "kubernetes": ""}}}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(options{chart: filepath.Join(dir, "c"), release: "1.0.0", out: dir}, io.Discard); err != nil {
		t.Fatal(err)
	}
	facts, err := chart.Open(os.DirFS(dir)).Release("c", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	if value, known := facts.Default("global.registry"); !known || value != "example.com" {
		t.Errorf("global.registry: got %v, %t", value, known)
	}
	problems := facts.CheckValues(map[string]any{"global": map[string]any{"registry": int64(1), "unread": int64(2), "none": "x"}})
	if len(problems) != 3 {
		t.Errorf("got %v, want a wrong type, a dead and an unknown key", problems)
	}
}
