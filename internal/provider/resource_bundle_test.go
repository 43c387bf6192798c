// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const address = "eidos_bundle.test"

// bundleOf is a bundle of recipeConfig with more attributes.
func bundleOf(attributes string) string {
	return recipeConfig + fmt.Sprintf("resource \"eidos_bundle\" \"test\" {\n  recipe = data.eidos_recipe.test.yaml\n  %s\n}\n", attributes)
}

// TestPlanIsKnown: the plan with known input knows everything, in each of the
// attributes, and is followed by an empty one.
func TestPlanIsKnown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/out"
	components := tfjsonpath.New("components")
	known := func(at tfjsonpath.Path, value knownvalue.Check) plancheck.PlanCheck {
		return plancheck.ExpectKnownValue(address, at, value)
	}
	text := knownvalue.StringRegexp(regexp.MustCompile(`.`))
	var checks []plancheck.PlanCheck
	for _, component := range []string{"gpu-operator", "network-operator"} {
		at := components.AtMapKey(component)
		for _, attribute := range []string{"chart", "repository", "version", "namespace", "release_name", "values", "values_sha256"} {
			checks = append(checks, known(at.AtMapKey(attribute), text))
		}
	}
	checks = append(checks,
		known(components.AtMapKey("gpu-operator").AtMapKey("chart_manifests").AtMapKey("manifests/clusterpolicy.yaml"), text),
		known(components.AtMapKey("gpu-operator").AtMapKey("requires"), knownvalue.SetSizeExact(0)),
		known(components.AtMapKey("network-operator").AtMapKey("manifests").AtMapKey("manifests/nicclusterpolicy.yaml"), text),
		known(components.AtMapKey("network-operator").AtMapKey("apply_order").AtMapKey("manifests/nicclusterpolicy.yaml"), knownvalue.StringExact("after_chart")),
		known(components.AtMapKey("network-operator").AtMapKey("requires"), knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("gpu-operator")})),
		known(tfjsonpath.New("node_settings").AtMapKey("sysctl.d/90-eidos.conf"), knownvalue.StringRegexp(regexp.MustCompile(`(?m)^vm/max_map_count = 262144$`))),
		known(tfjsonpath.New("files").AtMapKey("gpu-operator/values.yaml"), text),
		known(tfjsonpath.New("files").AtMapKey("node/sysctl.d/90-eidos.conf"), text),
		known(tfjsonpath.New("sha256"), text),
		known(tfjsonpath.New("findings"), knownvalue.ListSizeExact(0)),
		plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
		noUnknown{},
	)
	check(t, resource.TestStep{
		Config: bundleOf(fmt.Sprintf("output_dir = %q\n  ignore_findings = [\"network-operator-deprecated-release\"]", dir)),
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             checks,
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
	})
}

// TestSHA256IsTheSameWithoutDirectory: what is rendered does not depend on
// whether and where it is written.
func TestSHA256IsTheSameWithoutDirectory(t *testing.T) {
	t.Parallel()
	same := statecheck.CompareValue(compare.ValuesSame())
	step := func(attributes string, files knownvalue.Check) resource.TestStep {
		return resource.TestStep{Config: bundleOf(attributes), ConfigStateChecks: []statecheck.StateCheck{
			same.AddStateValue(address, tfjsonpath.New("sha256")),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("files"), files),
		}}
	}
	check(
		t,
		step("", knownvalue.Null()),
		step(fmt.Sprintf("output_dir = %q", t.TempDir()+"/a"), knownvalue.MapPartial(map[string]knownvalue.Check{"gpu-operator/checksums.txt": knownvalue.NotNull()})),
		step(fmt.Sprintf("output_dir = %q", t.TempDir()+"/b"), knownvalue.NotNull()),
	)
}

func TestOverridesReachTheValuesAndThePolicy(t *testing.T) {
	t.Parallel()
	component := tfjsonpath.New("components").AtMapKey("gpu-operator")
	check(t, resource.TestStep{
		Config: bundleOf(`overrides = { "gpu-operator" = yamlencode({ daemonsets = { priorityClassName = "gpu-critical" } }) }
  namespaces = { "gpu-operator" = "gpus" }`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, component.AtMapKey("values"), knownvalue.StringRegexp(regexp.MustCompile(`"priorityClassName":"gpu-critical"`))),
			statecheck.ExpectKnownValue(address, component.AtMapKey("chart_manifests").AtMapKey("manifests/clusterpolicy.yaml"), knownvalue.StringRegexp(regexp.MustCompile(`"priorityClassName":"gpu-critical"`))),
			statecheck.ExpectKnownValue(address, component.AtMapKey("namespace"), knownvalue.StringExact("gpus")),
		},
	})
}

