// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// The function returns what the data source does, whatever form its argument
// has.
func TestRecipeFunction(t *testing.T) {
	t.Parallel()
	same := func(output string) statecheck.StateCheck {
		return statecheck.ExpectKnownOutputValue(output, knownvalue.Bool(true))
	}
	check(t, resource.TestStep{
		Config: `
locals {
  arguments = {
    service = "eks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34"
    options = { gds = true, mig_strategy = "mixed" }, releases = { gpu-operator = "v26.3.3" }, driver_version = null
    overlays = ["key: {gpu: a100}"], ignore_findings = []
  }
  made = provider::eidos::recipe(local.arguments)
}
data "eidos_recipe" "test" {
  service            = local.arguments.service
  os                 = local.arguments.os
  gpu                = local.arguments.gpu
  intent             = local.arguments.intent
  kubernetes_version = local.arguments.kubernetes_version
  options            = local.arguments.options
  releases           = local.arguments.releases
  overlays           = local.arguments.overlays
}
output "json" { value = local.made.json == data.eidos_recipe.test.json }
output "sha256" { value = local.made.sha256 == data.eidos_recipe.test.sha256 }
output "findings" { value = jsonencode(local.made.findings) == jsonencode(data.eidos_recipe.test.findings) }
output "rule" { value = local.made.findings[0].rule }
output "map" {
  value = provider::eidos::recipe(tomap({ service = "gke", gpu = "v100", kubernetes_version = "1.34", allow_uncovered = true, intent = null })).findings[0].rule
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			same("json"), same("sha256"), same("findings"),
			statecheck.ExpectKnownOutputValue("rule", knownvalue.StringExact("overlay-not-applied")),
			statecheck.ExpectKnownOutputValue("map", knownvalue.StringExact("not-covered")),
		},
	})
}

// The function compares documents in each form that Terraform has them in.
func TestCompareFunction(t *testing.T) {
	t.Parallel()
	exactly := func(output, value string) statecheck.StateCheck {
		return statecheck.ExpectKnownOutputValue(output, knownvalue.StringExact(value))
	}
	check(t, resource.TestStep{
		Config: `
locals {
  snapshot = <<-EOT
    apiVersion: snapshot.dgxc.io/v1
    kind: Snapshot
    measurements:
      - type: OS
        subtypes:
          - subtype: sysctl
            data: {/proc/sys/vm/swappiness: "10", /proc/sys/vm/dirty_ratio: "20"}
  EOT
  by_json = provider::eidos::compare(local.snapshot, data.eidos_recipe.test.json)
  by_yaml = provider::eidos::compare(local.snapshot, data.eidos_recipe.test.yaml)
  differ  = [for v in local.by_json : v if v.state == "different"]
}
data "eidos_recipe" "test" {
  service            = "self-managed"
  os                 = "ubuntu"
  gpu                = "h100"
  kubernetes_version = "1.34"
  context            = true
}
output "one" { value = join(" ", [for v in local.differ : "${v.path} ${v.want} ${v.have}"]) }
output "reason" { value = local.differ[0].reason }
output "same" { value = tostring(contains([for v in local.by_json : v.path if v.state == "same"], "OS/sysctl//proc/sys/vm/dirty_ratio")) }
output "equal" { value = tostring(jsonencode(local.by_json) == jsonencode(local.by_yaml)) }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			exactly("one", "OS/sysctl//proc/sys/vm/swappiness 60 10"), exactly("same", "true"), exactly("equal", "true"),
			exactly("reason", "Kernel default; has no effect on nodes without swap, as Kubernetes nodes usually are"),
		},
	})
}

func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		`recipe({ servise = "eks" })`:                   `servise: is not an argument; known are os, .*did you mean "service"`,
		`recipe({ kubernetes_version = 1.30 })`:         `kubernetes_version: is the number 1.3; write it in quotes`,
		`recipe({ kubernetes_version = "1.3" })`:        `kubernetes_version: there is no version 1.3; did you mean 1.30\?`,
		`recipe({ gpu = "" })`:                          `gpu: is empty; leave it out`,
		`recipe({ gpu = "h10", driver_version = "x" })`: `driver_version: got "x", want a driver version`,
		`recipe({ options = { rdm = true } })`:          `options\["rdm"\]: there is no option "rdm"`,
		`recipe({ options = ["rdma"] })`:                `options: want a map of texts`,
		`recipe({ overlays = "key: {}" })`:              `overlays: want a list of texts`,
		`recipe({ overlays = ["key: {}", "kay: {}"] })`: `overlays\[1\]: line 1, column 1: kay: unknown field "kay"`,
		`recipe({ context = "yes" })`:                   `context: got "yes", want true or false`,
		`recipe({ snapshot = "kind: Recipe" })`:         `snapshot: .*this is not a Snapshot document`,
		`recipe({ catalog = "base: [" })`:               `catalog: line 1`,
		`recipe("eks")`:                                 `want an object, such as`,
		`recipe({ service = "aks", gpu = "b200" })`:     `gpu: service aks has no gpu b200; .*allow_uncovered`,
		`instance_type("eks", "p5.4xlarg")`:             `no instance type "p5.4xlarg" of eks; did you mean "p5.4xlarge"`,
		`compare("kind: Recipe", "kind: Recipe")`:       `this is not a Snapshot document`,
		`compare("apiVersion: snapshot.dgxc.io/v1\nkind: Snapshot\nmeasurements: []", "a: b")`: `(?s)argument.*recipe|recipe.*argument`,
		`instance_type("ekz", "p5.4xlarge")`:                                                   `unknown service "ekz"`,
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			check(t, resource.TestStep{
				Config:      "data \"eidos_recipe\" \"test\" { gpu = \"h100\" }\noutput \"made\" { value = provider::eidos::" + call + " }\n",
				ExpectError: regexp.MustCompile("(?s)" + regexp.MustCompile(" ").ReplaceAllString(want, `\s+`)),
			})
		})
	}
}

func TestInstanceTypeFunction(t *testing.T) {
	t.Parallel()
	check(t, resource.TestStep{
		Config: `
data "eidos_recipe" "test" { gpu = provider::eidos::instance_type("eks", "p5.48xlarge").gpu }
output "made" { value = provider::eidos::instance_type("eks", "p5.48xlarge") }
`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("made", knownvalue.ObjectExact(map[string]knownvalue.Check{
			"gpu": knownvalue.StringExact("h100"), "count": knownvalue.Int64Exact(8), "fabric": knownvalue.StringExact("efa"),
		}))},
	})
}

// A recipe of the function is known though its caller waits for a resource that
// changes, and so is the bundle that is made of it.
func TestFunctionIsKnownNextToChanges(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{
		"main.tf": requireEidos + `
variable "tag" { default = "a" }
resource "terraform_data" "cluster" { input = { tag = var.tag, version = "1.34" } }
module "stack" {
  source     = "./stack"
  depends_on = [terraform_data.cluster]
}
`,
		"stack/main.tf": requireEidos + `
resource "eidos_bundle" "test" {
  recipe = provider::eidos::recipe({ service = "eks", os = "ubuntu", gpu = "h100", kubernetes_version = "1.34" }).json
}
resource "terraform_data" "release" {
  for_each = eidos_bundle.test.components
  input    = each.value.version
}
`,
	})
	w.must("get")
	w.apply()
	changes := w.plan("-var", "tag=b")
	actions(t, changes, map[string]string{"terraform_data.cluster": "update"})
}
