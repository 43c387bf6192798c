// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestCatalogueExplainsWhatItLacks names GPUs and systems that are real, so that
// nobody takes the most similar one instead.
func TestCatalogueExplainsWhatItLacks(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	for _, tt := range []struct {
		query         document.Query
		want, without string
	}{
		{document.Query{GPU: "L4"}, `gpu: unknown gpu "l4": NVIDIA L4 is a GPU that no recipe is for; valid are a100, b200`, "did you mean"},
		{document.Query{GPU: "gh200"}, `"gh200": NVIDIA GH200 480GB is a GPU that no recipe is for`, "did you mean"},
		{document.Query{GPU: "h20"}, `"h20": NVIDIA H20 is a GPU that no recipe is for`, "did you mean"},
		{document.Query{GPU: "h10"}, `unknown gpu "h10"; valid are a100`, "no recipe"},
		{document.Query{OS: "Bottlerocket"}, `os: unknown os "bottlerocket": the NVIDIA variant of Bottlerocket brings a device plugin of its own`, "did you mean"},
	} {
		_, err := c.Build(recipe.Request{Query: tt.query})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), tt.without) {
			t.Errorf("%+v: got %v, want %s without %q", tt.query, err, tt.want, tt.without)
		}
	}
}

// TestCatalogueKnowsProducts resolves every name and PCI device id that GPUs
// report to the GPU whose recipe they take, or to none.
func TestCatalogueKnowsProducts(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	ids := map[string]string{
		"20b0": "a100", "20b2": "a100", "20b3": "a100", "20b5": "a100", "20f1": "a100",
		"2330": "h100", "2331": "h100", "2321": "h100", "2339": "h100", "2335": "h200", "233b": "h200",
		"2901": "b200", "2941": "gb200", "26b5": "l40", "26b9": "l40s",
		"27b8": "", "2237": "", "1eb8": "", "1db1": "", "2324": "", "2329": "", "2342": "", "3182": "", "31c2": "", "20b8": "",
	}
	for id, want := range ids {
		got := c.Extract(snapshotOf(map[string]string{"GPU/device/pci-id": id}))
		if got.Query.GPU != want {
			t.Errorf("%s: got %q, want %q", id, got.Query.GPU, want)
		}
		if want == "" && !strings.Contains(got.Missing["gpu"], "no recipe is for") {
			t.Errorf("%s: Missing says %q, want why", id, got.Missing["gpu"])
		}
	}
	for label, want := range map[string]string{
		"NVIDIA-A100-SXM4-40GB": "a100", "NVIDIA-H100-80GB-HBM3": "h100", "NVIDIA-H200-NVL": "h200", "NVIDIA-B200": "b200", "NVIDIA-GB200": "gb200",
		"NVIDIA-L40": "l40", "NVIDIA-L40S": "l40s", "NVIDIA-GH200-480GB": "", "NVIDIA-H800": "", "NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition": "",
	} {
		if got := c.Extract(snapshotOf(map[string]string{"K8s/node/gpu-product": label})); got.Query.GPU != want {
			t.Errorf("%s: got %q, want %q", label, got.Query.GPU, want)
		}
	}
}
