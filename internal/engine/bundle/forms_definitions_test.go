// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// definition is a definition in testdata/definitions: the fields of the real one that
// forms write.
type definition struct {
	Spec struct {
		Group    string
		Names    struct{ Kind string }
		Versions []struct {
			Name   string
			Schema struct {
				OpenAPIV3Schema schema `yaml:"openAPIV3Schema"`
			}
		}
	}
}

type schema struct {
	Type       string
	Required   []string
	Enum       []any
	Pattern    string
	MaxLength  int `yaml:"maxLength"`
	Properties map[string]schema
	Items      *schema
	Free       bool `yaml:"x-kubernetes-preserve-unknown-fields"`
}

func definitions(t *testing.T) map[string]schema {
	t.Helper()
	files, err := filepath.Glob("testdata/definitions/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no definitions: %v", err)
	}
	known := map[string]schema{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d definition
		if err := yaml.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, v := range d.Spec.Versions {
			v.Schema.OpenAPIV3Schema.Properties["metadata"] = schema{Type: "object", Free: true}
			known[d.Spec.Group+"/"+v.Name+" "+d.Spec.Names.Kind] = v.Schema.OpenAPIV3Schema
		}
	}
	return known
}

// TestFormsFitDefinitions checks every document of Argo CD and Flux against the
// definition of its kind, strictly.
func TestFormsFitDefinitions(t *testing.T) {
	t.Parallel()
	known := definitions(t)
	for _, name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := map[string]bool{}
			for _, d := range documents(t, render(t, formed(t, name))) {
				kind := fmt.Sprint(d.tree["apiVersion"], " ", d.tree["kind"])
				s, has := known[kind]
				if !has {
					if strings.Contains(kind, "argoproj.io/") || strings.Contains(kind, "fluxcd.io/") {
						t.Errorf("%s: there is no definition of %s", d.path, kind)
					}
					continue
				}
				found[kind] = true
				for _, problem := range s.problems("", d.tree) {
					t.Errorf("%s: %s", d.path, problem)
				}
			}
			if len(found) < 4 {
				t.Errorf("only %v were checked", found)
			}
		})
	}
}

// problems finds what the API server would refuse or drop.
func (s schema) problems(at string, value any) []string {
	if s.Free && s.Type == "" {
		return nil
	}
	var found []string
	problem := func(format string, args ...any) { found = append(found, at+": "+fmt.Sprintf(format, args...)) }
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		problem("%v is none of %v", value, s.Enum)
	}
	switch value := value.(type) {
	case map[string]any:
		if s.Type != "object" {
			problem("an object, want %s", s.Type)
		}
		for _, name := range s.Required {
			if _, has := value[name]; !has {
				problem("%s is missing", name)
			}
		}
		for name, member := range value {
			if below, has := s.Properties[name]; has {
				found = append(found, below.problems(at+"."+name, member)...)
			} else if !s.Free {
				problem("unknown field %s", name)
			}
		}
	case []any:
		if s.Type != "array" || s.Items == nil {
			problem("a list, want %s", s.Type)
			break
		}
		for i, item := range value {
			found = append(found, s.Items.problems(fmt.Sprintf("%s[%d]", at, i), item)...)
		}
	case string:
		if s.Type != "string" || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(value) || s.MaxLength > 0 && len(value) > s.MaxLength {
			problem("%q does not fit %s %s", value, s.Type, s.Pattern)
		}
	case bool:
		if s.Type != "boolean" {
			problem("a bool, want %s", s.Type)
		}
	case int:
		if s.Type != "integer" {
			problem("an integer, want %s", s.Type)
		}
	default:
		problem("%T, want %s", value, s.Type)
	}
	return found
}
