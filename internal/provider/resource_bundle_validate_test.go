// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"strings"
	"testing"
)

// TestValidateFindsWhatIsStatic: terraform validate needs no plan to find what
// nothing can make right. The recipe is not known then.
func TestValidateFindsWhatIsStatic(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attributes string
		want       []string
	}{
		"override that is not YAML":      {`overrides = { "gpu-operator" = "{a: {b: 1}" }`, []string{"Bundle Not Possible", `overrides["gpu-operator"]: line 1, column 1: invalid YAML`}},
		"override that is not a mapping": {`overrides = { "gpu-operator" = "- a" }`, []string{`overrides["gpu-operator"]: line 1, column 1: got a list, want a mapping`}},
		"override that is empty":         {`overrides = { "gpu-operator" = "" }`, []string{`overrides["gpu-operator"]: the text is empty; leave the component out, or write {} to override nothing`}},
		"override that is null":          {`overrides = { "gpu-operator" = null }`, []string{"Null Where A Value Is Needed", `overrides["gpu-operator"] is null. Leave the key out`, "if value != null"}},
		"override of no component":       {`overrides = { "gpu-operater" = "a: 1" }`, []string{`overrides["gpu-operater"]: unknown component "gpu-operater"`, `did you mean "gpu-operator"?`}},
		"object of no component":         {`object_overrides = { "gpu/namespace" = "{}" }`, []string{`object_overrides["gpu/namespace"]: unknown component "gpu"`}},
		"object of no manifest":          {`object_overrides = { "network-operator/policy" = "{}" }`, []string{`object_overrides["network-operator/policy"]: unknown manifest "policy"`, "nicclusterpolicy"}},
		"object of the chart":            {`object_overrides = { "gpu-operator/clusterpolicy" = "{}" }`, []string{`object_overrides["gpu-operator/clusterpolicy"]: the chart itself creates`, "change those with overrides"}},
		"object that is not YAML":        {`object_overrides = { "gpu-operator/namespace" = "a: [" }`, []string{`object_overrides["gpu-operator/namespace"]: line 1`, "invalid YAML"}},
		"object that is null":            {`object_overrides = { "gpu-operator/namespace" = null }`, []string{`object_overrides["gpu-operator/namespace"] is null`}},
		"namespace of no component":      {`namespaces = { gpu = "gpus" }`, []string{`namespaces["gpu"]: unknown component "gpu"`}},
		"namespace that is none":         {`namespaces = { gpu-operator = "Gpus" }`, []string{`namespaces["gpu-operator"]: got "Gpus", want a namespace`}},
		"namespace that is null":         {`namespaces = { gpu-operator = null }`, []string{`namespaces["gpu-operator"] is null`}},
		"bundler that is none":           {`bundlers = ["gpu-operater"]`, []string{"bundlers", `unknown component "gpu-operater"`, `did you mean "gpu-operator"?`}},
		"bundler that is null":           {`bundlers = ["gpu-operator", null]`, []string{"An element of bundlers is null", "compact([...])"}},
		"no bundler":                     {`bundlers = []`, []string{"bundlers", "the list is empty", "leave the list out"}},
		"placement of nothing":           {`placement = {}`, []string{"it says nothing; leave it out"}},
		"selector that is not a label":   {`placement = { system = { node_selector = { "a b" = "c" } } }`, []string{"placement", "the node selector a b=c is not a label"}},
		"toleration without a key":       {`placement = { gpu = { tolerations = [{ value = "a" }] } }`, []string{"toleration 1: without a key"}},
		"operator that is none":          {`placement = { gpu = { tolerations = [{ key = "a", operator = "In" }] } }`, []string{"operator", "must be one of"}},
		"mirror with a scheme":           {`registry = { mirror = "https://registry.example.com" }`, []string{"registry", "mirror: got", "want a registry and no scheme"}},
		"charts of no component":         {`registry = { chart_repositories = { gpu = "oci://registry.example.com" } }`, []string{"registry", `there is no component "gpu"`}},
		"existing that is none":          {`existing = ["gpu-operater"]`, []string{"existing", `unknown component "gpu-operater"`, `did you mean "gpu-operator"?`}},
		"existing that is null":          {`existing = [null]`, []string{"An element of existing is null", "compact([...])"}},
		"existing and to be rendered":    {"bundlers = [\"gpu-operator\"]\n  existing = [\"gpu-operator\"]", []string{"existing", "gpu-operator is to be rendered, too", "name it in one of the two"}},
		"format that is none":            {`formats = ["argo-cd"]`, []string{"formats", `unknown format "argo-cd"`, `did you mean "argocd"?`}},
		"format that is null":            {`formats = [null]`, []string{"An element of formats is null"}},
		"no format":                      {`formats = []`, []string{"formats", "leave the list out for scripts"}},
		"gitops that nothing reads":      {`gitops = { path = "gpu" }`, []string{"gitops", "none of the formats reads it"}},
		"repository with a password":     {"formats = [\"argocd\"]\n  gitops = { repository = \"https://a:b@git.example.com/gpu.git\" }", []string{"gitops", "without a password"}},
		"rule that is null":              {`ignore_findings = [null]`, []string{"An element of ignore_findings is null"}},
		"release of no component":        {`releases = { gpu = "v26.7.0" }`, []string{`releases["gpu"]: unknown component "gpu"`}},
		"release that is none":           {`releases = { gpu-operator = "26.7" }`, []string{`releases["gpu-operator"]: got "26.7", want one release, such as`}},
		"release that is null":           {`releases = { gpu-operator = null }`, []string{`releases["gpu-operator"] is null`}},
		"directory with a variable":      {`output_dir = "$HOME/x"`, []string{"Bundle Directory Refused", "$HOME"}},
		"directory with a blank":         {`output_dir = " x"`, []string{"Bundle Directory Refused", "a blank"}},
		"directory without a name":       {`output_dir = ""`, []string{"output_dir is empty", "leave it out to write nothing"}},
		"recipe of another kind":         {`recipe = "kind: Snapshot"`, []string{"Invalid Recipe", `got "Snapshot", want "Recipe"`}},
		"recipe that is empty":           {`recipe = ""`, []string{"Invalid Recipe", "the document is empty"}},
		"recipe that is a path":          {`recipe = "recipe.yaml"`, []string{"Invalid Recipe", "file("}},
		"several mistakes": {
			"recipe = \"{}\"\n  overrides = { gpu = \"a: 1\", gpu-operator = \"- a\" }\n  namespaces = { gpu-operator = \"A\" }",
			[]string{"Invalid Recipe", `overrides["gpu"]`, `overrides["gpu-operator"]`, `namespaces["gpu-operator"]`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := unknownRecipe + "resource \"eidos_bundle\" \"test\" {\n  recipe = data.eidos_recipe.test.json\n  " + tt.attributes + "\n}\n"
			if strings.HasPrefix(tt.attributes, "recipe") {
				config = strings.Replace(config, "  recipe = data.eidos_recipe.test.json\n", "", 1)
			}
			w := newWorkspace(t, map[string]string{"main.tf": config})
			w.fails([]string{"validate"}, tt.want...)
		})
	}
}

