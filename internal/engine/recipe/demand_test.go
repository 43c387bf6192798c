// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestConstraintsOfLayers(t *testing.T) {
	t.Parallel()
	gb200 := document.Query{Service: "eks", GPU: "gb200"}
	with := func(change func(*document.Query)) document.Query {
		q := gb200
		change(&q)
		return q
	}
	tests := map[string]struct {
		query    document.Query
		overlays []string
		want     [][2]string
	}{
		"met by the recipe's own versions": {query: gb200},
		"met by the query":                 {query: with(func(q *document.Query) { q.K8s = "v1.32.0-eks-1" })},
		"version of the query is outside": {
			query: with(func(q *document.Query) { q.K8s = "1.29.4" }),
			want:  [][2]string{{"k8s", `service=eks,gpu=gb200 demands k8s >= 1.32, but the query's k8s is "1.29.4"; ask for a version that meets it; a cluster that runs another must be changed first`}},
		},
		"version of the recipe is outside": {
			query:    gb200,
			overlays: []string{`constraints: {k8s: ">= 1.36"}`},
			want:     [][2]string{{"k8s", `user:any demands k8s >= 1.36, but the recipe's K8s/server/version is "v1.34.1"; set the k8s of the cluster`}},
		},
		"driver of the user is outside": {
			query:    gb200,
			overlays: []string{`{key: {gpu: gb200}, types: [{type: K8s, subtypes: [{subtype: image, data: {driver: 570.133.20}}]}]}`},
			want:     [][2]string{{"", `service=eks,gpu=gb200 demands driver >= 580.65.06, but the recipe's K8s/image/driver is "570.133.20"; set a driver version that meets it`}},
		},
		"driver that is not a version": {
			query:    gb200,
			overlays: []string{`types: [{type: K8s, subtypes: [{subtype: image, data: {driver: latest}}]}]`},
			want:     [][2]string{{"", `K8s/image/driver cannot be compared: "latest" is not a version`}},
		},
		"the oldest driver of a GPU is a demand": {
			query:    gb200,
			overlays: []string{`types: [{type: GPU, subtypes: [{subtype: driver, data: {minimum-version: "600"}}]}]`},
			want:     [][2]string{{"", `user:any demands driver >= 600, but the recipe's K8s/image/driver is "595.91.07"`}},
		},
		"unless constraints say otherwise": {
			query:    gb200,
			overlays: []string{`{constraints: {driver: ">= 590"}, types: [{type: GPU, subtypes: [{subtype: driver, data: {minimum-version: "600"}}]}]}`},
		},
		"no driver at all": {
			query:    gb200,
			overlays: []string{`types: [{type: K8s, subtypes: [{subtype: image, data: {driver: null}}]}]`},
		},
		"contradiction names both layers": {
			query:    gb200,
			overlays: []string{`constraints: {driver: "< 580", osv: "24.04"}`},
			want: [][2]string{
				{"", "service=eks,gpu=gb200 demands driver >= 580.65.06 and user:any demands < 580: no version satisfies both; correct the constraint that is yours, or ask for another combination"},
				{"", `user:any demands driver < 580, but the recipe's K8s/image/driver is "595.91.07"`},
			},
		},
		"a prefix as a constraint": {
			query:    document.Query{OS: "ubuntu", OSVersion: "22.04"},
			overlays: []string{`constraints: {osv: "24.04", kernel: ">= 6.8"}`},
			want:     [][2]string{{"osv", `user:any demands osv 24.04, but the query's osv is "22.04"; ask for a version that meets it; a cluster`}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := loadCatalog(t).Build(t.Context(), recipe.Request{Query: tt.query, Overlays: tt.overlays, AllowUncovered: true})
			wantErrors(t, err, tt.want...)
		})
	}
}

func TestConstraintsAreDocumented(t *testing.T) {
	t.Parallel()
	got := buildRecipe(t, loadCatalog(t), recipe.Request{
		Query:    document.Query{Service: "eks", GPU: "gb200"},
		Overlays: []string{`{key: {gpu: gb200}, constraints: {driver: " >=590", k8s: "1.34"}}`},
	})
	want := []document.Constraint{
		{Field: "k8s", Range: ">= 1.32", Layer: "service=eks,gpu=gb200"},
		{Field: "driver", Range: ">= 580.65.06", Layer: "service=eks,gpu=gb200"},
		{Field: "k8s", Range: "1.34", Layer: "user:gpu=gb200"},
		{Field: "driver", Range: ">=590", Layer: "user:gpu=gb200"},
	}
	if diff := cmp.Diff(want, got.Recipe.Constraints); diff != "" {
		t.Errorf("constraints (-want +got):\n%s", diff)
	}
}
