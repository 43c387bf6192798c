// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestUserOverlayErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                                       "line 1, column 1: the document is empty",
		"[]":                                     "got a list, want a mapping",
		"{}":                                     "the overlay is empty",
		"overlays: {}":                           "want a list",
		"overlays: [3]":                          "overlays[0]",
		"{overlays: [{key: {gpu: x}}], key: {}}": `unknown field "overlays"`,
		"match: {gpu: h100}":                     `unknown field "match"; expected name, key, when, types or constraints`,
		"key: {cpu: x}":                          `line 1, column 7: key.cpu: unknown field "cpu"`,
		"key: {gpu: ''}":                         "key.gpu: the value is blank",
		"key: {gpu: [h100, h200]}":               "key.gpu: got a list",
		"key: {k8s: 1..2}":                       "key.k8s: \"1..2\" is not a version",
		"key: {k8s: '>= x'}":                     "key.k8s: range \">= x\"",
		"key: {context: true}":                   `unknown field "context"`,
		"name: a,b\nkey: {gpu: h100}":            `name: got "a,b", want a name of at most 64 letters`,
		"constraints: {gpu: h100}":               `constraints.gpu: unknown field "gpu"; expected osv, kernel, k8s or driver`,
		"constraints: {k8s: [1]}":                "constraints.k8s",
		"constraints: {k8s: '~> 1'}":             "constraints.k8s: range \"~> 1\": unknown operator",
		"constraints: 1.30":                      "want a mapping",
		"types: [{type: CPU, subtypes: []}]":     "unknown measurement type",
		"types:\n- type: OS\n  subtypes:\n  - subtype: kmod\n    data: {a: [1]}": "line 5, column 15: types[0].subtypes[0].data.a",
		"key: &a [*a]":                  "nested deeper",
		"when: x":                       "line 1, column 7: when: line 1: a condition is a mapping of operands and tests",
		"when: {.driver.enabled: true}": `when: line 1: ".driver.enabled" cannot be read here`,
		"when: {kuber: x}":              `when: line 1: "kuber" is not an operand`,
		"when: {gpu: {contain: x}}":     `unknown test "contain"`,
		"when: {gpu: {contains: ''}}":   "every text contains an empty one",
		"when: [{gpu: x}, y]":           "a condition is a mapping",
		"when: {snapshot gpu: x}":       `"snapshot gpu" is not an operand`,
	}
	for text, want := range tests {
		_, err := loadCatalog(t).Build(t.Context(), recipe.Request{Overlays: []string{"key: {gpu: h100}", text}})
		got := recipe.Errors(err)
		if len(got) != 1 || got[0].Field != "overlays" || got[0].Index != 1 || !strings.HasPrefix(err.Error(), "overlays[1]: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want overlays[1] with %q", text, err, want)
		}
	}
}

func TestEveryBrokenOverlayIsReported(t *testing.T) {
	t.Parallel()
	_, err := loadCatalog(t).Build(t.Context(), recipe.Request{Overlays: []string{"{}", "key: {gpu: h100}", "\x00"}})
	got := recipe.Errors(err)
	if len(got) != 2 || got[0].Index != 0 || got[1].Index != 2 {
		t.Errorf("got %v, want errors for elements 0 and 2", err)
	}
}

