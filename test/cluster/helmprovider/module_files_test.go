// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// TestModuleFiles runs the tests that the module has for itself, and plans each of its
// examples for a cluster that has nothing: it has as many resources as the example says.
func TestModuleFiles(t *testing.T) {
	t.Parallel()
	w := terraform.NewWorkspace(t, plugins, "", "TF_VAR_kubeconfig="+apiserver.Kubeconfig(t, apiserver.New(t).Admin()))
	if err := os.Remove(w.Path("main.tf")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(w.Path("."), os.DirFS("../../../modules/gpu-stack")); err != nil {
		t.Fatal(err)
	}
	if r := w.Run(t, "test"); r.Code != 0 || !r.Says("0 failed") || r.Says("0 passed") {
		t.Errorf("the module's own tests:\n%s%s", r.Stdout, r.Stderr)
	}
	examples, err := os.ReadDir(w.Path("examples"))
	if err != nil {
		t.Fatal(err)
	}
	override := fmt.Sprintf("module \"gpu_stack\" {\n  registry = { chart_repositories = { \"*\" = %q } }\n}\n", charts.Serve(t))
	for _, example := range examples {
		w.Write(t, path.Join("examples", example.Name(), "override.tf"), override)
		in := "-chdir=" + path.Join("examples", example.Name())
		if r := w.Run(t, in, "get"); r.Code != 0 {
			t.Fatalf("%s: getting the module:\n%s", example.Name(), r.Stderr)
		}
		size := regexp.MustCompile(`(?m)^# (Plan: \d+ to add)\.$`).FindStringSubmatch(w.Read(t, path.Join("examples", example.Name(), "main.tf")))
		if size == nil {
			t.Fatalf("%s does not say how many resources its plan has", example.Name())
		}
		if r := w.Run(t, in, "plan", "-input=false", "-no-color"); r.Code != 0 || !r.Says(size[1]+", 0 to change, 0 to destroy") {
			t.Errorf("%s: the plan, which is to say %s:\n%s%s", example.Name(), size[1], r.Stdout, r.Stderr)
		}
	}
	if len(examples) < 6 {
		t.Errorf("there are %d examples", len(examples))
	}
}