// TestValidateLeavesOutWhatIsUnknown: nothing is said of values that are not known
// yet, nor of what a state may justify.
func TestValidateLeavesOutWhatIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": unknownRecipe + `
variable "any" {
  type = any
}

resource "eidos_bundle" "unknown" {
  recipe          = terraform_data.cluster.output
  bundlers        = [terraform_data.cluster.output]
  existing        = [terraform_data.cluster.output]
  overrides       = { "gpu-operator" = terraform_data.cluster.output }
  object_overrides = { "gpu-operator/namespace" = terraform_data.cluster.output }
  namespaces      = { (terraform_data.cluster.output) = "gpus" }
  releases        = var.any
  ignore_findings = [terraform_data.cluster.output]
  formats         = [terraform_data.cluster.output]
  gitops          = { path = terraform_data.cluster.output }
  output_dir      = terraform_data.cluster.output
}

resource "eidos_bundle" "old" {
  recipe     = data.eidos_recipe.test.json
  output_dir = "~/x"
  overrides  = null
  namespaces = null
}
`})
	w.must("validate")
}

// TestImportSaysWhatToDo: what an import is for, an apply does.
func TestImportSaysWhatToDo(t *testing.T) {
	t.Parallel()
	bundle := requireEidos + bundleOf(`output_dir = "out"`)
	first := newWorkspace(t, map[string]string{"main.tf": bundle})
	first.apply()
	w := newWorkspace(t, map[string]string{"main.tf": strings.Replace(bundle, `"out"`, `"`+first.path("out")+`"`, 1)})
	w.fails([]string{"import", "eidos_bundle.test", "out"}, "Import Not Supported", "Write the resource without an import and apply it")
	w.apply()
	w.unchanged()
}