func TestUserOverlayWarnings(t *testing.T) {
	t.Parallel()
	const removeGone = `types: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: null, lustre: null}}]}]`
	tests := map[string]struct {
		query    document.Query
		overlays []string
		want     []string
	}{
		"applies":              {query: document.Query{GPU: "h100"}, overlays: []string{"key: {gpu: h100}"}},
		"does not match":       {query: document.Query{GPU: "h100"}, overlays: []string{"key: {gpu: b200}"}, want: []string{"overlays[0]: user:gpu=b200 does not apply: its key has gpu=b200, the query has gpu=h100"}},
		"query leaves it open": {overlays: []string{"key: {k8s: '>=1.30, <1.33'}"}, want: []string{"overlays[0]: user:k8s=>=1.30 <1.33 does not apply: its key has k8s=>=1.30 <1.33, the query leaves k8s open"}},
		"removes what is not there, the second time too": {overlays: []string{removeGone, removeGone}, want: []string{
			"overlays[0]: user:any removes OS/kmod/lustre, which no layer sets",
			"overlays[1]: user:any removes OS/kmod/lustre, which no layer sets",
			"overlays[1]: user:any removes OS/kmod/nvidia, which no layer sets",
		}},
		"a layer sees those below it in its element": {
			query: document.Query{GPU: "h100"},
			overlays: []string{`
overlays:
- {key: {gpu: h100}, types: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: null, efa: null}}]}]}
- {types: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: null, efa: true}}]}]}`},
			want: []string{"overlays[0]: user:gpu=h100 removes OS/kmod/nvidia, which no layer sets"},
		},
		"equally specific and different within one element": {
			query: document.Query{GPU: "h100", Service: "eks"},
			overlays: []string{`
overlays:
- {key: {gpu: h100}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: true, cdi: true}}]}]}
- {key: {service: eks}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: false, cdi: true}}]}]}`},
			want: []string{`overlays[0]: user:gpu=h100 and user:service=eks are equally specific and set K8s/config/mig differently ("true", "false"); the later one wins`},
		},
		"a condition that nothing meets": {
			overlays: []string{`{when: {K8s/node/distribution: rke2}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: true}}]}]}`},
			want:     []string{"overlays[0]: user:K8s/node/distribution=rke2 does not apply: its when asks for K8s/node/distribution=rke2, and nothing says what K8s/node/distribution is"},
		},
		"a condition that something else meets": {
			overlays: []string{`{when: {gpu: b200, service: {not: gke}}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: true}}]}]}`},
			want:     []string{"overlays[0]: user:gpu=b200,service does not apply: its when asks for gpu=b200, and nothing says what gpu is"},
		},
		"a misspelled subtype": {
			overlays: []string{`types: [{type: K8s, subtypes: [{subtype: configg, data: {mig: true}}, {subtype: image, data: {driver: "1.2"}}]}, {type: OS, subtypes: [{subtype: own, data: {a: b}}]}]`},
			want:     []string{`overlays[0]: user:any sets the subtype K8s/configg, which nothing reads; known are config, image, network-config, node, server and service; did you mean "config"?`},
		},
		"a subtype like no other": {
			overlays: []string{`types: [{type: K8s, subtypes: [{subtype: quotas, data: {a: 1, b: 2}}]}]`},
			want:     []string{"overlays[0]: user:any sets the subtype K8s/quotas, which nothing reads; known are config, image, network-config, node, server and service"},
		},
		"a subtype that it removes alone": {
			overlays: []string{`types: [{type: K8s, subtypes: [{subtype: quotas, data: {a: null}}]}]`},
			want:     []string{"overlays[0]: user:any removes K8s/quotas/a, which no layer sets"},
		},
		"the order of the list decides": {
			query: document.Query{GPU: "h100"},
			overlays: []string{
				`{key: {gpu: h100}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: true}}]}]}`,
				`{key: {gpu: h100}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: false}}]}]}`,
			},
		},
		"the query's kubernetes version stays": {
			query:    document.Query{K8s: "1.33"},
			overlays: []string{`types: [{type: K8s, subtypes: [{subtype: server, data: {version: v1.34.0}}]}]`},
			want:     []string{"the query's 1.33 replaces the K8s/server/version that user:any sets"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := buildRecipe(t, loadCatalog(t), recipe.Request{Query: tt.query, Overlays: tt.overlays, AllowUncovered: true})
			var got []string
			for _, w := range result.Findings {
				got = append(got, w.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzUserOverlay proves that any text is either refused as overlays[0] or
// leads to a recipe that can be read back and is the same the second time.
func FuzzUserOverlay(f *testing.F) {
	for _, text := range []string{
		userDriver, userJSON, "{}", "key: {k8s: 1.30}", "key: {gpu: any}", "constraints: {driver: '>= 1'}",
		"types: [{type: OS, subtypes: [{subtype: a/b, data: {c: 18446744073709551615}}]}]",
		"types: [{type: OS, subtypes: [{subtype: a, data: {b/c: null}}]}]",
		"overlays:\n- key: &k {service: eks}\n- key: *k\n",
	} {
		f.Add(text)
	}
	c := loadCatalog(f)
	f.Fuzz(func(t *testing.T, text string) {
		request := recipe.Request{Query: document.Query{Service: "eks", GPU: "h100"}, Overlays: []string{text}}
		result, err := c.Build(t.Context(), request)
		if err != nil {
			for _, e := range recipe.Errors(err) {
				if e.Err == nil || !utf8.ValidString(e.Error()) {
					t.Errorf("%q: error without a readable message: %#v", text, e)
				}
			}
			return
		}
		written, err := result.Recipe.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := document.DecodeRecipe(t.Context(), written); err != nil {
			t.Fatalf("the recipe cannot be read back: %v\n%s", err, written)
		}
		again, err := c.Build(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := again.Recipe.YAML(); err != nil || string(second) != string(written) {
			t.Errorf("the second recipe differs (%v):\n%s\n%s", err, written, second)
		}
	})
}

// Languages such as HCL write every field of an object and turn the values of a
// map into values of one type.
func TestOverlaysAsHCLMakesThem(t *testing.T) {
	t.Parallel()
	base := recipe.Request{Query: document.Query{Service: "eks", OS: "ubuntu", GPU: "h100", K8s: "1.34"}}
	plain := buildRecipe(t, embeddedCatalog(t), base)
	for _, nothing := range []string{
		`{"key":null,"types":null,"constraints":null,"name":null}`,
		`{"key":{"gpu":"h100","os":null},"types":[]}`,
		`{"key":{},"types":[{"type":"K8s","subtypes":[]},{"type":"OS","subtypes":null}],"constraints":{"k8s":null}}`,
		`{"types":[{"type":"K8s","subtypes":[{"subtype":"config","data":{},"context":{}},{"subtype":"image","data":null,"context":null}]}]}`,
		`{"types":[{"type":"K8s","subtypes":[{"subtype":"config","data":{"gds":false},"context":{"gds":null,"rdma":null}}]}]}`,
		`{"types":[{"type":"K8s","subtypes":[{"subtype":"config","data":{"gds":"false","mig_strategy":"single"}}]}]}`,
		`{"overlays":[]}`,
		`{"overlays":null}`,
	} {
		request := base
		request.Overlays = []string{nothing}
		r := buildRecipe(t, embeddedCatalog(t), request)
		if diff := cmp.Diff(plain.Recipe.Measurements, r.Recipe.Measurements, cmp.Comparer(func(a, b measurement.Reading) bool { return a == b })); diff != "" || len(r.Findings) > 0 {
			t.Errorf("%s: %v (-without +with):\n%s", nothing, r.Findings, diff)
		}
	}
	base.Overlays = []string{`{"name":"our storage","key":{"gpu":"h100"},"types":[{"type":"K8s","subtypes":[{"subtype":"config","data":{"gds":"true","mig":null}}]}]}`}
	r := buildRecipe(t, embeddedCatalog(t), base)
	if gds := r.Recipe.Measurements.Get(measurement.K8s, "config", "gds"); gds != measurement.Bool(true) || r.Provenance["K8s/config/gds"] != "user:our storage" {
		t.Errorf("gds %#v of %q", gds, r.Provenance["K8s/config/gds"])
	}
	if mig := r.Recipe.Measurements.Get(measurement.K8s, "config", "mig"); mig != nil {
		t.Errorf("mig %v was not removed", mig)
	}
	if rules := r.Recipe.MatchedRules; rules[len(rules)-1] != "user:our storage" {
		t.Errorf("matched rules %v", rules)
	}
}

// Alternatives for several kinds of clusters are not called in vain where one of
// them applies.
func TestAlternativesApply(t *testing.T) {
	t.Parallel()
	request := recipe.Request{Query: document.Query{GPU: "h100", K8s: "1.34"}, Overlays: []string{"overlays: [{key: {gpu: h100}}, {key: {gpu: a100}}]", "overlays: [{key: {gpu: h200}}, {key: {gpu: a100}}]"}}
	r := buildRecipe(t, embeddedCatalog(t), request)
	wantWarnings(t, r.Findings, [2]string{"overlays", "user:gpu=h200 does not apply"}, [2]string{"overlays", "user:gpu=a100 does not apply"})
	for _, f := range r.Findings {
		if f.Place() != "overlays[1]" {
			t.Errorf("finding about %s", f.Place())
		}
	}
}

// TestManyOverlaysInOneDocument has so many that all pairs would be compared for
// minutes, and as many as there may be, each of which sets every key differently.
func TestManyOverlaysInOneDocument(t *testing.T) {
	t.Parallel()
	build := func(count int) (*recipe.Result, error) {
		overlays := make([]string, count)
		for i := range overlays {
			overlays[i] = fmt.Sprintf("{key: {gpu: h100}, types: [{type: K8s, subtypes: [{subtype: config, data: {a: %d, b: %d}}]}]}", i, i)
		}
		return embeddedCatalog(t).Build(t.Context(), recipe.Request{
			Query:    document.Query{GPU: "h100", K8s: "1.34"},
			Overlays: []string{"overlays: [" + strings.Join(overlays, ", ") + "]"},
		})
	}
	if _, err := build(201); err == nil || !strings.Contains(err.Error(), "got 201 overlays, the limit of one document is 200") {
		t.Errorf("got %v", err)
	}
	r, err := build(200)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 100 {
		t.Errorf("got %d findings", len(r.Findings))
	}
}

// TestReadingEndsWithItsContext: the end of a context is not a mistake of a catalog or an
// overlay.
func TestReadingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	catalog := embeddedCatalog(t)
	for name, err := range map[string]error{
		"overlay": errorOf(catalog.Build(ctx, recipe.Request{Overlays: []string{"key: {gpu: h100}"}})),
		"check":   catalog.Check(ctx, recipe.Request{Overlays: []string{"key: {gpu: h100}"}}),
		"catalog": errorOf(recipe.Load(ctx, []byte("overlays: [{key: {gpu: h100}}]"))),
		"files":   errorOf(recipe.LoadFS(ctx, fstest.MapFS{"a.yaml": {Data: []byte("overlays: [{key: {gpu: h100}}]")}})),
	} {
		if err == nil || err.Error() != "enough" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }
