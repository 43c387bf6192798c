// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

func TestRecipeOfOlderFormat(t *testing.T) {
	t.Parallel()
	r, err := document.DecodeRecipe(t.Context(), readFile(t, "recipe-older.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := document.Recipe{
		Metadata: document.RecipeMetadata{Version: "2026.1.0", Created: "2026-01-02T18:02:49Z"},
		Request: document.Query{
			OS: "ubuntu", OSVersion: "24.4", Kernel: "6.8.0-1028-aws", Service: "eks", K8s: "1.33.5-eks-3025e55", Context: true,
		},
		MatchedRules: []string{"service=eks"},
		Constraints:  []document.Constraint{{Field: "k8s", Range: ">= 1.32", Layer: "gpu=gb200"}},
		Measurements: r.Measurements,
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("recipe (-want +got):\n%s", diff)
	}
	yaml, err := r.YAML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "recipe.yaml", yaml)
	json, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "recipe.json", json)
	maps, err := r.JSONMaps()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "recipe-maps.json", maps)
	fixedPoint(t, r, document.DecodeRecipe, document.Recipe.YAML)
	fixedPoint(t, r, document.DecodeRecipe, document.Recipe.JSON)
	fixedPoint(t, r, document.DecodeRecipe, document.Recipe.JSONMaps)
}

const recipeRest = "\nkind: Recipe\napiVersion: recipe.dgxc.io/v1\nmeasurements: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}}]}]"

func TestOlderAPIVersion(t *testing.T) {
	t.Parallel()
	r, err := document.DecodeRecipe(t.Context(), []byte(strings.Replace(recipeRest, "recipe.dgxc.io/v1", "v1", 1)))
	if err != nil {
		t.Fatal(err)
	}
	yaml, err := r.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if want := "apiVersion: recipe.dgxc.io/v1\n"; !strings.Contains(string(yaml), want) {
		t.Errorf("got\n%swant %q in it", yaml, want)
	}
}

// TestAccountIsWrittenAndDropped writes how a recipe came about, and reads it past.
func TestAccountIsWrittenAndDropped(t *testing.T) {
	t.Parallel()
	r, err := document.DecodeRecipe(t.Context(), []byte(recipeRest))
	if err != nil {
		t.Fatal(err)
	}
	plain := r
	was := "false"
	r.Account = &document.Account{
		Provenance: map[string]document.Origin{"OS/kmod/nvidia": {
			Layer: "gpu=h100", Reason: "It drives: \"GPUs\"", Replaced: []document.Former{{Layer: "service=eks"}, {Layer: "base", Value: &was}},
		}},
		Findings: []document.Finding{{Rule: "not-covered", Field: "gpu", Message: "nothing is known"}, {Rule: "fabric", Path: "OS/kmod/nvidia", Message: "it is slow"}},
	}
	yaml, err := r.YAML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "recipe-account.yaml", yaml)
	json, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "recipe-account.json", json)
	for _, text := range [][]byte{yaml, json} {
		read, err := document.DecodeRecipe(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain, read); diff != "" {
			t.Errorf("read again (-want +got):\n%s", diff)
		}
	}
}

func TestVersionsStayAsWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"24.04": "24.04", "1.30": "1.30", `"24.04"`: "24.04", "v1.33.5-eks-3025e55": "v1.33.5-eks-3025e55", "9": "9", "1e3": "1e3", "0x10": "0x10",
		"{}": "0", "{precision: 2}": "0.0", "{major: 6, minor: 8, precision: 3, extras: -aws}": "6.8.0-aws", "{major: 9, precision: 1}": "9",
	} {
		r, err := document.DecodeRecipe(t.Context(), []byte("request: {osv: "+written+"}"+recipeRest))
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if r.Request.OSVersion != want {
			t.Errorf("%s: got %q, want %q", written, r.Request.OSVersion, want)
		}
	}
}

func TestRecipeErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"request: {gpu: [h100]}":                           "line 1, column 16: request.gpu: got a list",
		"request: {gpu: {major: 1}}":                       "request.gpu: got a mapping",
		"request: {cpu: x}":                                `request.cpu: unknown field "cpu"; expected os, osv, kernel, service, k8s, gpu, intent, context or withContext`,
		"request: []":                                      "request: got a list, want a mapping",
		"request: {context: true, withContext: true}":      `"context" is given under two names`,
		"request: {context: maybe}":                        `request.context: got "maybe", want true or false`,
		"request: {context: [1]}":                          "request.context: got a list",
		"request: {k8s: {mayor: 1}}":                       `request.k8s.mayor: unknown field "mayor"`,
		"request: {k8s: {major: x}}":                       `request.k8s.major: got "x", want a number of 0 or more`,
		"request: {k8s: {major: -1}}":                      `request.k8s.major: got "-1"`,
		"request: {k8s: {major: []}}":                      "request.k8s.major: got a list",
		"request: {k8s: {precision: 4}}":                   "request.k8s.precision: the precision of a version is 1, 2 or 3",
		"request: {k8s: {precision: x}}":                   "request.k8s.precision: got \"x\"",
		"request: {k8s: {extras: []}}":                     "request.k8s.extras: got a list",
		"matchedRules: any":                                `matchedRules: got "any", want a list`,
		"matchedRules: [{}]":                               "matchedRules[0]: got a mapping",
		"constraints: {}":                                  "constraints: got a mapping, want a list",
		"constraints: [{field: k8s, range: '1'}]":          `constraints[0]: the field "layer" is missing`,
		"constraints: [{field: [], range: '1', layer: x}]": "constraints[0].field: got a list",
		"metadata: {recipe-timestamp: 2026}":               `the time "2026" is not of the form`,
		"metadata: {source-node: x}":                       `unknown field "source-node"`,
		"spec: {}":                                         `spec: unknown field "spec"; expected kind, apiVersion, measurements, metadata, request, matchedRules, constraints, contexts, provenance or findings`,
	} {
		_, err := document.DecodeRecipe(t.Context(), []byte(text+recipeRest))
		wantError(t, err, want)
	}
}

func FuzzDecodeRecipe(f *testing.F) {
	f.Add(readFile(f, "recipe-older.yaml"))
	f.Add(readFile(f, "recipe.json"))
	f.Add(readFile(f, "recipe-maps.json"))
	for _, request := range []string{"{osv: 24.04}", "{k8s: {precision: 2}}", "{context: True}", "{gpu: \"a\\nb\"}", "{}"} {
		f.Add([]byte("request: " + request + recipeRest))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := document.DecodeRecipe(t.Context(), data)
		if err != nil {
			wantError(t, err, "")
			return
		}
		fixedPoint(t, r, document.DecodeRecipe, document.Recipe.YAML)
		fixedPoint(t, r, document.DecodeRecipe, document.Recipe.JSON)
		fixedPoint(t, r, document.DecodeRecipe, document.Recipe.JSONMaps)
	})
}

func TestRecipeOfMapsErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{}":                           "measurements: the measurements are empty",
		"{OS: {}}":                     `measurements.OS: "OS" is not the path of a value: write type/subtype/key`,
		"{OS/kmod: 1}":                 `"OS/kmod" is not the path of a value`,
		"{OS//a: 1}":                   `"OS//a" is not the path of a value`,
		"{CPU/a/b: 1}":                 `unknown measurement type "CPU"; expected`,
		"{OS/kmod/a: {}}":              `measurements["OS/kmod/a"]: got a mapping, want a single value`,
		"{OS/kmod/a: null}":            `measurements["OS/kmod/a"]: got null`,
		"{OS/kmod/a: 1, OS/kmod/a: 2}": `the key "OS/kmod/a" is given twice`,
		"{OS/kmod/a: 1}\ncontexts: {OS/kmod/b: x}":                                                           `a context explains a value, but measurements has none at "OS/kmod/b"`,
		"{OS/kmod/a: 1}\ncontexts: {OS/sysctl/a: x}":                                                         `a context explains a value, but measurements has none at "OS/sysctl/a"`,
		"{OS/kmod/a: 1}\ncontexts: {OS/kmod/a: {}}":                                                          `contexts["OS/kmod/a"]: got a mapping, want a single value`,
		"[{type: OS, subtypes: [{subtype: kmod, data: {a: 1}, context: {a: x}}]}]\ncontexts: {OS/kmod/a: y}": `the context of "OS/kmod/a" is given twice`,
		"[{type: OS, subtypes: [{subtype: k/mod, data: {a: 1}}]}]":                                           `the name of a subtype must not be empty or contain /; got "k/mod"`,
	} {
		_, err := document.DecodeRecipe(t.Context(), []byte("kind: Recipe\napiVersion: recipe.dgxc.io/v1\nmeasurements: "+text))
		wantError(t, err, want)
	}
}
