// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

const oneKey = "version: '%'\nbase: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]\n"

func catalogText(version string) string { return strings.ReplaceAll(oneKey, "%", version) }

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// As Kubernetes mounts a ConfigMap: visible links into a hidden folder.
	write(t, filepath.Join(dir, "mount", "..2026_01_02", "catalog.yaml"), catalogText("3"))
	if err := os.Symlink("..2026_01_02", filepath.Join(dir, "mount", "..data")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..data/catalog.yaml", filepath.Join(dir, "mount", "catalog.yaml")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "mount", ".catalog.yaml.swp.yaml"), "an editor's")
	write(t, filepath.Join(dir, "file.yaml"), catalogText("7"))

	for name, want := range map[string]string{"mount": "3", "file.yaml": "7"} {
		c, err := Open(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if c.Version() != want {
			t.Errorf("%s: got version %q, want %q", name, c.Version(), want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "broken.yaml"), "base: [")
	write(t, filepath.Join(dir, "tree", "broken.yaml"), "layers: []")
	if err := os.Symlink("nowhere", filepath.Join(dir, "tree2.yaml")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"missing":     "catalog: opening the catalog: ",
		"tree2.yaml":  "catalog: opening the catalog: ",
		"broken.yaml": "broken.yaml: line 1",
		"tree":        `catalog: broken.yaml: line 1, column 1: layers: unknown field "layers"`,
	} {
		_, err := Open(t.Context(), filepath.Join(dir, name))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, want)
		}
	}
}

func TestOpenRefusesWhatChanges(t *testing.T) {
	t.Parallel()
	reads := 0
	_, err := readTwice(func() ([]fragment, error) {
		reads++
		return []fragment{{path: "a.yaml", data: []byte(catalogText(strings.Repeat("1", reads)))}}, nil
	})
	if err == nil || !strings.Contains(err.Error(), "changed while they were read") {
		t.Errorf("got %v, want that the files changed", err)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	const text = "base: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]\noverlays: [{key: {gpu: h100}, types: [{type: OS, subtypes: [{subtype: kmod, data: {efa: null, gdrdrv: true}}]}]}]\n"
	c, err := Load(t.Context(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Size{Layers: 2, Values: 3}); c.Size() != want {
		t.Errorf("got %+v, want %+v", c.Size(), want)
	}
}

// TestOpenBoundsDirectories opens directories that are no catalogs.
func TestOpenBoundsDirectories(t *testing.T) {
	t.Parallel()
	many, large := fstest.MapFS{}, fstest.MapFS{}
	for i := range maxEntries {
		many[fmt.Sprintf("%d.txt", i)] = &fstest.MapFile{}
	}
	for i := range 3 {
		large[fmt.Sprintf("%d.yaml", i)] = &fstest.MapFile{Data: make([]byte, document.MaxSize/2)}
	}
	for want, tree := range map[string]fs.FS{
		"it has more than 10000 files and folders: name a directory of its own": many,
		"the catalog's files have more than 32 MiB in all":                      large,
		"0.yaml has more than 32 MiB":                                           fstest.MapFS{"0.yaml": {Data: make([]byte, document.MaxSize+1)}},
	} {
		if _, err := LoadFS(t.Context(), tree); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
