// SPDX-License-Identifier: Apache-2.0

// Package added loads what the program embeds together with files that add to it:
// a component, a GPU, a service and an operating system that do not exist. Tests
// show with it that each is a file, wherever users meet it.
package added

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Load returns the catalog, which chooses releases of the components, and these.
func Load(tb testing.TB) (*recipe.Catalog, *component.Set) {
	tb.Helper()
	set, err := component.Load(overlay(tb, "component"))
	if err != nil {
		tb.Fatal(err)
	}
	catalog, err := recipe.LoadFS(tb.Context(), overlay(tb, "recipe"))
	if err != nil {
		tb.Fatal(err)
	}
	return catalog.WithComponents(set), set
}

// overlay is the data of a package of the engine with what its testdata adds.
func overlay(tb testing.TB, name string) fs.FS {
	tb.Helper()
	tree := fstest.MapFS{}
	for _, dir := range []string{"data", "testdata/added"} {
		files := os.DirFS(filepath.Join(root(tb), "internal/engine", name, dir))
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, path)
			tree[path] = &fstest.MapFile{Data: text}
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return tree
}

// root is the directory of the module, above that of the test.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			err = fs.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
	tb.Fatal(err)
	return ""
}
