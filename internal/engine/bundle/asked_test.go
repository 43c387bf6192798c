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
)

// askedFor is a recipe that asks for every component that nobody gets unasked.
func askedFor(t *testing.T, service string) document.Recipe {
	t.Helper()
	return withOptions(t, service, map[string]string{
		"cert_manager": "true", "custom_metrics": "true", "monitoring": "true", "node_feature_discovery": "true", "storage": "ebs",
	})
}

func withOptions(t *testing.T, service string, options map[string]string) document.Recipe {
	t.Helper()
	result, err := embeddedCatalog(t).Build(t.Context(), recipe.Request{
		Query:   document.Query{Service: service, OS: "ubuntu", OSVersion: "24.04", GPU: "h100", Intent: "training", K8s: "1.32.5"},
		Options: options,
	})
	if err != nil {
		t.Fatal(err)
	}
	return result.Recipe
}

// TestAskedFor: who asks for components gets them, their releases and the order to
// install them in, and the others know of them.
func TestAskedFor(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{Recipe: askedFor(t, "eks")})
	want := map[string][]string{
		"aws-ebs-csi-driver":        nil,
		"aws-efa-k8s-device-plugin": {"gpu-operator"},
		"cert-manager":              {"prometheus-operator-crds"},
		"gpu-operator":              {"node-feature-discovery", "prometheus-operator-crds"},
		"kube-prometheus-stack":     {"prometheus-operator-crds"},
		"node-feature-discovery":    nil,
		"prometheus-adapter":        {"kube-prometheus-stack"},
		"prometheus-operator-crds":  nil,
	}
	got := map[string][]string{}
	for _, c := range b.Components {
		got[c.Name] = c.Requires
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what to install first (-want +got):\n%s", diff)
	}
	for name, lines := range map[string][]string{
		"gpu-operator":          {`"nfd":{"enabled":false}`, `"serviceMonitor":{"enabled":true}`},
		"kube-prometheus-stack": {`"crds":{"enabled":false}`, `"kubeEtcd":{"enabled":false}`, `"serviceMonitorSelectorNilUsesHelmValues":false`},
		"cert-manager":          {`"crds":{"enabled":true}`},
	} {
		values := componentOf(t, b, name).Values
		for _, line := range lines {
			if !strings.Contains(values, line) {
				t.Errorf("%s lacks %q:\n%s", name, line, values)
			}
		}
	}
	if slices.ContainsFunc(b.Findings, func(f bundle.Finding) bool { return f.Component != "gpu-operator" && f.Component != "" }) {
		t.Errorf("findings: %+v", b.Findings)
	}
}

// TestControlPlaneThatIsVisible: on a cluster of one's own, Prometheus asks the
// control plane.
func TestControlPlaneThatIsVisible(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{Recipe: askedFor(t, "self-managed")})
	if values := componentOf(t, b, "kube-prometheus-stack").Values; strings.Contains(values, "kubeEtcd") {
		t.Errorf("the control plane is left out:\n%s", values)
	}
	if names := namesOf(b); slices.Contains(names, "aws-ebs-csi-driver") {
		t.Errorf("the EBS driver is in %v", names)
	}
}

// TestDefinitionTwice: a definition that two components would bring is an error,
// also where the cluster has one of them already.
func TestDefinitionTwice(t *testing.T) {
	t.Parallel()
	recipe := askedFor(t, "eks")
	for name, tt := range map[string]struct {
		existing  []string
		overrides map[string]string
		want      string
	}{
		"next to it": {
			overrides: map[string]string{"gpu-operator": "nfd: {enabled: true}"},
			want:      "gpu-operator at nfd.enabled",
		},
		"definitions of Prometheus": {
			overrides: map[string]string{"kube-prometheus-stack": "crds: {enabled: true}"},
			want:      "kube-prometheus-stack at crds.enabled",
		},
		"on the cluster": {
			existing:  []string{"node-feature-discovery"},
			overrides: map[string]string{"gpu-operator": "nfd: {enabled: true}"},
			want:      "gpu-operator at nfd.enabled",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := renderer().Render(t.Context(), bundle.Request{Recipe: recipe, Overrides: tt.overrides, Existing: tt.existing})
			var got []string
			for _, e := range ruleErrors(t, err) {
				if e.Rule == "definition-twice" {
					got = append(got, e.Component+" at "+e.Path)
				}
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
