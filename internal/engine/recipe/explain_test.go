// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestExplain makes recipes anew from their documents alone, and holds what that shows
// against how they came about.
func TestExplain(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	query := document.Query{OS: "ubuntu", OSVersion: "24.04", Service: "self-managed", K8s: "1.34", GPU: "h100", Intent: "training"}
	for name, tt := range map[string]struct {
		request recipe.Request
		inputs  []string // the values that the catalog does not set
	}{
		"the catalog alone": {request: recipe.Request{Query: query}},
		"an option":         {request: recipe.Request{Query: query, Options: map[string]string{"rdma": "true"}}, inputs: []string{"K8s/config/rdma"}},
		"a release":         {request: recipe.Request{Query: query, Releases: map[string]string{"gpu-operator": "v26.3.3"}}, inputs: []string{"K8s/image/gpu-operator"}},
		"a driver":          {request: recipe.Request{Query: query, Driver: "580.126.20"}, inputs: []string{"K8s/image/driver"}},
		"an overlay": {request: recipe.Request{Query: query, Overlays: []string{
			"key: {gpu: h100}\ntypes: [{type: OS, subtypes: [{subtype: sysctl, data: {/proc/sys/vm/swappiness: \"1\"}}]}]\n",
		}}, inputs: []string{"OS/sysctl//proc/sys/vm/swappiness"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := catalog.Build(t.Context(), tt.request)
			if err != nil {
				t.Fatal(err)
			}
			want := made.Provenance
			for _, path := range tt.inputs {
				if want[path] == "" {
					t.Fatalf("the recipe has no %s", path)
				}
				want[path] = recipe.Input
			}
			if diff := cmp.Diff(want, catalog.Explain(t.Context(), made.Recipe)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	made, err := catalog.Build(t.Context(), recipe.Request{Query: query})
	if err != nil {
		t.Fatal(err)
	}
	made.Recipe.Metadata.Version = "2020.1"
	if got := catalog.Explain(t.Context(), made.Recipe); got != nil {
		t.Errorf("a recipe of another catalog has %v", got)
	}
	made.Recipe.Metadata.Version, made.Recipe.Request.GPU = catalog.Version(), "no such"
	made.Recipe.Request.K8s = "x"
	if got := catalog.Explain(t.Context(), made.Recipe); got != nil {
		t.Errorf("a recipe that cannot be made has %v", got)
	}
}
