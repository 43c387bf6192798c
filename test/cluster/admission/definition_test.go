// SPDX-License-Identifier: Apache-2.0

package admission_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/admission"
)

// kindFacts are those of one kind, Example, with a spec.
func kindFacts(spec string) fstest.MapFS {
	text := `{"objects": {"Example": {"apiVersion": "example.com/v1", "namespaced": true, "fields": {"metadata": "object", "spec!": ` + spec + `}}}}`
	return fstest.MapFS{"a/1.json": {Data: []byte(text)}}
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		`"string 1..63 enum a|b pattern ^[a b]$"`: `{"enum":["a","b"],"maxLength":63,"minLength":1,"pattern":"^[a b]$","type":"string"}`,
		`"int32 ..7"`:                      `{"format":"int32","maximum":7,"type":"integer"}`,
		`["boolean"]`:                      `{"items":{"type":"boolean"},"type":"array"}`,
		`{"*": "int-or-string"}`:           `{"additionalProperties":{"x-kubernetes-int-or-string":true},"type":"object"}`,
		`"object"`:                         `{"type":"object","x-kubernetes-preserve-unknown-fields":true}`,
		`{"b!": "integer", "a": "string"}`: `{"properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["b"],"type":"object"}`,
	} {
		got, err := admission.Definitions(kindFacts(spec), "a", "1")
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		whole := `---
{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"examples.example.com"},` +
			`"spec":{"group":"example.com","names":{"kind":"Example","listKind":"ExampleList","plural":"examples","singular":"example"},"scope":"Namespaced",` +
			`"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"properties":{"metadata":{"type":"object"},"spec":` + want +
			`},"required":["spec"],"type":"object"}},"served":true,"storage":true}]}}
`
		if diff := cmp.Diff(whole, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spec, diff)
		}
	}
}

func TestDefinitionsOfBrokenFacts(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		`"text"`:              `a/1.json: schema of Example: field spec: unknown type "text"`,
		`{"a": "string few"}`: `field a: unknown word "few"`,
		`"integer 1..x"`:      `bounds "1..x"`,
		`[]`:                  "a list of 0, want one element",
		`{"*": 1}`:            "1 is no notation of a schema",
		`}`:                   "reading chart facts a/1.json",
	} {
		_, err := admission.Definitions(kindFacts(spec), "a", "1")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", spec, err, want)
		}
	}
	if _, err := admission.Definitions(fstest.MapFS{}, "a", "1"); err == nil {
		t.Error("a release without facts has definitions")
	}
	bare := fstest.MapFS{"a/1.json": {Data: []byte(`{"objects": {"Example": {"apiVersion": "v1", "fields": {}}}}`)}}
	if _, err := admission.Definitions(bare, "a", "1"); err == nil || !strings.Contains(err.Error(), `apiVersion "v1" has no group`) {
		t.Errorf("got %v, want an error about the group", err)
	}
}
