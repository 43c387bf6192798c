// SPDX-License-Identifier: Apache-2.0

package provider_test

import "testing"

// TestComponentWithoutChart: of a component that is manifests alone, what a chart has is
// null, the condition of the guide keeps it out of the releases, and its objects are known.
// All of that holds next to an unknown recipe too.
func TestComponentWithoutChart(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + `
variable "kubernetes_version" {
  default = "1.34"
}

resource "terraform_data" "cluster" {
  input = var.kubernetes_version
}

data "eidos_recipe" "test" {
  service            = "gke"
  os                 = "cos"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = terraform_data.cluster.output
  options            = { nccl_plugin = "tcpxo" }
}

resource "eidos_bundle" "test" {
  recipe   = data.eidos_recipe.test.json
  bundlers = ["gpu-operator", "gke-nccl-tcpxo"]
}

resource "terraform_data" "release" {
  for_each         = { for name, c in eidos_bundle.test.components : name => c if c.release_name != null }
  input            = { version = each.value.version, values = each.value.values }
  triggers_replace = [each.value.release_name, each.value.chart, each.value.repository]
}
`})
	changes := w.plan()
	actions(t, changes, map[string]string{
		"terraform_data.cluster": "create", "eidos_bundle.test": "create", `terraform_data.release["gpu-operator"]`: "create",
	})
	w.must("apply", "-input=false", "plan.bin")
	w.unchanged()

	changes = w.plan("-var=kubernetes_version=1.35")
	components, _ := changes["eidos_bundle.test"].Before["components"].(map[string]any)
	c, _ := components["gke-nccl-tcpxo"].(map[string]any)
	for _, name := range []string{"chart", "repository", "release_name", "values", "values_sha256"} {
		if value, ok := c[name]; !ok || value != nil {
			t.Errorf("%s: got %v, want null", name, value)
		}
	}
	if manifests, _ := c["manifests"].(map[string]any); len(manifests) == 0 || c["version"] == "" {
		t.Errorf("the component has no manifests or no version: %v", c)
	}
	w.must("apply", "-input=false", "plan.bin")
}
