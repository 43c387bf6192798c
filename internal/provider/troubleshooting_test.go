// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTroubleshootingHasEveryTitle: the page has a heading for each title of an error
// or a warning, those of mistakes in the provider apart, and no other.
func TestTroubleshootingHasEveryTitle(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]bool{}
	for _, source := range sources {
		if !strings.HasSuffix(source, "_test.go") {
			addTitles(t, source, titles)
		}
	}
	headings := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(readPage(t, templatesDir+"/guides/troubleshooting.md.tmpl"), -1) {
		if headings[match[1]] {
			t.Errorf("the page has %q twice", match[1])
		}
		headings[match[1]] = true
	}
	if diff := cmp.Diff(titles, headings); diff != "" {
		t.Errorf("titles (-in the provider +on the page):\n%s", diff)
	}
}

// addTitles adds the texts of a file that look like a title: they are told from others
// by their capitals.
func addTitles(t *testing.T, path string, titles map[string]bool) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, content, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	title := regexp.MustCompile(`^[A-Z][A-Za-z']+( [A-Z][A-Za-z']*)+$`)
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "addBug" {
				return false
			}
		}
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && title.MatchString(text) {
				titles[text] = true
			}
		}
		return true
	})
}
