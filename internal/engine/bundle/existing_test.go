// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

func namesOf(b *bundle.Bundle) []string {
	names := make([]string, len(b.Components))
	for i, c := range b.Components {
		names[i] = c.Name
	}
	return names
}

// TestExistingIsNotRendered: what the cluster has is left out of what the platform
// needs, and counts for others as if the bundle had it.
func TestExistingIsNotRendered(t *testing.T) {
	t.Parallel()
	recipe := fixture(t, "self-managed-h100-rdma")
	both := render(t, bundle.Request{Recipe: recipe})
	for existing, rendered := range map[string]string{"gpu-operator": "network-operator", "network-operator": "gpu-operator"} {
		b := render(t, bundle.Request{Recipe: recipe, Existing: []string{existing}})
		if diff := cmp.Diff([]string{rendered}, namesOf(b)); diff != "" {
			t.Errorf("with %s (-want +got):\n%s", existing, diff)
		}
		got, want := componentOf(t, b, rendered), componentOf(t, both, rendered)
		if got.Values != want.Values {
			t.Errorf("with %s on the cluster, the values of %s are\n%s\nwant those next to it:\n%s", existing, rendered, got.Values, want.Values)
		}
		if len(got.Requires) > 0 {
			t.Errorf("%s requires %v, which is not in the bundle", rendered, got.Requires)
		}
	}
	if b := render(t, bundle.Request{Recipe: recipe, Existing: []string{"gpu-operator", "network-operator"}}); len(b.Components)+len(b.Files) > 0 {
		t.Errorf("a cluster that has everything gets %v", namesOf(b))
	}
}

// TestNothingWaitsForExisting: the script of a component does not put off its wait
// for one that is there before it.
func TestNothingWaitsForExisting(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.set(config("peer_memory"), true) })
	const script, later = "gpu-operator/scripts/install.sh", "only after network-operator is installed"
	if text := contents(render(t, s.Request))[script]; !strings.Contains(text, later) {
		t.Errorf("next to network-operator, the script does not say %q", later)
	}
	s.Existing = []string{"network-operator"}
	if text := contents(render(t, s.Request))[script]; strings.Contains(text, later) || !strings.Contains(text, "waiting until cluster-policy reports ready") {
		t.Errorf("with network-operator on the cluster, the script does not wait:\n%s", text)
	}
}

// TestExistingCountsInRules: two of a kind are two wherever the other one comes from.
func TestExistingCountsInRules(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) {
		s.Existing = []string{"gpu-operator"}
		s.Bundlers = []string{"nvidia-dra-driver-gpu"}
		s.override("nvidia-dra-driver-gpu", "{resources: {gpus: {enabled: true}}, gpuResourcesEnabledOverride: true}")
	})
	if got := brokenRules(t, s.Request); !slices.Contains(got, "dra-takes-gpus!") {
		t.Errorf("the request breaks %v, want dra-takes-gpus", got)
	}
}

// TestSettingsOfExisting are said to have no effect.
func TestSettingsOfExisting(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{
		Recipe: fixture(t, "self-managed-h100-rdma"), Existing: []string{"network-operator"}, Namespaces: map[string]string{"network-operator": "net"},
	})
	if !slices.ContainsFunc(b.Findings, func(f bundle.Finding) bool {
		return f.Rule == "component-not-rendered" && strings.HasSuffix(f.Message, "remove them, or remove it from existing")
	}) {
		t.Errorf("got findings %v", b.Findings)
	}
}
