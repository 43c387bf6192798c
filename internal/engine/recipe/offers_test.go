// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"slices"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestOffers holds what is offered against what a recipe can be made of.
func TestOffers(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, stated := range []document.Query{
		{},
		{Service: "aks"},
		{Service: "gke", GPU: "gb200"},
		{Service: "AKS", OS: "any"},
		{GPU: "b200", OS: "cos"},
		{Service: "nowhere"},
	} {
		for _, field := range []string{"service", "os", "gpu", "k8s", "intent"} {
			if *stated.Field(field) != "" {
				continue
			}
			offered, err := catalog.Offers(t.Context(), field, stated)
			if err != nil || len(offered) == 0 {
				t.Errorf("%v, %s: %d values, %v", stated, field, len(offered), err)
			}
			for _, value := range catalog.Values(field) {
				q := stated
				*q.Field(field) = value
				_, err := catalog.Build(t.Context(), recipe.Request{Query: q})
				if can := err == nil; can != slices.Contains(offered, value) && stated.Service != "nowhere" {
					t.Errorf("%v, %s %s: offered %v, but Build says %v", stated, field, value, !can, err)
				}
			}
		}
	}
}
