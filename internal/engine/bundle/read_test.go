// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// renderedRecipes renders each recipe of the tests.
func renderedRecipes(t *testing.T) map[string]*bundle.Bundle {
	t.Helper()
	files, err := filepath.Glob("testdata/recipes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no recipes", err)
	}
	all := map[string]*bundle.Bundle{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		recipe, err := document.DecodeRecipe(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := bundle.NewRenderer().Render(t.Context(), bundle.Request{Recipe: recipe})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[file] = b
	}
	return all
}

func filesOf(b *bundle.Bundle) map[string][]byte {
	files := map[string][]byte{}
	for _, f := range b.Files {
		files[f.Path] = f.Content
	}
	return files
}

// What the files say is what was rendered.
func TestReadComponents(t *testing.T) {
	t.Parallel()
	for name, b := range renderedRecipes(t) {
		got, err := bundle.ReadComponents(filesOf(b))
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, func(a, b bundle.Component) int { return strings.Compare(a.Name, b.Name) })
		for i, c := range b.Components {
			want := bundle.Component{Name: c.Name, Chart: c.Chart, Version: c.Version, Namespace: c.Namespace, ReleaseName: c.ReleaseName}
			if c.Chart == "" {
				want.Version = "" // of images alone, which nothing asks for
			}
			paths := slices.Sorted(maps.Keys(got[i].Manifests))
			got[i].Manifests = nil
			wanted := slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Keys(c.Manifests)), slices.Collect(maps.Keys(c.ChartManifests)))))
			if diff := cmp.Diff(want, got[i]) + cmp.Diff(wanted, paths); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

func TestReadComponentsRefuses(t *testing.T) {
	t.Parallel()
	b := renderedRecipes(t)["testdata/recipes/aks-h100-training.yaml"]
	for name, tt := range map[string]struct {
		change func(files map[string][]byte)
		want   string
	}{
		"edited":  {func(f map[string][]byte) { f["gpu-operator/values.yaml"] = nil }, "gpu-operator/values.yaml is not as it was written"},
		"missing": {func(f map[string][]byte) { delete(f, "gpu-operator/scripts/install.sh") }, "gpu-operator/scripts/install.sh is missing"},
		"nothing": {func(f map[string][]byte) { clear(f) }, "there is no component"},
		"a checksum of nothing": {
			func(f map[string][]byte) { f["gpu-operator/checksums.txt"] = []byte("x\n") }, "gpu-operator/ is missing",
		},
	} {
		files := filesOf(b)
		tt.change(files)
		if _, err := bundle.ReadComponents(files); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}
