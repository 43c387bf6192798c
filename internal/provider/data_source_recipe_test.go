// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func TestRecipeFromAttributes(t *testing.T) {
	t.Parallel()
	check(t, resource.TestStep{
		Config: `
data "eidos_recipe" "test" {
  os                 = " Ubuntu "
  os_version         = "24.04"
  service            = "EKS"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "v1.34.2-eks-1234567"
  overlays = [<<-EOT
    key: {gpu: h100}
    types:
      - type: K8s
        subtypes:
          - subtype: image
            data: {driver: 580.126.20}
  EOT
  ]
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			recipeIs(knownvalue.ObjectExact(map[string]knownvalue.Check{
				"os":                 knownvalue.StringExact("ubuntu"),
				"os_version":         knownvalue.StringExact("24.04"),
				"kernel_version":     knownvalue.Null(),
				"service":            knownvalue.StringExact("eks"),
				"kubernetes_version": knownvalue.StringExact("v1.34.2-eks-1234567"),
				"gpu":                knownvalue.StringExact("h100"),
				"intent":             knownvalue.StringExact("training"),
				"context":            knownvalue.Bool(false),
			}), tfjsonpath.New("request")),
			recipeIs(knownvalue.StringExact("580.126.20"), tfjsonpath.New("measurements").AtMapKey("K8s").AtMapKey("image").AtMapKey("driver")),
			recipeIs(knownvalue.StringExact("user:gpu=h100"), tfjsonpath.New("provenance").AtMapKey("K8s/image/driver")),
			recipeIs(knownvalue.StringExact("release:gpu-operator v26.7.0"), tfjsonpath.New("provenance").AtMapKey("K8s/image/gpu-operator")),
			recipeIs(knownvalue.ListPartial(map[int]knownvalue.Check{}), tfjsonpath.New("matched_rules")),
			recipeIs(knownvalue.StringRegexp(regexp.MustCompile(`\A[0-9a-f]{64}\z`)), tfjsonpath.New("sha256")),
			recipeIs(knownvalue.StringRegexp(regexp.MustCompile(`\AapiVersion: recipe.dgxc.io/v1\nkind: Recipe\nmetadata:\n  recipe-version: `)), tfjsonpath.New("yaml")),
		},
	})
}

func recipeIs(value knownvalue.Check, at tfjsonpath.Path) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.eidos_recipe.test", at, value)
}

// TestRecipeFromSnapshot checks that explicit attributes win over the snapshot.
func TestRecipeFromSnapshot(t *testing.T) {
	t.Parallel()
	check(t, resource.TestStep{
		Config: snapshotConfig(snapshotDocument) + `
data "eidos_recipe" "test" {
  snapshot           = data.eidos_snapshot.test.yaml
  intent             = "inference"
  kubernetes_version = "1.33"
  context            = true
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			recipeIs(knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"service":            knownvalue.StringExact("aks"),
				"kubernetes_version": knownvalue.StringExact("1.33"),
				"gpu":                knownvalue.StringExact("h100"),
				"intent":             knownvalue.StringExact("inference"),
				"context":            knownvalue.Bool(true),
			}), tfjsonpath.New("request")),
			recipeIs(knownvalue.StringRegexp(regexp.MustCompile(`(?m)^ {8}context:$`)), tfjsonpath.New("yaml")),
		},
	})
}

