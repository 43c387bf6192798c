// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// covers reports whether a query states all that a gap is about.
func covers(g recipe.Gap, q document.Query) bool {
	for _, field := range document.QueryFields() {
		if want := *g.Key.Field(field); want != "" && *q.Field(field) != want {
			return false
		}
	}
	return true
}

// TestGapsAreWhatHasNoRecipe asks for every service, system, GPU and version of
// Kubernetes together: there is a recipe exactly where no gap is.
func TestGapsAreWhatHasNoRecipe(t *testing.T) {
	t.Parallel()
	c, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	gaps, err := c.Gaps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	versions, err := c.KubernetesVersions(t.Context())
	if err != nil || len(versions) == 0 {
		t.Fatalf("got versions %v, %v", versions, err)
	}
	used := make([]bool, len(gaps))
	asked := func(q document.Query) {
		_, err := c.Build(t.Context(), recipe.Request{Query: q})
		i := slices.IndexFunc(gaps, func(g recipe.Gap) bool { return covers(g, q) })
		if (err != nil) != (i >= 0) {
			t.Errorf("%+v: gap %d, Build: %v", q, i, err)
		}
		for i, g := range gaps {
			used[i] = used[i] || covers(g, q)
		}
	}
	for _, service := range c.Values("service") {
		for _, system := range c.Values("os") {
			for _, gpu := range c.Values("gpu") {
				for _, k8s := range append([]string{""}, versions...) {
					asked(document.Query{Service: service, OS: system, GPU: gpu, K8s: k8s})
				}
			}
		}
	}
	for i, g := range gaps {
		if g.Reason == "" || len(g.Name()) < 3 {
			t.Errorf("%+v has no reason or no name", g)
		}
		// What the data says is without recipes is no value that a query may have.
		asked(g.Key)
		if !used[i] {
			t.Errorf("%s: no query runs into it", g.Name())
		}
	}
}

func TestGapsOfOwnCatalog(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, `
base: [{type: OS, subtypes: [{subtype: kmod, data: {a: true}}]}]
overlays:
- {key: {service: eks, gpu: h100}, types: [{type: OS, subtypes: [{subtype: kmod, data: {b: true}}]}]}
- {key: {service: eks, gpu: h200}, types: [{type: OS, subtypes: [{subtype: kmod, data: {b: true}}]}]}
- {key: {service: aks, gpu: h100, os: ubuntu}, types: [{type: OS, subtypes: [{subtype: kmod, data: {c: true}}]}]}
services: [{service: cirrus, without: it rains}]
`)
	gaps, err := c.Gaps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range gaps {
		reason, _, _ := strings.Cut(g.Reason, ";")
		got = append(got, g.Name()+": "+reason)
	}
	want := []string{
		"service=cirrus: it rains",
		"os=ubuntu,gpu=h200: no overlay covers os=ubuntu for this query",
		"service=aks,gpu=h200: no overlay covers service=aks for this query",
		"os=ubuntu,service=eks: no overlay covers os=ubuntu for this query",
	}
	got = slices.DeleteFunc(got, func(text string) bool { // the embedded ones
		return strings.HasPrefix(text, "service=openshift") || strings.HasPrefix(text, "os=") && !strings.HasPrefix(text, "os=ubuntu")
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if versions, err := c.KubernetesVersions(t.Context()); err != nil || versions != nil {
		t.Errorf("got versions %v, %v, want none without components", versions, err)
	}
}
