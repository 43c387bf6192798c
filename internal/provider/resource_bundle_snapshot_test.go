// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"strings"
	"testing"
)

// shownCluster is a bundle next to a snapshot in which a variable says where
// components are.
func shownCluster(snapshot, attributes string) string {
	return requireEidos + `
variable "shown" {
  type    = map(string)
  default = {}
}

data "eidos_recipe" "test" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

locals {
  cluster = yamlencode({
    kind       = "Snapshot"
    apiVersion = "snapshot.dgxc.io/v1"
    measurements = [{ type = "K8s", subtypes = [{
      subtype = "component"
      data    = merge({ gpu-operator = "none", network-operator = "none", node-feature-discovery = "none" }, var.shown)
    }] }]
  })
}

resource "eidos_bundle" "test" {
  recipe   = data.eidos_recipe.test.json
  snapshot = ` + snapshot + `
  ` + attributes + `
}
`
}

// TestBundleNextToSnapshot: what the cluster shows stops a plan that would fight with
// it, and a cluster on which the bundle itself is installed changes nothing.
func TestBundleNextToSnapshot(t *testing.T) {
	t.Parallel()
	const own = `-var=shown={gpu-operator="gpu-operator/gpu-operator",network-operator="nvidia-network-operator/network-operator",node-feature-discovery="gpu-operator/gpu-operator"}`
	const other = `-var=shown={gpu-operator="gpu-operator/gpu-operator",network-operator="net/nic"}`
	existing := `existing = ["network-operator"]`
	w := newWorkspace(t, map[string]string{"main.tf": shownCluster("local.cluster", existing)})
	plan := []string{"plan", "-input=false"}
	w.fails(plan, "Bundle Not Possible", "existing", "the snapshot does not show network-operator on the cluster", "remove it from existing", "(rule existing-absent)")
	w.write("main.tf", shownCluster("local.cluster", ""))
	w.fails(append(plan, other), "Bundle Not Possible", "network-operator: the cluster has network-operator already, as the Helm release nic in the namespace net",
		"name it in existing to keep that one", "(rule installed-elsewhere)")

	// Installed, it is shown; the next plans are empty.
	w.apply()
	for _, shown := range []string{"-var=shown={}", own} {
		if r := w.terraform(append(plan, "-detailed-exitcode", shown)...); r.code != 0 {
			t.Errorf("with %s, want an empty plan, got:\n%s", shown, r.output)
		}
	}

	// A later change is judged by what the cluster shows then.
	w.write("main.tf", shownCluster("local.cluster", existing+"\n  ignore_findings = [\"component-removed:network-operator\"]"))
	w.apply(other)
	if r := w.terraform(append(plan, "-detailed-exitcode", other)...); r.code != 0 {
		t.Errorf("want an empty plan, got:\n%s", r.output)
	}
	w.fails(append(plan, own[:strings.Index(own, ",")]+"}"), "(rule existing-absent)")

	// An error that is accepted is a finding.
	w.write("main.tf", shownCluster("local.cluster", `ignore_findings = ["installed-elsewhere:network-operator"]`))
	w.contains(w.must(append(plan, other)...), ": installed-elsewhere", "an error, if ignore_findings did not name it", `rule      = "installed-elsewhere"`)
}

// lateSnapshot is known once it is applied.
const lateSnapshot = `
resource "terraform_data" "late" {
  input = local.cluster
}
`

// TestBundleNextToLateSnapshot: a snapshot that is not known yet leaves all but the
// findings known, and is judged by the apply.
func TestBundleNextToLateSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": shownCluster("terraform_data.late.output", "") + lateSnapshot + consumerConfig})
	planned := w.plan()["eidos_bundle.test"]
	if components, _ := planned.After["components"].(map[string]any); len(components) != 2 || planned.AfterUnknown["findings"] != true || planned.After["sha256"] == nil {
		t.Errorf("planned %d components, findings unknown: %v", len(components), planned.AfterUnknown["findings"])
	}
	w.must("apply", "-input=false", "plan.bin")
	w.unchanged()

	late := newWorkspace(t, map[string]string{"main.tf": shownCluster("terraform_data.late.output", "") + lateSnapshot})
	late.plan(`-var=shown={gpu-operator="gpus/gpu-operator"}`)
	late.fails([]string{"apply", "-input=false", "plan.bin"}, "snapshot", "give gpu-operator the namespace gpus to go on with that release")
	late.write("main.tf", shownCluster(`"kind: Recipe"`, ""))
	late.fails([]string{"validate"}, "Invalid Snapshot", `want "Snapshot"`)
}