func TestRecipeErrorsNameTheAttribute(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attributes string
		want       []string
	}{
		"unknown GPU": {
			`gpu = "h10"`,
			[]string{`gpu = "h10"`, `"h10"`, "h100"},
		},
		"pair that does not exist": {
			"service = \"aks\"\n  gpu = \"b200\"",
			[]string{"b200", "aks", "h100"},
		},
		"version that is none": {
			`kubernetes_version = "abc"`,
			[]string{`kubernetes_version = "abc"`, `"abc"`},
		},
		"version without a minor": {
			`kubernetes_version = "1"`,
			[]string{`kubernetes_version = "1"`, `"1" names no release`, "1.33"},
		},
		"overlay with an unknown field": {
			`overlays = ["key: {gpu: h100}", "kay: {gpu: h100}"]`,
			[]string{"overlays", "overlays[1]: line 1, column 1", `unknown field "kay"`},
		},
		"broken catalog": {
			`catalog = "base: ["`,
			[]string{"Invalid Catalog", "line 1, column"},
		},
		"broken snapshot": {
			`snapshot = "kind: Snapshot"`,
			[]string{"Invalid Snapshot", `"apiVersion" is missing`},
		},
		"overlay that is null": {
			`overlays = [null]`,
			[]string{"overlays", "null"},
		},
		"driver that the GPU does not know": {
			"gpu = \"gb200\"\n  overlays = [\"types: [{type: K8s, subtypes: [{subtype: image, data: {driver: 550.54.15}}]}]\"]",
			[]string{"overlays", "550.54.15", "gpu=gb200"},
		},
		"constraint of a GPU": {
			"service = \"eks\"\n  os = \"ubuntu\"\n  gpu = \"gb200\"\n  kubernetes_version = \"1.30\"",
			[]string{"1.30", "gpu=gb200", ">= 1.32"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var patterns []string
			for _, text := range tt.want {
				patterns = append(patterns, wrapped(text))
			}
			check(t, resource.TestStep{
				Config:      fmt.Sprintf("data \"eidos_recipe\" \"test\" {\n  %s\n}\n", tt.attributes),
				ExpectError: regexp.MustCompile("(?s)" + strings.Join(patterns, ".*")),
			})
		})
	}
}

// wrapped returns a pattern for a text that a diagnostic may have wrapped.
func wrapped(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return strings.Join(words, `\s+`)
}

func TestRecipeUncoveredIsAllowedOnRequest(t *testing.T) {
	t.Parallel()
	check(t, resource.TestStep{
		Config: `
data "eidos_recipe" "test" {
  service         = "aks"
  gpu             = "b200"
  allow_uncovered = true
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			recipeIs(knownvalue.StringExact("b200"), tfjsonpath.New("request").AtMapKey("gpu")),
		},
	})
}

func TestRecipeFromOtherCatalog(t *testing.T) {
	t.Parallel()
	check(t, resource.TestStep{
		Config: `
data "eidos_recipe" "test" {
  gpu     = "l4"
  catalog = <<-EOT
    version: ours-7
    base:
      - type: K8s
        subtypes: [{subtype: image, data: {driver: "1.10"}}]
    overlays:
      - key: {gpu: l4}
        types:
          - type: K8s
            subtypes: [{subtype: config, data: {cdi: true}}]
  EOT
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			recipeIs(knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("gpu=l4")}), tfjsonpath.New("matched_rules")),
			recipeIs(knownvalue.MapExact(map[string]knownvalue.Check{
				"K8s/image/driver": knownvalue.StringExact("base"),
				"K8s/config/cdi":   knownvalue.StringExact("gpu=l4"),
			}), tfjsonpath.New("provenance")),
			recipeIs(knownvalue.StringRegexp(regexp.MustCompile(`(?m)^  recipe-version: ours-7$`)), tfjsonpath.New("yaml")),
		},
	})
}

