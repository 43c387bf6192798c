// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"bytes"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestBuildGolden(t *testing.T) {
	t.Parallel()
	snapshot := loadSnapshot(t)
	tests := map[string]recipe.Request{
		"base":            {},
		"eks-h100":        {Query: document.Query{Service: " EKS ", GPU: "H100", OS: "Ubuntu", K8s: "v1.33.5-eks-3025e55", OSVersion: "24.04", Context: true}},
		"older-line":      {Query: document.Query{Service: "eks", GPU: "h100", OS: "amzn", K8s: "1.31", Context: true}},
		"eks-gb200":       {Snapshot: &snapshot, Query: document.Query{Intent: "training"}},
		"user-overlays":   {Query: document.Query{GPU: "h100", Service: "eks"}, Overlays: []string{userDriver, userJSON}},
		"kernel-specific": {Query: document.Query{OS: "ubuntu", Kernel: "6.8.0-1028-aws"}},
	}
	c := loadCatalog(t)
	for name, request := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := buildRecipe(t, c, request).Recipe.YAML()
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/recipe-" + name + ".yaml"
			if *recipe.Update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("recipe (-want +got):\n%s", diff)
			}
			if _, err := document.DecodeRecipe(t.Context(), got); err != nil {
				t.Errorf("the recipe cannot be read back: %v", err)
			}
		})
	}
}

const (
	userDriver = `
overlays:
  - key: {service: eks, gpu: h100}
    types: [{type: K8s, subtypes: [{subtype: image, data: {driver: 580.95.05}, context: {driver: Ours}}]}]
  - types: [{type: K8s, subtypes: [{subtype: image, data: {driver: 575.1}}, {subtype: config, data: {cdi: null}}]}]
`
	userJSON = `{"key": {"gpu": "h100"}, "types": [{"type": "OS", "subtypes": [{"subtype": "kmod", "data": {"nvidia": null}}]}]}`
)

func TestProvenanceNamesEveryValue(t *testing.T) {
	t.Parallel()
	got := buildRecipe(t, loadCatalog(t), recipe.Request{
		Query:    document.Query{Service: "eks", GPU: "h100", K8s: "1.33"},
		Overlays: []string{userDriver, userJSON},
	})
	want := map[string]string{
		"K8s/server/version":                   "request",
		"K8s/image/gpu-operator":               "base",
		"K8s/image/driver":                     "user:service=eks,gpu=h100",
		"K8s/image/dcgm":                       "base",
		"K8s/image/aws-efa-k8s-device-plugin":  "service=eks",
		"K8s/config/mig":                       "gpu=h100",
		"K8s/config/rdma":                      "service=eks,gpu=h100",
		"OS/sysctl//proc/sys/vm/max_map_count": "base",
	}
	if diff := cmp.Diff(want, got.Provenance); diff != "" {
		t.Errorf("provenance (-want +got):\n%s", diff)
	}
	values := flat(got.Recipe.Measurements)
	for path := range want {
		if values[path] == "" {
			t.Errorf("provenance names %s, which the recipe lacks", path)
		}
	}
	if len(values) != len(want) {
		t.Errorf("the recipe has %d values, the provenance %d", len(values), len(want))
	}
	if got.Sources != nil {
		t.Errorf("got sources %v without a snapshot", got.Sources)
	}
}

func TestContextFollowsItsValue(t *testing.T) {
	t.Parallel()
	request := recipe.Request{Query: document.Query{K8s: "1.31", Context: true}}
	recipeOf := buildRecipe(t, loadCatalog(t), request).Recipe
	image := recipeOf.Measurements.Subtype("K8s", "image")
	want := map[string]string{"gpu-operator": "Chart of the newest line"}
	if diff := cmp.Diff(want, image.Context); diff != "" {
		t.Errorf("the driver was set without a context, which the base's must not explain (-want +got):\n%s", diff)
	}
	request.Query.Context = false
	for _, m := range buildRecipe(t, loadCatalog(t), request).Recipe.Measurements {
		for _, s := range m.Subtypes {
			if s.Context != nil {
				t.Errorf("%s/%s has a context that nobody asked for", m.Type, s.Name)
			}
		}
	}
}

