// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// fragment is a file of a catalog.
type fragment struct {
	path   string // "" for a document that is not a file
	data   []byte
	fields *document.Object // once it is parsed
}

// LoadFS reads a catalog from the YAML and JSON files of a tree. Each file is
// a fragment with any of version, base, overlays, platforms, products, services
// and systems; version and base occur once in all. Overlays keep the order of
// the files' paths. Hidden files and folders, whose names begin with a dot, do
// not count.
func LoadFS(tree fs.FS) (*Catalog, error) {
	fragments, err := readFragments(tree)
	if err != nil {
		return nil, err
	}
	return loadFragments(fragments)
}

// Open reads a catalog from a file (as Load) or a directory (as LoadFS). A
// directory whose files change meanwhile is an error, so that no catalog is
// half old and half new. Files are best replaced whole, by a rename.
func Open(name string) (*Catalog, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("opening the catalog: %w", err)}
	}
	if !info.IsDir() {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("reading the catalog: %w", err)}
		}
		return loadFragments([]fragment{{path: name, data: data}})
	}
	return openTree(func() ([]fragment, error) { return readFragments(os.DirFS(name)) })
}

// openTree reads all files twice, to see that they hold still.
func openTree(read func() ([]fragment, error)) (*Catalog, error) {
	before, err := read()
	if err != nil {
		return nil, err
	}
	after, err := read()
	if err != nil {
		return nil, err
	}
	if !slices.EqualFunc(before, after, func(a, b fragment) bool { return a.path == b.path && bytes.Equal(a.data, b.data) }) {
		return nil, &Error{Field: fieldCatalog, Err: errors.New("the catalog's files changed while they were read; try again when they are complete")}
	}
	return loadFragments(after)
}

func readFragments(tree fs.FS) ([]fragment, error) {
	files, err := catalogFiles(tree)
	if err != nil {
		return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("listing the catalog: %w", err)}
	}
	fragments := make([]fragment, len(files))
	for i, file := range files {
		data, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("reading the catalog: %w", err)}
		}
		fragments[i] = fragment{path: file, data: data}
	}
	return fragments, nil
}

// catalogFiles returns the paths of all fragments, sorted. A mounted ConfigMap
// keeps its files in hidden folders, to which the visible names are links.
func catalogFiles(tree fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		switch hidden := file != "." && strings.HasPrefix(entry.Name(), "."); {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir():
			return nil
		}
		if slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(file)) {
			files = append(files, file)
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}
