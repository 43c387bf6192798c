// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestGolden compares every byte of the bundles with files that were reviewed.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, bundle.Request{Recipe: fixture(t, name)})
		})
	}
	t.Run("mirror", func(t *testing.T) {
		t.Parallel()
		golden(t, "self-managed-h100-rdma-mirror", bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma"), Placement: placement(t), Registry: registry(t)})
	})
}

// TestGoldenNodeWright has nodes of which NodeWright makes everything that it can.
func TestGoldenNodeWright(t *testing.T) {
	t.Parallel()
	recipe := withOptions(t, "self-managed", map[string]string{"node_tuning": "nodewright", "node_interrupts": "true"})
	golden(t, "self-managed-h100-nodewright", bundle.Request{Recipe: recipe, Placement: gpuPool(), Bundlers: []string{"gpu-operator", "nodewright"}})
}

// golden compares a bundle, its findings and its images with files.
func golden(t *testing.T, name string, req bundle.Request) {
	t.Helper()
	b := render(t, req)
	got := map[string]string{"findings.txt": findingsText(b), "images.txt": imagesText(b)}
	for _, f := range b.Files {
		got[f.Path] = string(f.Content)
	}
	dir := filepath.Join("testdata", "golden", name)
	if *update {
		writeGolden(t, dir, b, got)
	}
	if diff := cmp.Diff(readGolden(t, dir), got); diff != "" {
		t.Errorf("bundle of %s (-golden +got); run with -update and review:\n%s", name, diff)
	}
}

func imagesText(b *bundle.Bundle) string {
	var out strings.Builder
	for _, c := range b.Components {
		for _, image := range c.Images {
			fmt.Fprintf(&out, "%s: %s\n", c.Name, image)
		}
		for _, missing := range c.ImagesMissing {
			fmt.Fprintf(&out, "%s: missing: %s\n", c.Name, missing)
		}
	}
	return out.String()
}

func findingsText(b *bundle.Bundle) string {
	var out strings.Builder
	for _, f := range b.Findings {
		fmt.Fprintf(&out, "%s: %s: %s: %s\n", f.Rule, f.Component, f.Path, f.Message)
	}
	return out.String()
}

func writeGolden(t *testing.T, dir string, b *bundle.Bundle, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	executable := map[string]bool{}
	for _, f := range b.Files {
		executable[f.Path] = f.Executable
	}
	for path, content := range files {
		mode := fs.FileMode(0o644)
		if executable[path] {
			mode = 0o755
		}
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
}

func readGolden(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