func TestSiteReachesTheComponents(t *testing.T) {
	t.Parallel()
	component := tfjsonpath.New("components").AtMapKey("gpu-operator")
	match := func(pattern string) knownvalue.Check { return knownvalue.StringRegexp(regexp.MustCompile(pattern)) }
	check(t, resource.TestStep{
		Config: bundleOf(`placement = {
    system = { node_selector = { pool = "system" }, tolerations = [{ key = "system", operator = "Exists" }] }
    gpu    = { tolerations = [{ key = "pool", value = "gpu", effect = "NoSchedule" }] }
  }
  registry = {
    mirror             = "registry.example.com:5000"
    pull_secrets       = ["mirror"]
    chart_repositories = { "*" = "oci://registry.example.com:5000/charts" }
    packages           = { gpu_config_map = "gpu-packages", doca_config_map = "doca-packages" }
  }`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, component.AtMapKey("values"), match(`"nodeSelector":{"kubernetes.io/os":"linux","pool":"system"}.*"repository":"registry.example.com:5000/nvidia".*{"key":"system","operator":"Exists"}`)),
			statecheck.ExpectKnownValue(address, component.AtMapKey("values"), match(`{"effect":"NoSchedule","key":"pool","value":"gpu"}`)),
			statecheck.ExpectKnownValue(address, component.AtMapKey("values"), match(`"imagePullSecrets":\["mirror"\]`)),
			statecheck.ExpectKnownValue(address, component.AtMapKey("repository"), knownvalue.StringExact("oci://registry.example.com:5000/charts")),
			statecheck.ExpectKnownValue(address, component.AtMapKey("images"), knownvalue.SetPartial([]knownvalue.Check{knownvalue.StringExact("registry.example.com:5000/nvidia/gpu-operator:v26.7.0")})),
		},
	})
}

func TestBundleErrorsNameTheAttribute(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attributes string
		want       []string
	}{
		"unknown bundler":              {`bundlers = ["gpu-operater"]`, []string{"bundlers", "gpu-operater", "gpu-operator"}},
		"no bundler":                   {`bundlers = []`, []string{"bundlers", "the list is empty"}},
		"override of an unknown key":   {`overrides = { "gpu-operator" = "driver: {verion: '1'}" }`, []string{"overrides", `overrides["gpu-operator"]: driver.verion`, "driver.version"}},
		"override of a wrong type":     {`overrides = { "gpu-operator" = "driver: {enabled: {}}" }`, []string{"overrides", "driver.enabled", "bool"}},
		"override that is no mapping":  {`overrides = { "gpu-operator" = "- a" }`, []string{"overrides", "mapping"}},
		"override that is not closed":  {`overrides = { "gpu-operator" = "{a: {b: 1}" }`, []string{"overrides", "line 1, column 1", "invalid YAML"}},
		"override of no component":     {`overrides = { "gpu" = "a: 1" }`, []string{"overrides", "gpu", "gpu-operator"}},
		"override that is null":        {`overrides = { "gpu-operator" = null }`, []string{"overrides", "null"}},
		"namespace that is none":       {`namespaces = { "gpu-operator" = "Not A Namespace" }`, []string{"namespaces", `namespaces["gpu-operator"]: `, "Not A Namespace"}},
		"rule that an override breaks": {`overrides = { "gpu-operator" = "driver: {version: '1.2.3'}" }`, []string{"overrides", `overrides["gpu-operator"]: driver.version: `, "rule"}},
		"namespace of no component":    {`namespaces = { "gpu" = "gpu" }`, []string{"namespaces", "gpu"}},
		"release of no component":      {`releases = { "gpu" = "v26.7.0" }`, []string{"releases", "gpu", "gpu-operator"}},
		"release that is none":         {`releases = { "gpu-operator" = "~> 26" }`, []string{"releases", `releases["gpu-operator"]: `, "one release, such as"}},
		"release of another recipe":    {`releases = { "gpu-operator" = "v26.3.3" }`, []string{"releases", "the recipe has gpu-operator v26.7.0", "v26.3.3"}},
		"output_dir that is empty":     {`output_dir = ""`, []string{"output_dir", "is empty"}},
		"output_dir that is a file":    {`output_dir = "resource_bundle_test.go"`, []string{"Bundle Directory", "output_dir"}},
		"output_dir that is not empty": {`output_dir = "."`, []string{"Bundle Directory Refused", "output_dir", "choose an empty or a new directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var patterns []string
			for _, text := range tt.want {
				patterns = append(patterns, wrapped(text))
			}
			attributes := tt.attributes
			if strings.HasPrefix(attributes, "output_dir = \"r") || attributes == `output_dir = "."` {
				attributes = strings.Replace(attributes, `= "`, `= "`+workingDir(t)+"/", 1)
			}
			check(t, resource.TestStep{Config: bundleOf(attributes), ExpectError: regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))})
		})
	}
}

// TestRuleErrorsNameTheComponent: what a recipe asks of a component in vain is
// about the recipe; the text says which component refuses.
func TestRuleErrorsNameTheComponent(t *testing.T) {
	t.Parallel()
	config := strings.NewReplacer(
		`"aks"`, `"self-managed"`, `"h100"`, `"l40s"`,
		"intent ", "overlays = [\"types: [{type: K8s, subtypes: [{subtype: config, data: {mig: true}}]}]\"]\n  intent ",
	).Replace(bundleOf(""))
	check(t, resource.TestStep{
		Config:      config,
		ExpectError: regexp.MustCompile("(?s)" + wrapped("Bundle Not Possible") + ".*recipe.*" + wrapped("gpu-operator: K8s/config/mig: ")),
	})
}
