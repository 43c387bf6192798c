// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"strings"
	"testing"
)

// changing is a bundle whose recipe changes with two variables.
// The newest release of the Network Operator is deprecated, which is ignored here.
func changing(attributes string) string {
	const ignored = `ignore_findings = ["network-operator-deprecated-release", `
	if before, after, found := strings.Cut(attributes, "ignore_findings = ["); found {
		attributes = before + ignored + after
	} else {
		attributes += "\n  " + ignored + "]"
	}
	return requireEidos + `
variable "kubernetes_version" {
  default = "1.34"
}

variable "rdma" {
  default = true
}

data "eidos_recipe" "test" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = var.kubernetes_version
  overlays           = var.rdma ? [] : [yamlencode({ types = [{ type = "K8s", subtypes = [{ subtype = "config", data = { rdma = false } }] }] })]
}

resource "eidos_bundle" "test" {
  recipe = data.eidos_recipe.test.json
  ` + attributes + `
}
` + consumerConfig
}

// bundleWarnings counts what is said about the bundle.
func bundleWarnings(r result) int { return strings.Count(flatten(r.output), "with eidos_bundle.test,") }

// TestNothingDisappears: a component goes when somebody says so, and not because
// the recipe no longer asks for it.
func TestNothingDisappears(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": changing("")})
	w.apply()
	without := []string{"plan", "-input=false", "-var=rdma=false"}
	w.fails(
		without,
		"Bundle Not Possible", "network-operator: the bundle had network-operator 26.4.1", "would be destroyed",
		`releases = { network-operator = "26.4.1" }`, "bundlers", `"component-removed:network-operator" to ignore_findings`, "(rule component-removed)",
	)
	for name, attributes := range map[string]string{
		"accepted":     `ignore_findings = ["component-removed:network-operator"]`,
		"accepted all": `ignore_findings = ["component-removed"]`,
		"named":        `bundlers = ["gpu-operator"]`,
	} {
		w.write("main.tf", changing(attributes))
		r := w.must(without...)
		w.contains(r, `terraform_data.release["network-operator"] will be destroyed`)
		if said := strings.Contains(r.output, "component-removed: "); said != (name != "named") {
			t.Errorf("%s: a warning: %t, output:\n%s", name, said, r.output)
		}
	}
	w.write("main.tf", changing(`ignore_findings = ["component-removed:gpu-operator"]`))
	w.fails(without, "component-removed")

	// Accepted once, it is gone; the next plan is empty.
	w.write("main.tf", changing(`ignore_findings = ["component-removed:network-operator"]`))
	w.apply("-var=rdma=false")
	if r := w.terraform("plan", "-input=false", "-detailed-exitcode", "-var=rdma=false"); r.code != 0 || strings.Contains(r.output, "component-removed:") {
		t.Errorf("want an empty plan without a warning, got:\n%s", r.output)
	}
	w.must("destroy", "-auto-approve", "-input=false", "-var=rdma=false")
}

// TestNothingDisappearsAtApply: where a plan cannot know the components, the apply
// stops before it changes anything.
func TestNothingDisappearsAtApply(t *testing.T) {
	t.Parallel()
	config := func(attributes string) string {
		return strings.NewReplacer(
			consumerConfig, "", "data.eidos_recipe.test.json", "terraform_data.late.output",
			`resource "eidos_bundle"`, "resource \"terraform_data\" \"late\" {\n  input = data.eidos_recipe.test.json\n}\n\nresource \"eidos_bundle\"",
		).Replace(changing(attributes))
	}
	w := newWorkspace(t, map[string]string{"main.tf": config(`output_dir = "out"`)})
	w.apply()
	before := w.files("out")
	w.plan("-var=rdma=false")
	w.fails([]string{"apply", "-input=false", "plan.bin"}, "Bundle Not Possible", "component-removed:network-operator")
	if got := w.files("out"); strings.Join(got, " ") != strings.Join(before, " ") {
		t.Errorf("the files changed: %v", got)
	}
	w.write("main.tf", config("output_dir = \"out\"\n  ignore_findings = [\"component-removed:network-operator\"]"))
	w.apply("-var=rdma=false")
}

// TestUpgradeIsJudgedOnce: what a plan says about an upgrade holds for that plan
// alone, in one warning.
func TestUpgradeIsJudgedOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": changing("")})
	w.apply("-var=kubernetes_version=1.31")
	r := w.must("plan", "-input=false", "-var=kubernetes_version=1.33")
	w.contains(
		r, "effects on what is installed: driver-branch-changed, driver-reload, release-line-skipped, release-moved",
		"gpu-operator: K8s/image/gpu-operator: gpu-operator moves from v25.10.1 to v26.7.0", `releases = { gpu-operator = "v25.10.1" }`,
		"install v26.3.3 first", `"release-moved:K8s/image/gpu-operator"`,
	)
	if n := bundleWarnings(r); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, r.output)
	}
	w.apply("-var=kubernetes_version=1.33")
	if r := w.terraform("plan", "-input=false", "-detailed-exitcode", "-var=kubernetes_version=1.33"); r.code != 0 || bundleWarnings(r) > 0 {
		t.Errorf("want an empty plan without a warning, got:\n%s", r.output)
	}
	w.write("main.tf", changing(`ignore_findings = ["release-moved", "release-downgraded", "driver-reload", "driver-branch-changed:driver.version", "definitions-not-upgraded", "release-line-skipped", "eos-release", "network-operator-eos-release", "deprecated-release", "driver-not-recommended"]`))
	if r := w.must("plan", "-input=false", "-var=kubernetes_version=1.31"); bundleWarnings(r) > 0 {
		t.Errorf("all is silenced, but:\n%s", r.output)
	}
}

// TestFindingsAreOneWarning lists every finding with how to silence it.
func TestFindingsAreOneWarning(t *testing.T) {
	t.Parallel()
	config := func(attributes string) string {
		return strings.Replace(changing(attributes), "overlays           = var.rdma ? [] :", "overlays           = var.rdma ? [yamlencode({ types = [{ type = \"K8s\", subtypes = [{ subtype = \"config\", data = { secure_boot = true, gds = false } }, { subtype = \"image\", data = { nccl = \"2.27\" } }] }] })] :", 1)
	}
	w := newWorkspace(t, map[string]string{"main.tf": config("")})
	r := w.must("plan", "-input=false")
	w.contains(r, "2 findings: secure-boot-needs-signed-driver, unknown-recipe-key", "unknown-recipe-key: K8s/image/nccl: no bundler reads this key",
		"secure-boot-needs-signed-driver: gpu-operator: K8s/config/secure_boot: ",
		`ignore_findings = ["unknown-recipe-key:K8s/image/nccl", "secure-boot-needs-signed-driver:K8s/config/secure_boot"]`)
	w.write("main.tf", config(`ignore_findings = ["unknown-recipe-key:K8s/image/nccl", "secure-boot-needs-signed-driver:K8s/config/secure_boot"]`))
	if r := w.must("plan", "-input=false"); bundleWarnings(r) > 0 {
		t.Errorf("all is silenced, but:\n%s", r.output)
	}
}
