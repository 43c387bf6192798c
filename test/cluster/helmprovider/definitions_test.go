// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// TestModuleUpgradesDefinitions upgrades a release: its definitions, and those of the
// part that comes with it, are renewed and a new one is there, which Helm would leave
// out. Going back is refused before Helm does anything.
func TestModuleUpgradesDefinitions(t *testing.T) {
	t.Parallel()
	w, own := moduleWorkspace(t)
	c := fixture.NewClient(t, own.Admin())
	operate(t, c, networkPolicy(), gpuPolicy())
	const old, newest = `releases={"gpu-operator":"v26.3.3"}`, `releases={}`
	apply := func(variables ...string) (code int, output string) {
		args := []string{"apply", "-auto-approve", "-input=false", "-no-color"}
		for _, v := range variables {
			args = append(args, "-var", v)
		}
		r := w.Run(t, args...)
		return r.Code, r.Stdout + r.Stderr
	}
	if code, output := apply(old); code != 0 {
		t.Fatal(output)
	}
	for name, want := range map[string]string{"clusterpolicies.nvidia.com": "As of v26.3.3.", "nodefeatures.nfd.k8s-sigs.io": "As of v26.3.3.", "gpuclusters.nvidia.com": ""} {
		checkDefinition(t, c, name, want)
	}
	operator, _ := charts.Values(t, own.Admin(), "gpu-operator", "gpu-operator")["operator"].(map[string]any)
	if operator["upgradeCRD"] != false {
		t.Errorf("the chart's own job is on: %v", operator)
	}

	if code, output := apply(newest); code != 0 || strings.Contains(output, "helm show crds") {
		t.Fatal(output)
	}
	upgraded := map[string]string{"clusterpolicies.nvidia.com": "As of v26.7.0.", "nodefeatures.nfd.k8s-sigs.io": "As of v26.7.0.", "gpuclusters.nvidia.com": "As of v26.7.0."}
	check := func() {
		for name, want := range upgraded {
			checkDefinition(t, c, name, want)
		}
	}
	check()
	plan(t, w, false)

	if code, output := apply(old); code == 0 || !strings.Contains(output, "which is newer than v26.3.3") {
		t.Errorf("going back ends with %d:\n%s", code, output)
	}
	if code, output := apply(newest); code != 0 {
		t.Fatal(output)
	}
	if code, output := apply(newest, "apply_definitions=false"); code != 0 || !strings.Contains(output, "0 added") || !strings.Contains(output, "0 destroyed") {
		t.Errorf("leaving the definitions to Helm ends with %d:\n%s", code, output)
	}
	operator, _ = charts.Values(t, own.Admin(), "gpu-operator", "gpu-operator")["operator"].(map[string]any)
	if _, stated := operator["upgradeCRD"]; stated {
		t.Errorf("the chart's own job is not what it was: %v", operator)
	}
	destroy(t, w)
	check()
}

// checkDefinition wants a definition with the description, none where that is "".
func checkDefinition(t *testing.T, c client.Client, name, want string) {
	t.Helper()
	definition := object("apiextensions.k8s.io", "v1", "CustomResourceDefinition", name)
	err := c.Get(t.Context(), client.ObjectKeyFromObject(definition), definition)
	if apierrors.IsNotFound(err) && want == "" {
		return
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	version, _ := versions[0].(map[string]any)
	if got, _, _ := unstructured.NestedString(version, "schema", "openAPIV3Schema", "description"); got != want {
		t.Errorf("%s is %q, want %q", name, got, want)
	}
}
