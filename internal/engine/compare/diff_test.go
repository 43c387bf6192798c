// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func ptr(text string) *string { return &text }

func sum(text string) *string { return ptr(fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text)))) }

func TestRecipesDiffer(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	before := document.Recipe{
		Request:      document.Query{Service: "eks", GPU: "h100"},
		Measurements: list(t, "K8s/image/driver 580.105.08\nOS/kmod/efa true\nOS/kmod/nvidia true\nSystemD/containerd.service/LimitNOFILE infinity"),
	}
	after := document.Recipe{
		Request:      document.Query{Service: "eks", GPU: "h200", Kernel: "6.8"},
		Measurements: list(t, "K8s/image/driver 595.91.07\nOS/kmod/nvidia true\nOS/kmod/gdrdrv true\nSystemD/containerd.service/LimitNOFILE infinity"),
	}
	before.Measurements.Subtype("OS", "kmod").Context = map[string]string{"efa": "The fabric's driver", "nvidia": "Drives the GPU"}
	before.Measurements.Subtype("K8s", "image").Context = map[string]string{"driver": "explains the older one"}
	after.Measurements.Subtype("OS", "kmod").Context = map[string]string{"gdrdrv": "Copies without the CPU"}
	want := []compare.Change{
		{Path: "request/gpu", Before: ptr("h100"), After: ptr("h200")},
		{Path: "request/kernel", After: ptr("6.8")},
		{Path: "K8s/image/driver", Before: ptr("580.105.08"), After: ptr("595.91.07")},
		{Path: "OS/kmod/efa", Before: ptr("true"), Reason: "The fabric's driver"},
		{Path: "OS/kmod/gdrdrv", After: ptr("true"), Reason: "Copies without the CPU"},
	}
	if diff := cmp.Diff(want, compare.Recipes(t.Context(), catalog, before, after)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if same := compare.Recipes(t.Context(), catalog, before, before); same != nil {
		t.Errorf("a recipe differs from itself: %v", same)
	}
}

func TestFilesDiffer(t *testing.T) {
	t.Parallel()
	before := map[string][]byte{
		"a/values.yaml":   []byte("driver: {version: 580.105.08, enabled: true}\nlist: [1, 2]\n"),
		"a/checksums.txt": []byte("1\n"),
		"a/README.md":     []byte("one\n"),
		"a/odd.yaml":      []byte("a: 1\n"),
		"a/broken.yaml":   []byte("a: [\n"),
		"gone.yaml":       []byte("b: {c: d}\n"),
	}
	after := map[string][]byte{
		"a/values.yaml":   []byte("list: [1, 3]\ndriver: {enabled: true, version: 595.91.07}\n"),
		"a/checksums.txt": []byte("2\n"),
		"a/README.md":     []byte("two\n"),
		"a/odd.yaml":      []byte("- a\n"),
		"a/broken.yaml":   []byte("a: [\n"),
	}
	changes, err := compare.Files(t.Context(), before, after)
	must(t, err)
	want := []compare.Change{
		{Path: "a/README.md", Before: sum("one\n"), After: sum("two\n")},
		{Path: "a/odd.yaml", Before: sum("a: 1\n"), After: sum("- a\n")},
		{Path: "a/values.yaml: driver.version", Before: ptr(`"580.105.08"`), After: ptr(`"595.91.07"`)},
		{Path: "a/values.yaml: list", Before: ptr("[1,2]"), After: ptr("[1,3]")},
		{Path: "gone.yaml: b.c", Before: ptr(`"d"`)},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
