// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// TestRulesOfData breaks every case of every rule of the catalog by the example that
// stands next to it, which breaks it alone of its rule, and ignores it. A plain
// request keeps the rule.
func TestRulesOfData(t *testing.T) {
	t.Parallel()
	c, err := LoadFS(t.Context(), os.DirFS("data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.knowledge().Rules {
		for i, example := range r.Cases {
			t.Run(fmt.Sprintf("%s/%d", r.Name, i), func(t *testing.T) {
				t.Parallel()
				if example.Breaks == nil || example.Message == "" || example.Advice == "" || len(example.At) == 0 || !slices.Contains([]string{severityError, severityWarning}, r.Severity) {
					t.Fatal("the rule lacks breaks, a message, an advice, a place or a severity")
				}
				component.Fill(example.Message+example.Advice, func(operand string) string {
					if err := component.Operand(operand).Check(); err != nil {
						t.Error(err)
					}
					return ""
				})
				request := exampleRequest(t, *example.Breaks)
				if got := rulesBroken(c, request); !slices.Contains(got, r.Severity+" "+r.Name) {
					t.Errorf("the example breaks %v", got)
				}
				if got := rulesBroken(c, exampleRequest(t, component.Example{})); slices.Contains(got, r.Severity+" "+r.Name) {
					t.Error("a plain request breaks it")
				}
				request.IgnoreFindings = finding.Ignored{r.Name}
				if got := rulesBroken(c, request); slices.Contains(got, severityError+" "+r.Name) {
					t.Errorf("it is ignored, and still breaks %v", got)
				}
			})
		}
	}
}

// exampleRequest is a plain request with what an example adds.
func exampleRequest(t *testing.T, e component.Example) Request {
	t.Helper()
	r := Request{Query: document.Query{OS: "ubuntu", OSVersion: "24.04", Service: "self-managed", K8s: "1.34.2", GPU: "h100", Intent: "training"}, Options: map[string]string{}, Snapshot: &document.Snapshot{}}
	for field, value := range e.Request {
		*r.Query.Field(field) = value
		if field == "os" {
			r.Query.OSVersion = ""
		}
	}
	for name, value := range e.Options {
		r.Options[name] = value.Value
	}
	if _, given := e.Snapshot["K8s/node/os-image"]; given {
		r.Query.OS, r.Query.OSVersion = "", ""
	}
	r.Snapshot.Measurements = readings(t, e.Snapshot)
	if len(e.Recipe) > 0 {
		types := map[string]any{"types": overlayTypes(t, e.Recipe)}
		text, err := yaml.Marshal(types)
		if err != nil {
			t.Fatal(err)
		}
		r.Overlays = []string{string(text)}
	}
	return r
}

func readings(t *testing.T, values map[string]yaml.Node) (list measurement.List) {
	t.Helper()
	for path, node := range values {
		var value any
		if err := node.Decode(&value); err != nil {
			t.Fatal(err)
		}
		reading, err := measurement.FromAny(value)
		if err != nil {
			t.Fatal(err)
		}
		list = list.With(measurement.ParsePath(path), reading)
	}
	return list
}

// overlayTypes returns the types of an overlay that sets values.
func overlayTypes(t *testing.T, values map[string]yaml.Node) []any {
	t.Helper()
	var types []any
	for path, node := range values {
		p := measurement.ParsePath(path)
		types = append(types, map[string]any{"type": string(p.Type), "subtypes": []any{
			map[string]any{"subtype": p.Subtype, "data": map[string]any{p.Key: &node}},
		}})
	}
	return types
}

// rulesBroken returns "severity rule" of all that a request breaks.
func rulesBroken(c *Catalog, r Request) (broken []string) {
	result, err := c.Build(context.Background(), r)
	for _, e := range Errors(err) {
		name, _, _ := strings.Cut(e.Err.Error(), ":")
		broken = append(broken, severityError+" "+name)
	}
	if result != nil {
		for _, f := range result.Findings {
			broken = append(broken, severityWarning+" "+f.Rule)
		}
	}
	return broken
}
