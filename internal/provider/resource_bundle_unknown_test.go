// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"strings"
	"testing"
)

// unknownRecipe is a recipe that depends on a value that only an apply reveals.
const unknownRecipe = requireEidos + `
variable "kubernetes_version" {
  default = "1.34"
}

resource "terraform_data" "cluster" {
  input = var.kubernetes_version
}

data "eidos_recipe" "test" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = terraform_data.cluster.output
}
`

func TestUnknownRecipeKeepsTheKeys(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  bundlers   = ["gpu-operator", "network-operator"]
  output_dir = "out"
}
` + consumerConfig})

	changes := w.plan()
	actions(t, changes, map[string]string{
		"terraform_data.cluster":                     "create",
		"eidos_bundle.test":                          "create",
		`terraform_data.release["gpu-operator"]`:     "create",
		`terraform_data.release["network-operator"]`: "create",
	})
	components, _ := changes["eidos_bundle.test"].AfterUnknown["components"].(map[string]any)
	for _, name := range []string{"gpu-operator", "network-operator"} {
		unknown, _ := components[name].(map[string]any)
		for _, attribute := range []string{"version", "values", "values_sha256", "manifests", "prerequisites"} {
			if unknown[attribute] != true {
				t.Errorf("%s of %s is known without a recipe", attribute, name)
			}
		}
		for _, attribute := range []string{"chart", "repository", "namespace", "release_name", "requires", "wave"} {
			if unknown[attribute] == true {
				t.Errorf("%s of %s is unknown, want it known", attribute, name)
			}
		}
	}
	w.must("apply", "-input=false", "plan.bin")
	w.unchanged()

	// An installed consumer is updated, not replaced, while the recipe is unknown.
	actions(t, w.plan("-var=kubernetes_version=1.32"), map[string]string{
		"terraform_data.cluster":                     "update",
		"eidos_bundle.test":                          "update",
		`terraform_data.release["gpu-operator"]`:     "update",
		`terraform_data.release["network-operator"]`: "update",
	})
	w.must("apply", "-input=false", "plan.bin")
	if r := w.terraform("plan", "-input=false", "-detailed-exitcode", "-var=kubernetes_version=1.32"); r.code != 0 {
		t.Errorf("want an empty plan, got:\n%s", r.output)
	}
}

func TestUnknownRecipeWithoutBundlers(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe = data.eidos_recipe.test.yaml
}
`})
	changes := w.plan()
	if changes["eidos_bundle.test"].AfterUnknown["components"] != true {
		t.Errorf("components are known although the bundlers are not: %v", changes["eidos_bundle.test"].AfterUnknown)
	}
	w.must("apply", "-input=false", "plan.bin")
	w.unchanged()
}

// TestWrongRecipeFoundAtApply is an unknown value that turns out wrong: nothing
// is written and the next plan starts again.
func TestWrongRecipeFoundAtApply(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + `
resource "terraform_data" "recipe" {
  input = "kind: Snapshot"
}

resource "eidos_bundle" "test" {
  recipe     = terraform_data.recipe.output
  output_dir = "out"
}
`})
	w.plan()
	w.fails([]string{"apply", "-input=false", "plan.bin"}, "Invalid Recipe", "line 1, column 7", `got "Snapshot", want "Recipe"`)
	if got := w.files("out"); len(got) != 0 {
		t.Errorf("files were written: %v", got)
	}
	if state := w.must("state", "list").output; strings.Contains(state, "eidos_bundle") {
		t.Errorf("the bundle is in the state:\n%s", state)
	}
}

// TestWhatNeedsNoRecipeIsCheckedWithoutOne: an unknown recipe hides no other
// mistake.
func TestWhatNeedsNoRecipeIsCheckedWithoutOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attributes string
		want       []string
	}{
		"directory": {`output_dir = "taken"`, []string{"Bundle Directory Refused", "important.txt"}},
		"namespace": {`namespaces = { "gpu-operator" = "NOT VALID" }`, []string{"Bundle Not Possible", "namespaces", "NOT VALID"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{
				"taken/important.txt": "mine\n",
				"main.tf":             unknownRecipe + "resource \"eidos_bundle\" \"test\" {\n  recipe = data.eidos_recipe.test.json\n  " + tt.attributes + "\n}\n",
			})
			w.fails([]string{"plan", "-input=false"}, tt.want...)
		})
	}
}

// TestUnknownOverrideKeepsTheKeys: a value that only an apply reveals leaves a
// for_each over the components, and their versions, known.
func TestUnknownOverrideKeepsTheKeys(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + `
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
  overrides = {
    "gpu-operator" = yamlencode({ driver = { imagePullSecrets = [terraform_data.late.output] } })
  }
}
` + consumerConfig})

	everything := map[string]string{
		"terraform_data.late": "create", "eidos_bundle.test": "create",
		`terraform_data.release["gpu-operator"]`: "create", `terraform_data.release["network-operator"]`: "create",
	}
	changes := w.plan()
	actions(t, changes, everything)
	components, _ := changes["eidos_bundle.test"].After["components"].(map[string]any)
	for _, name := range []string{"gpu-operator", "network-operator"} {
		if version, _ := components[name].(map[string]any)["version"].(string); version == "" {
			t.Errorf("the version of %s is not known", name)
		}
	}
	w.must("apply", "-input=false", "plan.bin")
	if got := w.read("out/gpu-operator/values.yaml"); !strings.Contains(got, "- pull\n") {
		t.Errorf("values.yaml lacks the override:\n%s", got)
	}
	w.unchanged()

	// Another value is an update in place, of what exists.
	actions(t, w.plan("-var=secret=other"), map[string]string{
		"terraform_data.late": "update", "eidos_bundle.test": "update",
		`terraform_data.release["gpu-operator"]`: "update", `terraform_data.release["network-operator"]`: "update",
	})
	w.must("apply", "-input=false", "plan.bin")
	if r := w.terraform("plan", "-input=false", "-detailed-exitcode", "-var=secret=other"); r.code != 0 {
		t.Errorf("want an empty plan, got:\n%s", r.output)
	}
}

// TestStatedReleaseIsKnown: a chart's version is known next to an unknown recipe,
// and a recipe that says otherwise changes nothing.
func TestStatedReleaseIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.json
  bundlers   = ["gpu-operator", "network-operator"]
  releases   = { "gpu-operator" = "26.7.0", "network-operator" = "26.4.1" }
  output_dir = "out"
}
` + consumerConfig})
	components, _ := w.plan()["eidos_bundle.test"].After["components"].(map[string]any)
	for name, want := range map[string]string{"gpu-operator": "v26.7.0", "network-operator": "26.4.1"} {
		component, _ := components[name].(map[string]any)
		if component["version"] != want {
			t.Errorf("the version of %s is %v, want %s", name, component["version"], want)
		}
	}
	w.must("apply", "-input=false", "plan.bin")
	w.unchanged()

	before := w.files("out")
	w.plan("-var=kubernetes_version=1.32")
	w.fails(
		[]string{"apply", "-input=false", "plan.bin"}, "Bundle Not Possible",
		`releases["gpu-operator"]: K8s/image/gpu-operator: the recipe has gpu-operator v26.3.3, but 26.7.0 is set here`, "(rule release-not-as-stated)",
	)
	if got := w.files("out"); strings.Join(got, " ") != strings.Join(before, " ") {
		t.Errorf("the files changed: %v", got)
	}
}
