// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Open reads a catalogue from a file (as Load) or a directory (as LoadFS). A
// directory whose files change meanwhile is an error, so that no catalogue is
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
		return loadFragments([]fragment{{name, data}})
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
