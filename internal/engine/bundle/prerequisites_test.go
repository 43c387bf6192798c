// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// titles lists the prerequisites of each component of a bundle.
func titles(b *bundle.Bundle) map[string][]string {
	found := map[string][]string{}
	for _, c := range b.Components {
		for _, p := range c.Prerequisites {
			found[c.Name] = append(found[c.Name], p.Title)
		}
	}
	return found
}

// TestPrerequisites: what has to be done first is said of the component and in
// its README, what can wait in the README alone.
func TestPrerequisites(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string][]string{
		"aks-h100-training":               {"gpu-operator": {"Node pools"}, "network-operator": {"Node pools"}},
		"eks-h100-training":               {"aws-efa-k8s-device-plugin": {"Nodes"}},
		"gke-h100-inference":              {"gpu-operator": {"Node pools", "Driver", "Fabric Manager"}},
		"self-managed-a100-mig-inference": {},
	} {
		b := render(t, bundle.Request{Recipe: fixture(t, name)})
		if diff := cmp.Diff(want, titles(b)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, c := range b.Components {
			readme := contents(b)[c.Name+"/README.md"]
			before, _, _ := strings.Cut(readme, "\n## Notes\n")
			for _, p := range c.Prerequisites {
				if p.Text == "" || !strings.Contains(before, "\n### "+p.Title+"\n") || !strings.Contains(before, p.Command) {
					t.Errorf("%s: the README of %s does not say %+v first", name, c.Name, p)
				}
			}
		}
	}
}

// TestPrerequisitesNextToUnknownInput: an override that decides about one leaves
// all of its component unknown.
func TestPrerequisitesNextToUnknownInput(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{Recipe: fixture(t, "aks-h100-training"), Pending: bundle.Pending{Overrides: []string{"gpu-operator"}}})
	if c := componentOf(t, b, "gpu-operator"); !c.Unknown.Prerequisites || c.Prerequisites != nil {
		t.Errorf("who installs the driver is not known, but %+v", c.Prerequisites)
	}
	b = render(t, bundle.Request{Recipe: fixture(t, "eks-h100-training"), Pending: bundle.Pending{Overrides: []string{"gpu-operator"}}})
	if c := componentOf(t, b, "aws-efa-k8s-device-plugin"); c.Unknown.Prerequisites || len(c.Prerequisites) == 0 {
		t.Error("what no input decides is not known")
	}
}

// TestWavesAreConstant: a wave does not depend on what else is in a bundle, or on
// its recipe.
func TestWavesAreConstant(t *testing.T) {
	t.Parallel()
	waves := map[string]int{}
	recipes := map[string]document.Recipe{"everything that may be asked for": askedFor(t, "eks"), "what sets up nodes": withOptions(t, "self-managed", map[string]string{"node_tuning": "nodewright"})}
	for _, name := range fixtures() {
		recipes[name] = fixture(t, name)
	}
	for name, recipe := range recipes {
		for _, c := range render(t, bundle.Request{Recipe: recipe, Placement: gpuPool()}).Components {
			if first, seen := waves[c.Name]; seen && first != c.Wave {
				t.Errorf("%s: %s is of wave %d, and of %d elsewhere", name, c.Name, c.Wave, first)
			}
			waves[c.Name] = c.Wave
		}
	}
	outline, err := renderer().Outline(t.Context(), bundle.Request{Bundlers: renderer().Bundlers()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range outline {
		switch wave, seen := waves[c.Name]; {
		case !seen:
			t.Errorf("no bundle of this test has %s: add what asks for it to askedFor", c.Name)
		case c.Wave != wave:
			t.Errorf("%s is of wave %d in an outline, of %d in bundles", c.Name, c.Wave, wave)
		}
		for _, first := range c.Requires {
			if waves[first] >= c.Wave {
				t.Errorf("%s is not of a later wave than %s", c.Name, first)
			}
		}
	}
}
