// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestUncoveredQueriesAreRefused(t *testing.T) {
	t.Parallel()
	const bare = `{overlays: [{key: {service: eks, gpu: h100}}, {key: {os: ubuntu}}], base: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}}]}]}`
	tests := map[string]struct {
		catalog  string
		query    document.Query
		overlays []string
		want     [][2]string
	}{
		"covered pair":       {query: document.Query{Service: "eks", GPU: "h100", OS: "ubuntu"}},
		"gpu not on service": {query: document.Query{Service: "eks", GPU: "b200"}, want: [][2]string{{"gpu", "service eks has no gpu b200; it has gb200 and h100"}}},
		"os not on service":  {query: document.Query{Service: "eks", OS: "cos"}, want: [][2]string{{"os", "service eks has no os cos; it has amazonlinux and ubuntu"}}},
		"both pairs, both reported": {query: document.Query{Service: "gke", OS: "amazonlinux", GPU: "gb200"}, want: [][2]string{
			{"os", "service gke has no os amazonlinux; it has cos and ubuntu"}, {"gpu", "service gke has no gpu gb200; it has b200 and h100"},
		}},
		"service without overlays and rows": {query: document.Query{Service: "self-managed", GPU: "h100"}, want: [][2]string{
			{"service", "no overlay covers service=self-managed; ask for another service, or add an overlay of your own for it"}, {"gpu", "the platform table lists no gpu for it; where it has one, add an overlay of your own for service=self-managed,gpu=h100"},
		}},
		"gpu only covered with a service":    {query: document.Query{GPU: "b200"}, want: [][2]string{{"gpu", "no overlay covers gpu=b200 for this query; the data has it for service=gke,gpu=b200; ask for one of these, or add an overlay of your own"}}},
		"value of the table without overlay": {query: document.Query{Service: "gke", OS: "cos"}, want: [][2]string{{"os", "no overlay covers os=cos"}}},
		"no table, no pair rule":             {catalog: bare, query: document.Query{Service: "eks", GPU: "h100", OS: "ubuntu"}},
		"no table, still covered by value":   {catalog: bare, query: document.Query{GPU: "h100"}, want: [][2]string{{"gpu", "no overlay covers gpu=h100 for this query"}}},
		"the user covers a pair": {
			query:    document.Query{Service: "eks", GPU: "b200"},
			overlays: []string{`key: {service: eks, gpu: b200}`},
		},
		"the user tunes a gpu but does not vouch for the pair": {
			query:    document.Query{Service: "eks", GPU: "b200"},
			overlays: []string{`key: {gpu: b200}`},
			want:     [][2]string{{"gpu", "service eks has no gpu b200"}},
		},
		"the user brings a gpu":     {query: document.Query{Service: "eks", GPU: "B300"}, overlays: []string{`key: {gpu: b300}`}},
		"the user brings a service": {query: document.Query{Service: "coreweave", GPU: "h100"}, overlays: []string{`key: {service: coreweave}`}},
		"what the user brings must apply": {
			query:    document.Query{Service: "eks", GPU: "b300"},
			overlays: []string{`key: {service: gke, gpu: b300}`},
			want:     [][2]string{{"gpu", "no overlay covers gpu=b300 for this query; the data has it for user:service=gke,gpu=b300"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := loadCatalog(t)
			if tt.catalog != "" {
				c = mustLoad(t, tt.catalog)
			}
			request := recipe.Request{Query: tt.query, Overlays: tt.overlays}
			_, err := c.Build(t.Context(), request)
			wantErrors(t, err, tt.want...)

			request.AllowUncovered = true
			var found []recipe.Finding
			for _, w := range buildRecipe(t, c, request).Findings {
				if w.Field != "overlays" {
					found = append(found, w)
				}
			}
			wantWarnings(t, found, tt.want...)
		})
	}
}

func TestManyOverlaysAreNotAllNamed(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("overlays:\n")
	for _, k := range "123456789" {
		text.WriteString("- key: {gpu: h100, k8s: 1.1" + string(k) + "}\n")
	}
	_, err := mustLoad(t, text.String()).Build(t.Context(), recipe.Request{Query: document.Query{GPU: "h100"}})
	got := recipe.Errors(err)
	if len(got) == 0 || !strings.HasSuffix(got[0].Error(), "k8s=1.14,gpu=h100, k8s=1.15,gpu=h100 and others; ask for one of these, or add an overlay of your own; or go on without data with allow_uncovered") {
		t.Errorf("got %v, want five names and others", err)
	}
}
