// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

const layered = `
base:
- {type: K8s, subtypes: [{subtype: server, data: {version: "1.30"}}]}
- {type: OS, subtypes: [{subtype: kmod, data: {a: true, b: true, c: true}, context: {a: Base wants a, b: Base wants b}}]}
overlays:
- {key: {service: eks}, types: [{type: OS, subtypes: [{subtype: kmod, data: {a: false, b: null, c: true}}]}]}
- {key: {service: eks, gpu: h100}, types: [{type: OS, subtypes: [{subtype: kmod, data: {a: true, b: true}, context: {a: H100 wants a}}]}]}
`

func TestAccount(t *testing.T) {
	t.Parallel()
	made, err := mustLoad(t, layered).Build(t.Context(), recipe.Request{
		Query:    document.Query{Service: "eks", GPU: "h100", K8s: "1.31"},
		Overlays: []string{"{key: {gpu: h100}, types: [{type: OS, subtypes: [{subtype: kmod, data: {a: false}, context: {a: We do not}}]}]}"},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) *string { return &s }
	want := map[string]document.Origin{
		"K8s/server/version": {Layer: "request", Reason: "The Kubernetes version that the recipe was asked for", Replaced: []document.Former{{Layer: "base", Value: text("1.30")}}},
		"OS/kmod/a": {Layer: "user:gpu=h100", Reason: "We do not", Replaced: []document.Former{
			{Layer: "service=eks,gpu=h100", Value: text("true")}, {Layer: "service=eks", Value: text("false")}, {Layer: "base", Value: text("true")},
		}},
		"OS/kmod/b": {Layer: "service=eks,gpu=h100", Replaced: []document.Former{{Layer: "service=eks"}, {Layer: "base", Value: text("true")}}},
		"OS/kmod/c": {Layer: "service=eks"},
	}
	if diff := cmp.Diff(want, made.Account().Provenance); diff != "" {
		t.Errorf("provenance (-want +got):\n%s", diff)
	}
}

// TestAccountAgrees compares the account of recipes of the embedded catalog with
// their provenance, and its reasons with the contexts.
func TestAccountAgrees(t *testing.T) {
	t.Parallel()
	c, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.Build(t.Context(), recipe.Request{
		Query: document.Query{Service: "eks", OS: "ubuntu", GPU: "h100", Intent: "training", Context: true}, Options: map[string]string{"rdma": "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	account := made.Account()
	if len(account.Findings) != len(made.Findings) || len(account.Findings) == 0 || account.Findings[0].Rule == "" {
		t.Errorf("got findings %v of %v", account.Findings, made.Findings)
	}
	replaced := 0
	for path, origin := range account.Provenance {
		if origin.Layer != made.Provenance[path] {
			t.Errorf("%s: got layer %s, want %s", path, origin.Layer, made.Provenance[path])
		}
		replaced += len(origin.Replaced)
	}
	for _, m := range made.Recipe.Measurements {
		for _, s := range m.Subtypes {
			for key := range s.Data {
				if path := string(m.Type) + "/" + s.Name + "/" + key; account.Provenance[path].Reason != s.Context[key] {
					t.Errorf("%s: got reason %q, want %q", path, account.Provenance[path].Reason, s.Context[key])
				}
			}
		}
	}
	if rdma := account.Provenance["K8s/config/rdma"]; rdma.Layer != "argument" || len(rdma.Replaced) == 0 || replaced < 2 {
		t.Errorf("got %v, %d replaced in all", rdma, replaced)
	}
}
