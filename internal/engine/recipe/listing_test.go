// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

const listed = `
base: [{type: K8s, subtypes: [{subtype: image, data: {gpu-operator: v2}}]}]
overlays:
- key: {k8s: ">= 1.30, < 1.32", service: EKS}
  types: [{type: K8s, subtypes: [{subtype: image, data: {gpu-operator: null, dcgm: "4"}}]}]
- key: {gpu: h100}
  constraints: {k8s: ">= 1.30", driver: ">= 550"}
- key: {k8s: 1.29}
  types: [{type: K8s, subtypes: [{subtype: image, data: {gpu-operator: v1}}]}]
`

func TestOverlays(t *testing.T) {
	t.Parallel()
	want := []recipe.Overlay{
		{Name: "gpu=h100", Key: document.Query{GPU: "h100"}, Constraints: []document.Constraint{
			{Field: "k8s", Range: ">= 1.30", Layer: "gpu=h100"}, {Field: "driver", Range: ">= 550", Layer: "gpu=h100"},
		}},
		{Name: "k8s=1.29", Key: document.Query{K8s: "1.29"}},
		{Name: "service=eks,k8s=>=1.30 <1.32", Key: document.Query{Service: "eks", K8s: ">= 1.30, < 1.32"}},
	}
	if diff := cmp.Diff(want, mustLoad(t, listed).Overlays()); diff != "" {
		t.Errorf("overlays (-want +got):\n%s", diff)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	type setting struct{ layer, k8s, value string }
	var got []setting
	for _, s := range mustLoad(t, listed).Settings(measurement.Path{Type: measurement.K8s, Subtype: "image", Key: "gpu-operator"}) {
		value := "removed"
		if s.Value != nil {
			value = s.Value.String()
		}
		got = append(got, setting{s.Layer, s.Key.K8s, value})
	}
	want := []setting{{"base", "", "v2"}, {"k8s=1.29", "1.29", "v1"}, {"service=eks,k8s=>=1.30 <1.32", ">= 1.30, < 1.32", "removed"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(setting{})); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}
