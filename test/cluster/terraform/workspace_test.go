// SPDX-License-Identifier: Apache-2.0

package terraform_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

const recipe = `
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}

variable "service" { default = "aks" }

data "eidos_recipe" "this" {
  service = var.service
  os      = "ubuntu"
  gpu     = "h100"
  intent  = "training"
}

output "service" { value = data.eidos_recipe.this.request.service }
`

func TestWorkspace(t *testing.T) {
	t.Setenv("KUBE_HOST", "https://developer.example")
	t.Setenv("KUBECONFIG", "/home/developer/.kube/config")
	plugins := t.TempDir()
	if err := terraform.Build(t.Context(), "../../..", plugins); err != nil {
		t.Fatal(err)
	}

	log := t.TempDir() + "/trace.log"
	w := terraform.NewWorkspace(t, plugins, recipe, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	w.Apply(t)
	var service string
	if w.Output(t, "service", &service); service != "aks" {
		t.Errorf("the output is %q", service)
	}
	if state := w.Read(t, "terraform.tfstate"); !strings.Contains(state, "eidos_recipe") {
		t.Errorf("the state does not hold the data source:\n%s", state)
	}
	trace, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(trace), "terraform-provider-eidos") || strings.Contains(string(trace), "developer") {
		t.Error("the trace lacks the provider, or knows the developer's cluster")
	}

	w.Write(t, "terraform.tfvars", `service = "elsewhere"`)
	r := w.ApplyFails(t, "elsewhere", "self-managed")
	if r.Says("no such text") {
		t.Error("Says is true of anything")
	}
}

func TestBuildError(t *testing.T) {
	t.Parallel()
	if err := terraform.Build(t.Context(), t.TempDir(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "building terraform-provider-eidos") {
		t.Errorf("building what is not there: %v", err)
	}
}
