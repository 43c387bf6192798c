// SPDX-License-Identifier: Apache-2.0

// Package engine_test holds what is true of all stages of the pipeline.
package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestCodeNamesNothing: what is known of a component, a GPU, a service or an
// operating system is data. No code, that of the front doors included, has the
// name of one as a text of its own.
func TestCodeNamesNothing(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	names := set.Names()
	for _, field := range []string{"gpu", "service", "os"} {
		names = append(names, catalog.Values(field)...)
	}
	// The service kind has the name of a field that every document has.
	names = slices.DeleteFunc(names, func(name string) bool { return name == "kind" })
	err = filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "tools"):
			return fs.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		for _, found := range texts(t, path) {
			if slices.Contains(names, found.text) {
				t.Errorf("%s: %q belongs in data", found.at, found.text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type text struct {
	at   token.Position
	text string
}

// texts returns the string literals of a file.
func texts(t *testing.T, path string) []text {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []text
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if value, err := strconv.Unquote(literal.Value); err == nil {
				found = append(found, text{files.Position(literal.Pos()), value})
			}
		}
		return true
	})
	return found
}
