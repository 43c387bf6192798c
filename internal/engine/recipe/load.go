// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

//go:embed data
var embedded embed.FS

// Embedded returns the catalogue that is part of this program. It is read anew
// at every call: call it once and keep the result.
func Embedded() (*Catalog, error) { return LoadFS(embedded) }

// LoadFS reads a catalogue from the YAML and JSON files of a tree. Each file is
// a fragment with any of version, base, overlays, platforms and products;
// version and base occur once in all. Overlays keep the order of the files' paths. Hidden
// files and folders, whose names begin with a dot, do not count.
func LoadFS(tree fs.FS) (*Catalog, error) {
	fragments, err := readFragments(tree)
	if err != nil {
		return nil, err
	}
	return loadFragments(fragments)
}

// fragment is a file of a catalogue.
type fragment struct {
	path string
	data []byte
}

func readFragments(tree fs.FS) ([]fragment, error) {
	files, err := catalogueFiles(tree)
	if err != nil {
		return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("listing the catalog: %w", err)}
	}
	fragments := make([]fragment, len(files))
	for i, file := range files {
		data, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("reading the catalog: %w", err)}
		}
		fragments[i] = fragment{file, data}
	}
	return fragments, nil
}

func loadFragments(fragments []fragment) (*Catalog, error) {
	var l loader
	for _, f := range fragments {
		if err := l.add(f.data); err != nil {
			return nil, &Error{Field: fieldCatalog, Err: fmt.Errorf("%s: %w", f.path, err)}
		}
	}
	return l.catalog()
}

// Load reads a catalogue that is one document.
func Load(data []byte) (*Catalog, error) {
	var l loader
	if err := l.add(data); err != nil {
		return nil, &Error{Field: fieldCatalog, Err: err}
	}
	return l.catalog()
}

// catalogueFiles returns the paths of all fragments, sorted. A mounted ConfigMap
// keeps its files in hidden folders, to which the visible names are links.
func catalogueFiles(tree fs.FS) ([]string, error) {
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

// loader collects fragments.
type loader struct {
	version   string
	base      *layer
	overlays  []*layer
	platforms platformTable
	products  productTable
}

func (l *loader) add(data []byte) error {
	root, err := document.Parse(data)
	if err != nil {
		return err
	}
	fields, err := root.Object("version", "base", "overlays", "platforms", "products")
	if err != nil {
		return err
	}
	if len(fields) == 0 {
		return root.Errorf("the catalog is empty; give at least a base or overlays")
	}
	for _, section := range []struct {
		name   string
		decode func(document.Value) error
	}{
		{"version", l.addVersion}, {"base", l.addBase}, {"overlays", l.addOverlays}, {"platforms", l.addPlatforms}, {"products", l.addProducts},
	} {
		if field, ok := fields[section.name]; ok {
			if err := section.decode(field); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) addVersion(v document.Value) error {
	if l.version != "" {
		return v.Errorf("the version is given twice; an earlier file says %s", words.Quote(l.version))
	}
	var err error
	if l.version, err = v.Text(); err == nil && l.version == "" {
		err = v.Errorf("the version is empty; leave it out or state one")
	}
	return err
}

func (l *loader) addBase(v document.Value) error {
	if l.base != nil {
		return v.Errorf("the base is given twice; an earlier file has one")
	}
	types, err := v.Measurements(document.RefuseNulls)
	if err != nil {
		return err
	}
	l.base = newLayer(baseName, nil, types)
	return nil
}

func (l *loader) addOverlays(v document.Value) error {
	overlays, err := decodeOverlays(v, "")
	l.overlays = append(l.overlays, overlays...)
	return err
}

func (l *loader) addPlatforms(v document.Value) error {
	platforms, err := decodePlatforms(v)
	if err != nil {
		return err
	}
	for _, p := range platforms {
		if l.platforms.row(p.Service) != nil {
			return v.Errorf("the service %s is given twice", words.Quote(p.Service))
		}
		l.platforms = append(l.platforms, p)
	}
	return nil
}

func (l *loader) addProducts(v document.Value) error {
	if l.products == nil {
		l.products = productTable{}
	}
	return l.products.decode(v)
}

func (l *loader) catalog() (*Catalog, error) {
	if l.base == nil && len(l.overlays) == 0 {
		return nil, &Error{Field: fieldCatalog, Err: errors.New("the catalog has neither a base nor overlays")}
	}
	if l.base == nil {
		l.base = newLayer(baseName, nil, nil)
	}
	return newCatalog(l), nil
}

// decodeOverlays reads a list of overlays.
func decodeOverlays(v document.Value, prefix string) ([]*layer, error) {
	items, err := v.Items()
	if err != nil {
		return nil, err
	}
	layers := make([]*layer, len(items))
	for i, item := range items {
		if layers[i], err = decodeOverlay(item, prefix); err != nil {
			return nil, err
		}
	}
	return layers, nil
}
