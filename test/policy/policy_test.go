// SPDX-License-Identifier: Apache-2.0

// Package policy_test holds plans of examples/policy against its policy. It is a module
// of its own, so that the provider does not depend on OPA.
package policy_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
)

const (
	repository = "../.."
	example    = repository + "/examples/policy"
)

// provider builds the provider, and returns the environment in which Terraform uses it.
func provider(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "-C", repository, "build", "-o", filepath.Join(dir, "terraform-provider-eidos"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"cloud-native-stack/eidos\" = %q\n  }\n  direct {}\n}\n", dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1")
}

// planned returns the plan of the example with these variables, as policies see it.
func planned(t *testing.T, environment []string, variables ...string) any {
	t.Helper()
	dir := t.TempDir()
	main, err := os.ReadFile(filepath.Join(example, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), main, 0o600); err != nil {
		t.Fatal(err)
	}
	terraform := func(args ...string) []byte {
		command := exec.CommandContext(t.Context(), cmp.Or(os.Getenv("TERRAFORM"), "terraform"), args...)
		command.Dir, command.Env = dir, environment
		var errors strings.Builder
		command.Stderr = &errors
		out, err := command.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, errors.String())
		}
		return out
	}
	terraform(append([]string{"plan", "-input=false", "-out=plan.bin"}, variables...)...)
	var plan any
	if err := json.Unmarshal(terraform("show", "-json", "plan.bin"), &plan); err != nil {
		t.Fatal(err)
	}
	return plan
}

// denied returns why the policy refuses a plan.
func denied(t *testing.T, plan any) []string {
	t.Helper()
	files := []string{filepath.Join(example, "eidos.rego"), filepath.Join(example, "policy.json")}
	query, err := rego.New(rego.Query("data.eidos.deny"), rego.Load(files, nil)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	results, err := query.Eval(t.Context(), rego.EvalInput(plan))
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results (%v)", len(results), err)
	}
	var reasons []string
	list, isList := results[0].Expressions[0].Value.([]any)
	if !isList {
		t.Fatalf("deny is %v", results[0].Expressions[0].Value)
	}
	for _, reason := range list {
		reasons = append(reasons, fmt.Sprint(reason))
	}
	return reasons
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	environment := provider(t)
	const overlay = "name: %s\ntypes: [{type: K8s, subtypes: [{subtype: config, data: {gdrcopy: false}}]}]\n"
	overlays := func(name string) string { return fmt.Sprintf("-var=overlays=[%q]", fmt.Sprintf(overlay, name)) }
	for name, tt := range map[string]struct {
		variables []string
		want      string // begins each reason; "" for none
	}{
		"as it is":             {nil, ""},
		"a finding":            {[]string{`-var=releases={gpu-operator="v26.3.3"}`, "-var=driver_version=595.91.07"}, "eidos_bundle.training: deprecated-release: "},
		"another driver":       {[]string{"-var=driver_version=580.126.20"}, "eidos_bundle.training: the driver 580.126.20 is of no branch that is tested"},
		"a reviewed overlay":   {[]string{overlays("platform team")}, ""},
		"another overlay":      {[]string{overlays("mine")}, "data.eidos_recipe.training: K8s/config/gdrcopy is set by user:mine"},
		"images from anywhere": {[]string{"-var=mirror=registry.example.org"}, "eidos_bundle.training: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reasons := denied(t, planned(t, environment, tt.variables...))
			if tt.want == "" && len(reasons) > 0 || tt.want != "" && len(reasons) == 0 {
				t.Errorf("got %q, want reasons that begin with %q", reasons, tt.want)
			}
			for _, reason := range reasons {
				if !strings.HasPrefix(reason, tt.want) {
					t.Errorf("got %q, want %q", reason, tt.want)
				}
			}
		})
	}
}

// TestPolicyOfChanges: what a plan does not show is refused, and so is what disappears.
func TestPolicyOfChanges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ change, want string }{
		"unknown":   {`{"after": {"output_dir": null}, "after_unknown": {"components": true}}`, "b is known only after apply"},
		"removed":   {`{"before": {"components": {"gpu-operator": {"images": []}}}, "after": {"components": {}}}`, "b removes gpu-operator"},
		"created":   {`{"before": null, "after": {"components": {}, "findings": []}}`, ""},
		"destroyed": {`{"before": {"components": {"gpu-operator": {"images": []}}}, "after": null}`, ""},
	} {
		var plan any
		if err := json.Unmarshal([]byte(`{"resource_changes": [{"type": "eidos_bundle", "address": "b", "change": `+tt.change+`}]}`), &plan); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(denied(t, plan), "; "); !strings.HasPrefix(got, tt.want) || got != "" && tt.want == "" {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