func TestRemovalDropsEmptiedSubtypesAndTypes(t *testing.T) {
	t.Parallel()
	got := buildRecipe(t, loadCatalog(t), recipe.Request{Overlays: []string{
		`{types: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: null}}, {subtype: sysctl, data: {/proc/sys/vm/max_map_count: null}}]}]}`,
	}}).Recipe
	if len(got.Measurements) != 1 || got.Measurements[0].Type != "K8s" {
		t.Errorf("got %v, want K8s alone", got.Measurements)
	}
}

func TestBuildRefusesAnEmptyRecipe(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, `{overlays: [{key: {gpu: h100}, types: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}}]}]}]}`)
	_, err := c.Build(t.Context(), recipe.Request{})
	wantErrors(t, err, [2]string{"catalog", "the recipe would be empty"})
}

func TestBuildReportsEveryBadField(t *testing.T) {
	t.Parallel()
	_, err := loadCatalog(t).Build(t.Context(), recipe.Request{Query: document.Query{
		OS: "ubunto", OSVersion: "abc", Kernel: "  ", Service: "eks ", K8s: "1..2", GPU: "l4", Intent: "serving",
	}})
	wantErrors(t, err,
		[2]string{"os", `os: unknown os "ubunto"; valid are amazonlinux, cos, ubuntu, any, and values that your overlays add; did you mean "ubuntu"? Or go on without data with allow_uncovered`},
		[2]string{"osv", `"abc" is not a version`},
		[2]string{"kernel", "the value is blank"},
		[2]string{"k8s", `"1..2" is not a version`},
		[2]string{"gpu", `unknown gpu "l4"; valid are b200, gb200, h100`},
		[2]string{"intent", `unknown intent "serving"; valid are training, any, and values that your overlays add; or go on without data with allow_uncovered`},
	)
}

func TestAnyLeavesAFieldOpen(t *testing.T) {
	t.Parallel()
	got := buildRecipe(t, loadCatalog(t), recipe.Request{Query: document.Query{OS: "any", Service: " ANY", GPU: "Any", K8s: "any", Intent: "any"}})
	if diff := cmp.Diff(document.Query{}, got.Recipe.Request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if len(got.Recipe.MatchedRules) > 0 {
		t.Errorf("got rules %v, want none", got.Recipe.MatchedRules)
	}
}

// TestBuildIsDeterministic builds the same recipes concurrently and in
// changing order from one catalog.
func TestBuildIsDeterministic(t *testing.T) {
	t.Parallel()
	c, snapshot := loadCatalog(t), loadSnapshot(t)
	requests := []recipe.Request{
		{},
		{Snapshot: &snapshot},
		{Query: document.Query{Service: "eks", GPU: "h100", K8s: "1.31", Context: true}},
		{Query: document.Query{Service: "eks", GPU: "h100"}, Overlays: []string{userDriver, userJSON}},
	}
	want := make([][]byte, len(requests))
	for i, r := range requests {
		want[i] = encode(t, c, r)
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for n := range 4 * len(requests) {
				i := (worker + n*3) % len(requests)
				if got := encode(t, c, requests[i]); !bytes.Equal(want[i], got) {
					t.Errorf("request %d gave other bytes under concurrency", i)
				}
			}
		})
	}
	group.Wait()
}

func encode(t *testing.T, c *recipe.Catalog, r recipe.Request) []byte {
	t.Helper()
	result, err := c.Build(t.Context(), r)
	if err != nil {
		t.Error(err)
		return nil
	}
	y, err := result.Recipe.YAML()
	if err != nil {
		t.Error(err)
	}
	return y
}
