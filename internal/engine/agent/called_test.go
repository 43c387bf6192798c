// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Messages name arguments as the user knows them: none has the name that
// Terraform gives an argument in its text.
func TestMessagesNameArgumentsByTheirDoor(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Error(err)
			}
			for _, name := range argumentsOfTwoWords() {
				if text != name && strings.Contains(text, name) {
					t.Errorf("%s: the text %q has the name %s: use called", set.Position(literal.Pos()), words.Cut(text, 80), name)
				}
			}
			return true
		})
	}
}

// argumentsOfTwoWords are the fields of a Spec in the names of Terraform.
func argumentsOfTwoWords() []string {
	var names []string
	for field := range reflect.TypeFor[Spec]().Fields() {
		var name strings.Builder
		for i, c := range field.Name {
			if i > 0 && c >= 'A' && c <= 'Z' {
				name.WriteByte('_')
			}
			name.WriteRune(c)
		}
		if strings.Contains(name.String(), "_") {
			names = append(names, strings.ToLower(name.String()))
		}
	}
	return names
}

func TestCalled(t *testing.T) {
	t.Parallel()
	spec := baseSpec()
	spec.Called = func(argument string) string { return "--" + strings.ReplaceAll(argument, "_", "-") }
	spec.NodeName, spec.NodeSelector = "a", map[string]string{"pool": "gpu"}
	if err := spec.Validate(); err == nil || !strings.Contains(err.Error(), "either --node-name, or --node-selector and --all-nodes") {
		t.Errorf("error %v", err)
	}
	_, err := choose(spec, []candidate{{name: "a", obstacles: []string{"cordoned"}}})
	if ReasonOf(err) != NoNode || !strings.Contains(err.Error(), "with --tolerations, or choose other nodes with --node-selector or --node-name") {
		t.Errorf("error %v", err)
	}
	if !spec.Same(spec) {
		t.Error("a spec is not the same as itself")
	}
}
