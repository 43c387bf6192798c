// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/added"
)

// addedQuery is for a GPU and a service that are files of testdata.
func addedQuery() document.Query {
	return document.Query{Service: "skyport", GPU: "x900", OS: "ubuntu", Intent: "training", K8s: "1.34"}
}

// TestComponentIsAFolder shows that a component appears in recipes, bundles and
// lists, from which completion and errors take their words, because of its folder
// alone.
func TestComponentIsAFolder(t *testing.T) {
	t.Parallel()
	catalog, set := added.Load(t)
	r := bundle.NewRendererOf(set)
	made, err := catalog.Build(t.Context(), recipe.Request{Query: addedQuery()})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"K8s/image/skyport-gate", "K8s/image/gatekeeper"} {
		if got := made.Provenance[key]; got != "release:skyport-gate v1.1.0" {
			t.Errorf("%s comes from %q", key, got)
		}
	}
	b, err := r.Render(t.Context(), bundle.Request{Recipe: made.Recipe})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range b.Components {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"gpu-operator", "nvidia-dra-driver-gpu", "skyport-gate"}, names); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	gate := componentOf(t, b, "skyport-gate")
	if gate.Version != "v1.1.0" || gate.Repository != "https://charts.skyport.example" || gate.Namespace != "skyport-gate" || !slices.Equal(gate.Requires, []string{"gpu-operator"}) || gate.Values != "{}" {
		t.Errorf("got %+v", gate)
	}
	if text := contents(b)["skyport-gate/README.md"]; !strings.Contains(text, "Passing costs a coin") || !strings.Contains(text, "skyport pay --namespace skyport-gate") {
		t.Errorf("the README has no note:\n%s", text)
	}
	for list, has := range map[string]bool{
		"bundlers": slices.Contains(r.Bundlers(), "skyport-gate"),
		"rules":    slices.ContainsFunc(r.Rules(), func(i bundle.RuleInfo) bool { return i.Name == "gate-is-closed" && i.Component == "skyport-gate" }),
		"keys":     slices.ContainsFunc(r.Keys("skyport-gate"), func(k bundle.KeyInfo) bool { return k.Path == "K8s/config/gate_mode" }),
		"gpus":     slices.Contains(catalog.Values("gpu"), "x900"),
		"services": slices.Contains(catalog.Values("service"), "skyport"),
	} {
		if !has {
			t.Errorf("what is added is not among the %s", list)
		}
	}
}

// TestRulesOfAddedComponent breaks each of them by its example.
func TestRulesOfAddedComponent(t *testing.T) {
	t.Parallel()
	catalog, set := added.Load(t)
	checkRules(t, catalog, set)
}

// TestErrorsNameAddedComponent asks for what is wrong about it.
func TestErrorsNameAddedComponent(t *testing.T) {
	t.Parallel()
	catalog, set := added.Load(t)
	r := bundle.NewRendererOf(set)
	build := func(k8s, config string) (document.Recipe, error) {
		query := addedQuery()
		query.K8s = k8s
		made, err := catalog.Build(t.Context(), recipe.Request{Query: query, Overlays: []string{"types: [{type: K8s, subtypes: [{subtype: config, data: " + config + "}]}]"}})
		if err != nil {
			return document.Recipe{}, err
		}
		return made.Recipe, nil
	}
	for name, tt := range map[string]struct {
		k8s, config string
		request     bundle.Request
		want        string
	}{
		"unknown name":   {"1.34", "{gds: false}", bundle.Request{Bundlers: []string{"skyport-gat"}}, `did you mean "skyport-gate"?`},
		"value":          {"1.34", "{gate_mode: ajar}", bundle.Request{}, `K8s/config/gate_mode: got "ajar", want one of open, closed`},
		"unknown option": {"1.34", "{gate_mod: open}", bundle.Request{}, `did you mean "gate_mode"?`},
		"override":       {"1.34", "{gds: false}", bundle.Request{Overrides: map[string]string{"skyport-gate": "moed: open"}}, "did you mean mode?"},
		"rule":           {"1.34", "{gate_mode: closed}", bundle.Request{}, "no job with x900 gets through a closed gate; open it (rule gate-is-closed)"},
		"no release":     {"1.37", "{gds: false}", bundle.Request{}, "the platform needs skyport-gate, and no release of it that eidos knows supports Kubernetes 1.37"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := build(tt.k8s, tt.config)
			if err == nil {
				tt.request.Recipe = made
				_, err = r.Render(t.Context(), tt.request)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
