// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestGet prints every value of a recipe as --explain has it.
func TestGet(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	for path, reading := range decodeRecipe(t, contents(t, recipe)).Measurements.All() {
		equal(t, reading.String()+"\n", must(t, "get", path.String(), "--recipe", recipe))
	}
}

const oddRecipe = `apiVersion: recipe.dgxc.io/v1
kind: Recipe
metadata: {recipe-version: "7"}
request: {gpu: h100, k8s: "1.30"}
matchedRules: [gpu=h100]
measurements:
- type: OS
  subtypes:
  - {subtype: sysctl, data: {/proc/sys/vm/swappiness: 10}}
- type: K8s
  subtypes:
  - {subtype: image, data: {driver: "580.10", gdrcopy: v2.5}}
  - {subtype: config, data: {rdma: true}}
`

func TestGetForms(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"K8s/image/driver":                  "580.10\n",
		"K8s/config/rdma":                   "true\n",
		"OS/sysctl//proc/sys/vm/swappiness": "10\n",
		"request/k8s":                       "1.30\n",
		"metadata/recipe-version":           "7\n",
		"K8s/image/driver --format json":    "\"580.10\"\n",
		"OS/sysctl --format json":           "{\n  \"/proc/sys/vm/swappiness\": 10\n}\n",
		"K8s/image --format yaml":           "driver: \"580.10\"\ngdrcopy: v2.5\n",
		"matchedRules --format yaml":        "- gpu=h100\n",
		"K8s/config/rdma --format yaml":     "true\n",
		"request --format yaml":             "gpu: h100\nk8s: \"1.30\"\n",
	} {
		o := session{stdin: oddRecipe}.run(t, append(strings.Fields("get "+args), "--recipe", "-")...)
		o.check(t, cli.ExitOK)
		equal(t, want, o.stdout)
	}
}

func TestGetMistakes(t *testing.T) {
	t.Parallel()
	for args, test := range map[string]struct {
		code int
		text string
	}{
		"image --recipe -":                {cli.ExitFailure, `the recipe has no "image"; did you mean "K8s/image"?`},
		"driver --recipe -":               {cli.ExitFailure, `the recipe has no "driver"; did you mean "K8s/image/driver"?`},
		"K8s/image/drivr --recipe -":      {cli.ExitFailure, `the recipe has no "K8s/image/drivr"; did you mean "K8s/image/driver"?`},
		"K8s/image/driver/x --recipe -":   {cli.ExitFailure, `the recipe has no "K8s/image/driver/x"`},
		"frobnicate --recipe -":           {cli.ExitFailure, `the recipe has no "frobnicate"` + "\n"},
		"K8s/image --recipe -":            {cli.ExitUsage, "K8s/image holds several values: print them with --format json or yaml, or name one"},
		"matchedRules --recipe -":         {cli.ExitUsage, "matchedRules holds several values"},
		"K8s/image/driver":                {cli.ExitUsage, "--recipe is missing"},
		"--recipe -":                      {cli.ExitUsage, "want one key, such as K8s/image/driver, got 0"},
		"a b --recipe -":                  {cli.ExitUsage, "got 2"},
		"request --recipe - --format xml": {cli.ExitUsage, `--format: got "xml", want text, json or yaml`},
		"request/gpu --recipe none.yaml":  {cli.ExitFailure, "--recipe: reading none.yaml"},
	} {
		o := session{stdin: oddRecipe}.run(t, strings.Fields("get "+args)...)
		o.check(t, test.code, test.text)
		o.silent(t)
	}
}

func TestGetCompletion(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	var want []string
	for path := range decodeRecipe(t, contents(t, recipe)).Measurements.All() {
		want = append(want, path.String())
	}
	offered := strings.Fields(run(t, "__complete", "get", "--recipe", recipe, "").stdout)
	for _, path := range append(want, "request/gpu", "K8s/image", ":4") {
		if !slices.Contains(offered, path) {
			t.Errorf("%s is not offered", path)
		}
	}
	for _, args := range [][]string{{""}, {"--recipe", "-", ""}, {"--recipe", "cm://a/b", ""}, {"--recipe", recipe, "request/gpu", ""}} {
		equal(t, ":4\n", run(t, append([]string{"__complete", "get"}, args...)...).stdout)
	}
}

func TestVersionFormats(t *testing.T) {
	t.Parallel()
	var got map[string]string
	if err := json.Unmarshal([]byte(must(t, "version", "--format", "json")), &got); err != nil {
		t.Fatal(err)
	}
	equal(t, []string{"catalog", "go", "platform", "version"}, slices.Sorted(maps.Keys(got)))
	equal(t, "1.2.3", got["version"])
	if yaml := must(t, "version", "--format", "yaml"); !strings.Contains(yaml, "\nversion: 1.2.3\n") {
		t.Errorf("got %s", yaml)
	}
	run(t, "version", "--format", "table").check(t, cli.ExitUsage, `--format: got "table", want text, json or yaml`)
}