// What the arguments state wins over overlays; null is as if it were not there.
func TestRecipeArguments(t *testing.T) {
	t.Parallel()
	check(t, resource.TestStep{
		Config: `
data "eidos_recipe" "test" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  kubernetes_version = "1.34"
  options            = { gds = true, mig_strategy = "mixed", rdma = null }
  releases           = { gpu-operator = "26.3.3", network-operator = null }
  overlays = [
    yamlencode({
      name        = "ours"
      key         = { gpu = "h100", os = null }
      constraints = null
      types = [{ type = "K8s", subtypes = [
        { subtype = "config", data = tomap({ gds = false, mig = "true", mig_profile = "all-1g.10gb" }), context = null },
      ] }]
    }),
  ]
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			recipeIs(knownvalue.MapPartial(map[string]knownvalue.Check{
				"K8s/config/gds":         knownvalue.StringExact("argument"),
				"K8s/config/mig":         knownvalue.StringExact("user:ours"),
				"K8s/config/rdma":        knownvalue.StringExact("service=eks"),
				"K8s/image/gpu-operator": knownvalue.StringExact("argument"),
				"K8s/image/driver":       knownvalue.StringExact("release:gpu-operator v26.3.3"),
			}), tfjsonpath.New("provenance")),
			recipeIs(knownvalue.StringExact("580.126.20"), tfjsonpath.New("measurements").AtMapKey("K8s").AtMapKey("image").AtMapKey("driver")),
			recipeIs(knownvalue.StringRegexp(regexp.MustCompile(`"K8s/config/mig":true`)), tfjsonpath.New("json")),
			recipeIs(knownvalue.ListExact([]knownvalue.Check{}), tfjsonpath.New("findings")),
		},
	})
}

// The findings are listed, and left out on request.
func TestRecipeFindings(t *testing.T) {
	t.Parallel()
	const config = `
data "eidos_recipe" "test" {
  service  = "gke"
  os       = "cos"
  gpu      = "v100"
  driver_version  = "580.126.20"
  allow_uncovered = true
  overlays        = ["key: {gpu: a100}"]
  %s
}
`
	finding := func(rule, path, message string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"rule": knownvalue.StringExact(rule), "path": knownvalue.StringExact(path), "message": knownvalue.StringRegexp(regexp.MustCompile(regexp.QuoteMeta(message))),
		})
	}
	check(t, resource.TestStep{
		Config: fmt.Sprintf(config, ""),
		ConfigStateChecks: []statecheck.StateCheck{recipeIs(knownvalue.ListExact([]knownvalue.Check{
			finding("not-covered", "gpu", `unknown gpu "v100"`),
			finding("overlay-not-applied", "overlays[0]", "user:gpu=a100 does not apply"),
			finding("driver-of-image", "driver_version", "the node image includes the GPU driver"),
			finding("kubernetes-version-unknown", "kubernetes_version", "set kubernetes_version"),
		}), tfjsonpath.New("findings"))},
	}, resource.TestStep{
		Config: fmt.Sprintf(config, `ignore_findings = ["not-covered", "overlay-not-applied:overlays[0]", "driver-of-image:overlays[0]", "kubernetes-version-unknown:kubernetes_version"]`),
		ConfigStateChecks: []statecheck.StateCheck{recipeIs(knownvalue.ListExact([]knownvalue.Check{
			finding("driver-of-image", "driver_version", "the node image includes the GPU driver"),
		}), tfjsonpath.New("findings"))},
	})
}

// What is static is found by terraform validate, also next to what is unknown.
func TestRecipeIsValidated(t *testing.T) {
	t.Parallel()
	const head = requireEidos + `
resource "terraform_data" "late" { input = "x" }
data "eidos_recipe" "test" {
`
	w := newWorkspace(t, map[string]string{"main.tf": head + `
  service            = "eksx"
  os                 = terraform_data.late.output
  kubernetes_version = "1.3"
  options            = { rdm = true }
  releases           = { gpu-operator = "latest", network-operator = terraform_data.late.output }
  driver_version     = "R580"
}
`})
	w.fails([]string{"validate"}, `unknown service "eksx"`, "allow_uncovered", "did you mean 1.30?", `there is no option "rdm"`, `"latest" is not a release`, `got "R580", want a driver version`)
	w.write("main.tf", head+"\n  gpu = \"\"\n}\n")
	w.fails([]string{"validate"}, "gpu", "is empty; leave it out, or set it to null")
	w.write("main.tf", head+"\n  overlays = [terraform_data.late.output, \"kay: x\"]\n  gpu = \"x900\"\n}\n")
	w.fails([]string{"validate"}, `unknown field "kay"`)
	w.write("main.tf", head+"\n  overlays = [terraform_data.late.output]\n  gpu = \"x900\"\n}\n")
	w.must("validate")
	w.write("main.tf", head+"\n  service = \"aks\"\n  gpu = \"b200\"\n}\n")
	w.fails([]string{"validate"}, "service aks has no gpu b200")
}

// All findings are one warning: Terraform shows one of several with one title.
func TestRecipeWarnsOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + `
data "eidos_recipe" "test" {
  gpu      = "h100"
  overlays = ["key: {gpu: a100}", "key: {gpu: h200}"]
}
`})
	r := w.must("plan")
	w.contains(r, "Warning: 3 findings: kubernetes-version-unknown, overlay-not-applied",
		"overlay-not-applied: overlays[0]: user:gpu=a100 does not apply", "overlay-not-applied: overlays[1]: user:gpu=h200 does not apply",
		"kubernetes-version-unknown: kubernetes_version:", `ignore_findings = ["overlay-not-applied:overlays[0]"`)
}
