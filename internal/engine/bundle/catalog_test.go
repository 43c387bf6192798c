// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// embeddedLine returns K8s/image of the recipe that the embedded catalog
// makes of a query.
func embeddedLine(t *testing.T, catalog *recipe.Catalog, q document.Query) map[string]string {
	t.Helper()
	result, err := catalog.Build(t.Context(), recipe.Request{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	line := map[string]string{}
	for key, value := range result.Recipe.Measurements.Subtype(measurement.K8s, "image").Data {
		line[key] = value.String()
	}
	return line
}

func embeddedCatalog(tb testing.TB) *recipe.Catalog {
	tb.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return catalog
}

// TestCatalogEFAInstanceTypes compares the instance types that the platform
// table wires with EFA with those on which the chart's pods run.
func TestCatalogEFAInstanceTypes(t *testing.T) {
	t.Parallel()
	catalog := embeddedCatalog(t)
	line := embeddedLine(t, catalog, document.Query{Service: "eks"})
	release, err := component.Facts().Release("aws-efa-k8s-device-plugin", line["aws-efa-k8s-device-plugin"])
	if err != nil {
		t.Fatal(err)
	}
	value, _ := release.Default("supportedInstanceLabels.values")
	listed, _ := value.([]any)
	var lacking []string
	for _, platform := range catalog.Platforms() {
		for _, gpu := range platform.GPUs {
			for _, instance := range gpu.InstanceTypes {
				efa := platform.Service == "eks" && gpu.Fabric == "efa"
				if efa && !slices.Contains(listed, any(instance)) {
					lacking = append(lacking, instance)
				}
				if !efa && slices.Contains(listed, any(instance)) {
					t.Errorf("%s has the fabric %s, yet the chart runs there", instance, gpu.Fabric)
				}
			}
		}
	}
	if diff := cmp.Diff([]string(nil), lacking); diff != "" {
		t.Errorf("wired with EFA, but not listed by the chart (-want +got):\n%s", diff)
	}
}

// TestBundlersFollowInstanceTypes renders what snapshots of two sizes of one GPU
// lead to: only the size with a fabric gets the component that serves it.
func TestBundlersFollowInstanceTypes(t *testing.T) {
	t.Parallel()
	catalog := embeddedCatalog(t)
	tests := map[string]struct {
		service, instance string
		want              []string
	}{
		"EFA":           {"eks", "g6e.48xlarge", []string{"aws-efa-k8s-device-plugin", "gpu-operator"}},
		"no EFA":        {"eks", "g6e.2xlarge", []string{"gpu-operator"}},
		"InfiniBand":    {"aks", "Standard_ND96isr_H100_v5", []string{"gpu-operator", "network-operator"}},
		"no InfiniBand": {"aks", "Standard_NC40ads_H100_v5", []string{"gpu-operator"}},
		"RoCE":          {"oke", "BM.GPU.H100.8", []string{"gpu-operator", "network-operator"}},
		"no RoCE":       {"oke", "BM.GPU.L40S-NC.4", []string{"gpu-operator"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := func(data map[string]string) map[string]measurement.Reading {
				readings := map[string]measurement.Reading{}
				for key, value := range data {
					readings[key] = measurement.Str(value)
				}
				return readings
			}
			snapshot := document.Snapshot{Measurements: measurement.List{{Type: measurement.K8s, Subtypes: []measurement.Subtype{
				{Name: "node", Data: text(map[string]string{"provider": tt.service, "os-image": "Ubuntu 24.04.3 LTS", "instance-type": tt.instance})},
				{Name: "server", Data: text(map[string]string{"version": "v1.34.2"})},
			}}}}
			result, err := catalog.Build(t.Context(), recipe.Request{Query: document.Query{Intent: "training"}, Snapshot: &snapshot})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range render(t, bundle.Request{Recipe: result.Recipe}).Components {
				got = append(got, c.Name)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("components (-want +got):\n%s", diff)
			}
		})
	}
}
