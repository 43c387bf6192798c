// SPDX-License-Identifier: Apache-2.0

// Package forms_test has a real kube-apiserver apply what bundles say to Argo CD and
// Flux, with the definitions of their kinds.
package forms_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

const testdata = "../../../internal/engine/bundle/testdata"

// serve starts a server that knows the kinds of Argo CD and Flux.
func serve(t *testing.T) client.Client {
	t.Helper()
	config := apiserver.New(t).Admin()
	for _, name := range []string{"argocd", "flux-system"} {
		fixture.Create(t, config, fixture.Namespace(name))
	}
	for _, file := range glob(t, "definitions/*.yaml") {
		fixture.CreateManifest(t, config, read(t, file))
	}
	return fixture.NewClient(t, config)
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testdata, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing is %s: %v", pattern, err)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func render(t *testing.T, file string, overrides map[string]string) *bundle.Bundle {
	t.Helper()
	recipe, err := document.DecodeRecipe(t.Context(), read(t, file))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.NewRenderer().Render(t.Context(), bundle.Request{
		Recipe: recipe, Overrides: overrides, Formats: []string{"argocd", "flux"}, GitOps: &form.GitOps{Repository: "https://git.example.com/platform/gpu.git", Path: "clusters/gpu"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFormsAreAccepted dry-runs every Application, source, release and Kustomization
// of all stacks, strictly.
func TestFormsAreAccepted(t *testing.T) {
	t.Parallel()
	c := serve(t)
	accepted := map[string]int{}
	for _, file := range glob(t, "recipes/*.yaml") {
		for _, f := range render(t, file, nil).Files {
			if !ofTool(f.Content) {
				continue
			}
			if err := fixture.DryRun(t.Context(), c, f.Content); err != nil {
				t.Errorf("%s of %s: %v", f.Path, file, err)
			}
			accepted[kindOf(t, f.Content)]++
		}
	}
	for _, kind := range []string{"Application", "HelmRelease", "HelmRepository", "Kustomization", "OCIRepository"} {
		if accepted[kind] == 0 {
			t.Errorf("no stack has the kind %s", kind)
		}
	}
}

// ofTool recognizes documents of the tools, which are in their namespaces.
func ofTool(text []byte) bool {
	return bytes.Contains(text, []byte("apiVersion: argoproj.io/")) || bytes.Contains(text, []byte(".toolkit.fluxcd.io/v"))
}

func kindOf(t *testing.T, text []byte) string {
	t.Helper()
	var object unstructured.Unstructured
	if err := yaml.Unmarshal(text, &object.Object); err != nil {
		t.Fatal(err)
	}
	return object.GetKind()
}

// TestWrongFormsAreRefused proves that the way above refuses what the definitions do
// not have.
func TestWrongFormsAreRefused(t *testing.T) {
	t.Parallel()
	c := serve(t)
	for _, f := range render(t, filepath.Join(testdata, "recipes", "eks-h100-kai.yaml"), nil).Files {
		if !ofTool(f.Content) {
			continue
		}
		wrong := bytes.Replace(f.Content, []byte("\nspec:\n"), []byte("\nspec:\n  nothing: true\n"), 1)
		if err := fixture.DryRun(t.Context(), c, wrong); err == nil || !strings.Contains(err.Error(), "nothing") {
			t.Errorf("%s with an unknown field: %v", f.Path, err)
		}
	}
}

// TestNullsSurvive: a null deletes a default of the chart, and reaches Helm only where
// the server keeps it, at the first apply and at the next.
func TestNullsSurvive(t *testing.T) {
	t.Parallel()
	c := serve(t)
	file := filepath.Join(testdata, "recipes", "eks-h100-training.yaml")
	for _, color := range []string{"first", "next"} {
		b := render(t, file, map[string]string{"gpu-operator": "{operator: {resources: null}, daemonsets: {labels: {color: " + color + "}}}"})
		for path, at := range map[string][]string{
			"argocd/apps/gpu-operator.yaml": {"spec", "source", "helm", "valuesObject"}, "flux/steps/gpu-operator/release.yaml": {"spec", "values"},
		} {
			values := applied(t, c, b, path, at)
			operator, _ := values["operator"].(map[string]any)
			if resources, has := operator["resources"]; !has || resources != nil {
				t.Errorf("%s, %s: the server keeps %v", path, color, values)
			}
		}
	}
}

// applied has the server apply a file and returns what it keeps at a path.
func applied(t *testing.T, c client.Client, b *bundle.Bundle, path string, at []string) map[string]any {
	t.Helper()
	for _, f := range b.Files {
		if f.Path != path {
			continue
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(f.Content, &object.Object); err != nil {
			t.Fatal(err)
		}
		if err := c.Patch(t.Context(), object, client.RawPatch(types.ApplyYAMLPatchType, f.Content), client.FieldOwner("test"), client.ForceOwnership); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		values, has, err := unstructured.NestedMap(object.Object, at...)
		if err != nil || !has {
			t.Fatalf("%s has no %v: %v", path, at, err)
		}
		return values
	}
	t.Fatalf("the bundle has no %s", path)
	return nil
}
