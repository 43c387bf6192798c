// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestRulesOfData breaks every case of every rule by the example that stands next
// to it, and shows that a plain request keeps it.
func TestRulesOfData(t *testing.T) {
	t.Parallel()
	set, err := component.Load(os.DirFS("../component/data"))
	if err != nil {
		t.Fatal(err)
	}
	checkRules(t, embeddedCatalog(t), set)
}

func checkRules(t *testing.T, catalog *recipe.Catalog, set *component.Set) {
	t.Helper()
	descriptions, err := set.Descriptions()
	if err != nil {
		t.Fatal(err)
	}
	renderer := bundle.NewRendererOf(set)
	plain := foundBy(t, renderer, exampleRequest(t, catalog, set, component.Example{}))
	for _, d := range descriptions {
		for _, r := range d.Rules {
			for i, c := range r.Cases {
				t.Run(r.Name, func(t *testing.T) {
					t.Parallel()
					if c.Breaks == nil {
						t.Fatalf("%s/component.yaml: case %d has no breaks", d.Name, i+1)
					}
					found := foundBy(t, renderer, exampleRequest(t, catalog, set, *c.Breaks))
					if !slices.ContainsFunc(c.At, func(at string) bool { return found[r.Severity+" "+r.Name+" at "+at] }) {
						t.Errorf("%s/component.yaml: case %d: the example breaks %v", d.Name, i+1, slices.Sorted(maps.Keys(found)))
					}
					for _, at := range c.At {
						if plain[r.Severity+" "+r.Name+" at "+at] {
							t.Errorf("a plain request breaks it at %s", at)
						}
					}
				})
			}
		}
	}
}

// foundBy returns what a request breaks: "severity rule at path".
func foundBy(t *testing.T, renderer *bundle.Renderer, req bundle.Request) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	b, err := renderer.Render(t.Context(), req)
	for _, e := range ruleErrors(t, err) {
		found["error "+e.Rule+" at "+e.Path] = true
		req.IgnoreFindings = append(req.IgnoreFindings, e.Rule)
	}
	if err != nil {
		if b, err = renderer.Render(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range b.Findings {
		found["warning "+f.Rule+" at "+f.Path] = true
	}
	return found
}

// exampleRequest lays an example over a plain request: H100 on a cluster of one's
// own.
func exampleRequest(t *testing.T, catalog *recipe.Catalog, set *component.Set, e component.Example) bundle.Request {
	t.Helper()
	query := document.Query{Service: "self-managed", OS: "ubuntu", OSVersion: "24.04", GPU: "h100", Intent: "training", K8s: "1.34.2"}
	if e.Request["os"] != "" {
		query.OSVersion = ""
	}
	for field, value := range e.Request {
		*query.Field(field) = value
	}
	settings := map[[2]string]map[string]yaml.Node{} // by type and subtype
	setKey := func(key string, value yaml.Node) {
		path := measurement.ParsePath(key)
		at := [2]string{string(path.Type), path.Subtype}
		if settings[at] == nil {
			settings[at] = map[string]yaml.Node{}
		}
		settings[at][path.Key] = value
	}
	for key, value := range e.Recipe {
		setKey(key, value)
	}
	for name, value := range e.Options {
		key := "K8s/config/" + name
		if !slices.ContainsFunc(set.Entries(), func(e component.Entry) bool { return slices.Contains(e.KeyNames, key) }) {
			key = "K8s/network-config/" + name
		}
		setKey(key, value)
	}
	request := recipe.Request{Query: query, AllowUncovered: true}
	for at, data := range settings {
		subtype := map[string]any{"subtype": at[1], "data": data}
		request.Overlays = append(request.Overlays, yamlText(t, map[string]any{"types": []any{map[string]any{"type": at[0], "subtypes": []any{subtype}}}}))
	}
	result, err := catalog.Build(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	req := bundle.Request{Recipe: result.Recipe, Bundlers: e.Bundlers, Namespaces: e.Namespaces, Overrides: map[string]string{}}
	var siteErr error
	if !e.Placement.IsZero() {
		req.Placement, siteErr = bundle.ParsePlacement(t.Context(), []byte(yamlText(t, &e.Placement)))
	}
	if !e.Registry.IsZero() {
		req.Registry, siteErr = bundle.ParseRegistry(t.Context(), []byte(yamlText(t, &e.Registry)))
	}
	if siteErr != nil {
		t.Fatal(siteErr)
	}
	for name, value := range e.Overrides {
		req.Overrides[name] = yamlText(t, &value)
	}
	return req
}

func yamlText(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
