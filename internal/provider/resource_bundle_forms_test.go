// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"
)

// TestFormats writes the files of other forms, and replaces them in place: what uses
// the components sees nothing of it.
func TestFormats(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + bundleOf(`
  output_dir = "out"
  formats    = ["argocd", "scripts"]
  gitops     = { repository = "https://git.example.com/platform/gpu.git", path = "clusters/gpu" }
`)})
	w.apply()
	w.unchanged()
	has := func(path string) bool { return slices.Contains(w.files("out"), path) }
	if !has("argocd/root.yaml") || !has("install.sh") || !has("gpu-operator/values.yaml") {
		t.Fatalf("the files are %v", w.files("out"))
	}
	if text := w.read("out/argocd/root.yaml"); !strings.Contains(text, "path: clusters/gpu/argocd/apps") {
		t.Errorf("root.yaml:\n%s", text)
	}
	w.write("main.tf", requireEidos+bundleOf(`
  output_dir = "out"
  formats    = ["flux"]
`))
	planned := w.plan()["eidos_bundle.test"]
	if !slices.Equal(planned.Actions, []string{"update"}) {
		t.Errorf("the plan is to %v", planned.Actions)
	}
	w.apply()
	w.unchanged()
	if has("argocd/root.yaml") || has("install.sh") || !has("flux/kustomization.yaml") || !has("README.md") {
		t.Errorf("the files are %v", w.files("out"))
	}
}
