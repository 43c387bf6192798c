// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// maxEntries bounds the files and folders of a catalog, whatever they are: somebody
// may name a directory such as /. All of its files have at most document.MaxSize.
const maxEntries = 10_000

// fragment is a file of a catalog.
type fragment struct {
	path   string // "" for a document that is not a file
	data   []byte
	fields *document.Object // once it is parsed
}

// LoadFS reads a catalog from the YAML and JSON files of a tree. Each file is
// a fragment with any of version, base, overlays, platforms, products, gpus,
// services and systems; version and base occur once in all. Overlays keep the order of
// the files' paths. Hidden files and folders, whose names begin with a dot, do
// not count.
func LoadFS(ctx context.Context, tree fs.FS) (*Catalog, error) {
	fragments, err := readFragments(tree)
	if err != nil {
		return nil, err
	}
	return loadFragments(ctx, fragments)
}

// Open reads a catalog from a file (as Load) or a directory (as LoadFS). Files
// that change meanwhile are an error, so that no catalog is half old and half
// new. They are best replaced whole, by a rename.
func Open(ctx context.Context, name string) (*Catalog, error) {
	files, err := ReadFiles(name)
	if err != nil {
		return nil, err
	}
	return files.Load(ctx)
}

// Files are the files of a catalog as they were read, not yet understood.
type Files []fragment

// ReadFiles reads what Open does.
func ReadFiles(name string) (Files, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("opening the catalog: %w", err)}
	case info.IsDir():
		return readTwice(func() ([]fragment, error) { return readFragments(os.DirFS(name)) })
	default:
		return readTwice(func() ([]fragment, error) {
			data, err := readRegular(os.DirFS(filepath.Dir(name)), filepath.Base(name))
			return []fragment{{path: name, data: data}}, err
		})
	}
}

// readTwice reads all files twice, to see that they hold still.
func readTwice(read func() ([]fragment, error)) (Files, error) {
	before, err := read()
	if err != nil {
		return nil, err
	}
	after, err := read()
	if err != nil {
		return nil, err
	}
	if !Files(before).Equal(after) {
		return nil, &Error{Field: fieldCatalog, Err: errors.New("the catalog's files changed while they were read; try again when they are complete")}
	}
	return after, nil
}

// Equal reports whether the files have the same names and content.
func (f Files) Equal(other Files) bool {
	return slices.EqualFunc(f, other, func(a, b fragment) bool { return a.path == b.path && bytes.Equal(a.data, b.data) })
}

// Load reads the catalog that the files are.
func (f Files) Load(ctx context.Context) (*Catalog, error) {
	return loadFragments(ctx, slices.Clone(f))
}

func readFragments(tree fs.FS) ([]fragment, error) {
	files, err := catalogFiles(tree)
	if err != nil {
		return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("listing the catalog: %w", err)}
	}
	fragments, size := make([]fragment, len(files)), 0
	for i, file := range files {
		data, err := readRegular(tree, file)
		if err != nil {
			return nil, err
		}
		if size += len(data); size > document.MaxSize {
			return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("the catalog's files have more than %d MiB in all", document.MaxSize>>20)}
		}
		fragments[i] = fragment{path: file, data: data}
	}
	return fragments, nil
}

// readRegular reads a file. It refuses pipes and devices, which may have no end, and
// which nobody can read twice.
func readRegular(tree fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(tree, name)
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is a pipe, a device or the like; a catalog is a file or a directory of files", name)
	default:
		var data []byte
		if data, err = readBounded(tree, name); err == nil {
			return data, nil
		}
	}
	return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("reading the catalog: %w", err)}
}

// readBounded reads a file whose size may say nothing, as that of one which grows.
func readBounded(tree fs.FS, name string) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(file, document.MaxSize+1))
	if len(data) > document.MaxSize {
		return nil, fmt.Errorf("%s has more than %d MiB", name, document.MaxSize>>20)
	}
	return data, err
}

// catalogFiles returns the paths of all fragments, sorted. A mounted ConfigMap
// keeps its files in hidden folders, to which the visible names are links.
func catalogFiles(tree fs.FS) ([]string, error) {
	var files []string
	entries := 0
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		entries++
		switch hidden := file != "." && strings.HasPrefix(entry.Name(), "."); {
		case err != nil:
			return err
		case entries > maxEntries:
			return fmt.Errorf("it has more than %d files and folders: name a directory of its own", maxEntries)
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
