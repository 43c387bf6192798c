// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// checkFiles proves that every YAML file of a bundle is one.
func checkFiles(t *testing.T, b *bundle.Bundle) {
	t.Helper()
	for _, f := range b.Files {
		if path.Ext(f.Path) != ".yaml" {
			continue
		}
		var value map[string]any
		if err := yaml.Unmarshal(f.Content, &value); err != nil {
			t.Errorf("%s: %v\n%s", f.Path, err, f.Content)
		}
	}
}

// everyRule lists the names of all rules, so that a request gets past them.
func everyRule() []string {
	var list []string
	for _, rule := range renderer().Rules() {
		list = append(list, rule.Name)
	}
	return list
}

// FuzzOverrides renders with whatever text as overrides.
func FuzzOverrides(f *testing.F) {
	for _, text := range []string{
		"driver: {version: '1', env: [{name: a}]}", "a: b", "cdi: null", "driver: []", "on: off", "driver: {rdma: {enabled: 'x'}}", "- a", "a: &x [*x]",
		"node-feature-discovery: {worker: {config: {core: {a: 1e3}}}}", "operator: {annotations: {a.b/c: on, '': x}}", "ccManager: {defaultMode: on}", "toolkit: {env: [[[]]]}",
		`{"driver": {"version": "1"}}`, "a: 1\n---\nb: 2", "'': {'': {}}", "driver.version: 3", "extraObjects: [{a: {b: ~}}]", "global: {a: b}",
	} {
		f.Add(text)
	}
	r, recipe, ignored := renderer(), fixture(f, "self-managed-h100-rdma"), everyRule()
	f.Fuzz(func(t *testing.T, text string) {
		req := bundle.Request{Recipe: recipe, Overrides: map[string]string{"gpu-operator": text, "network-operator": text}}
		for _, req.IgnoreFindings = range [][]string{nil, ignored} {
			b, err := r.Render(t.Context(), req)
			if err != nil {
				inputErrors(t, err)
				continue
			}
			checkFiles(t, b)
		}
	})
}

// FuzzRecipe renders whatever recipe document is valid.
func FuzzRecipe(f *testing.F) {
	for _, name := range fixtures() {
		text, err := os.ReadFile(filepath.Join("testdata", "recipes", name+".yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{"A=1\nB", "true", "'on'", "1", "{}"} {
		f.Add([]byte("apiVersion: recipe.dgxc.io/v1\nkind: Recipe\nmeasurements:\n- type: K8s\n  subtypes:\n  - subtype: image\n    data: {gpu-operator: v26.7.0, driver: '580.1.1'}\n" +
			"  - subtype: config\n    data:\n      kernel_module_params: " + text + "\n      runtime_class: " + text + "\n"))
	}
	r, ignored := renderer(), everyRule()
	f.Fuzz(func(t *testing.T, text []byte) {
		recipe, err := document.DecodeRecipe(t.Context(), text)
		if err != nil {
			return
		}
		for _, bundlers := range [][]string{nil, r.Bundlers()} {
			b, err := r.Render(t.Context(), bundle.Request{Recipe: recipe, Bundlers: bundlers, IgnoreFindings: ignored})
			if err != nil {
				inputErrors(t, err)
				continue
			}
			checkFiles(t, b)
		}
	})
}
