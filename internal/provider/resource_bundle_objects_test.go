// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"strings"
	"testing"
)

const objectConfig = requireEidos + `
variable "secret" {
  default = "pull"
}

resource "terraform_data" "late" {
  input = var.secret
}

data "eidos_recipe" "test" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.json
  output_dir = "out"
  object_overrides = {
    "network-operator/nicclusterpolicy" = yamlencode({ spec = { ofedDriver = { imagePullSecrets = [SECRET] } } })
  }
}
`

// TestObjectOverrideThatIsUnknown: a value that only an apply reveals leaves known
// what it does not feed, and stands in the object afterwards.
func TestObjectOverrideThatIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": strings.Replace(objectConfig, "SECRET", "terraform_data.late.output", 1)})
	planned := w.plan()["eidos_bundle.test"]
	components, _ := planned.After["components"].(map[string]any)
	unknown, _ := planned.AfterUnknown["components"].(map[string]any)
	network, _ := components["network-operator"].(map[string]any)
	gone, _ := unknown["network-operator"].(map[string]any)
	if network["values"] == nil || gone["manifests"] != true {
		t.Errorf("the plan knows %v, and not %v", network, gone)
	}
	w.must("apply", "-input=false", "plan.bin")
	if got := w.read("out/network-operator/manifests/nicclusterpolicy.yaml"); !strings.Contains(got, "- pull\n") {
		t.Errorf("the policy lacks the override:\n%s", got)
	}
	w.unchanged()
}

// TestObjectOverrideRefused: what the definition refuses fails the plan, on the
// element.
func TestObjectOverrideRefused(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": strings.Replace(objectConfig, "SECRET", "{}", 1)})
	w.fails([]string{"plan", "-input=false"}, "Bundle Not Possible",
		`object_overrides["network-operator/nicclusterpolicy"]: spec.ofedDriver.imagePullSecrets[0]`, "(rule object-refused)")
}
