// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

const (
	chartless        = "gke-nccl-tcpxo"
	chartlessFixture = "gke-h100-tcpxo"
)

// TestWithoutChart: a component that is its manifests alone has nothing of a chart or
// a Helm release, whatever the registry says of charts, and its scripts need no helm.
func TestWithoutChart(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{Recipe: fixture(t, chartlessFixture), Registry: registry(t)})
	c := componentOf(t, b, chartless)
	want := bundle.Component{
		Name: chartless, Version: "v1.0.15", Namespace: "kube-system", Wave: 1,
		ApplyOrder: map[string]string{"manifests/installer.yaml": bundle.BeforeChart, "manifests/device-injector.yaml": bundle.BeforeChart},
	}
	ignored := cmpopts.IgnoreFields(bundle.Component{}, "Manifests", "Images", "Prerequisites")
	if diff := cmp.Diff(want, c, ignored, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, f := range b.Files {
		path, ours := strings.CutPrefix(f.Path, chartless+"/")
		switch {
		case ours && path == "values.yaml":
			t.Error("there is a file of values")
		case ours && strings.HasPrefix(path, "scripts/") && strings.Contains(string(f.Content), "helm"):
			t.Errorf("%s needs helm:\n%s", path, f.Content)
		}
	}
}

// TestSiteOfObjects: placement, mirror and pull secrets reach the pods of objects.
func TestSiteOfObjects(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]string{chartlessFixture: chartless, "gke-gb200-gib": "gke-nccl-gib"} {
		b := render(t, bundle.Request{Recipe: fixture(t, name), Registry: registry(t), Placement: &bundle.Placement{GPU: bundle.Pool{
			NodeSelector: map[string]string{"pool": "training"},
			Tolerations:  []corev1.Toleration{{Key: "team", Operator: corev1.TolerationOpExists}},
		}}})
		for path, text := range componentOf(t, b, of).Manifests {
			pod, _ := tree.Lookup(decode(t, text), "spec.template.spec")
			spec, _ := pod.(map[string]any)
			selector, _ := spec["nodeSelector"].(map[string]any)
			if selector["pool"] != "training" || selector["cloud.google.com/gke-accelerator"] == nil {
				t.Errorf("%s: the pods go to %v", path, selector)
			}
			tolerations, _ := spec["tolerations"].([]any)
			if diff := cmp.Diff(map[string]any{"key": "team", "operator": "Exists"}, tolerations[len(tolerations)-1]); diff != "" || len(tolerations) < 2 {
				t.Errorf("%s: tolerations %v", path, tolerations)
			}
			if diff := cmp.Diff([]any{map[string]any{"name": "mirror"}}, spec["imagePullSecrets"]); diff != "" {
				t.Errorf("%s: secrets (-want +got):\n%s", path, diff)
			}
			if strings.Count(text, "image: ") != strings.Count(text, "image: registry.example.com:5000/mirror/") {
				t.Errorf("%s: an image does not come from the mirror:\n%s", path, text)
			}
		}
	}
}

// TestOutlineWithoutChart: next to an unknown recipe, nobody takes a component for one
// with a chart that is not known yet.
func TestOutlineWithoutChart(t *testing.T) {
	t.Parallel()
	outline, err := renderer().Outline(t.Context(), bundle.Request{Bundlers: []string{chartless}, Pending: bundle.Pending{Registry: true}})
	if err != nil {
		t.Fatal(err)
	}
	want := []bundle.Component{{Name: chartless, Namespace: "kube-system", Wave: 1, Unknown: bundle.Unknown{Manifests: true, Prerequisites: true}}}
	if diff := cmp.Diff(want, outline); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestObjectOverridesWithoutChart: the objects can be changed, and what their kind does
// not have is an error.
func TestObjectOverridesWithoutChart(t *testing.T) {
	t.Parallel()
	request := func(override string) bundle.Request {
		return bundle.Request{Recipe: fixture(t, chartlessFixture), ObjectOverrides: map[string]string{chartless + "/installer": override}}
	}
	b := render(t, request("spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 2}}}"))
	if text := componentOf(t, b, chartless).Manifests["manifests/installer.yaml"]; !strings.Contains(text, "maxUnavailable: 2") {
		t.Errorf("the override is not in:\n%s", text)
	}
	if _, err := renderer().Render(t.Context(), request("spec: {updateStrategi: {}, replicas: 2}")); err == nil || !strings.Contains(err.Error(), "a DaemonSet has no such field") {
		t.Errorf("got %v, want an error about the field", err)
	}
}

// TestChartOfNone: values, or a repository, for a component without a chart are an error.
func TestChartOfNone(t *testing.T) {
	t.Parallel()
	for want, req := range map[string]bundle.Request{
		`overrides["gke-nccl-tcpxo"]: it has no chart, and so no values; override its objects instead`: {Overrides: map[string]string{chartless: "a: 1"}},
		"registry: chart_repositories: gke-nccl-tcpxo has no chart; leave it out":                      {Registry: &bundle.Registry{ChartRepositories: map[string]string{chartless: "https://charts.example.com"}}},
	} {
		req.Recipe = fixture(t, chartlessFixture)
		if _, err := renderer().Render(t.Context(), req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
