// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// BenchmarkEmbedded makes the embedded catalog; the goal is 1 ms.
func BenchmarkEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := recipe.Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBuild makes a recipe from a query; the goal is 50 us and 100 KiB.
func BenchmarkBuild(b *testing.B) {
	c, err := recipe.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, context := range []bool{false, true} {
		b.Run(fmt.Sprintf("context=%v", context), func(b *testing.B) {
			benchmarkBuild(b, c, document.Query{Service: "eks", GPU: "h100", OS: "ubuntu", Intent: "training", K8s: "v1.33.5-eks-3025e55", Context: context})
		})
	}
}

// BenchmarkBuildLarge asks a catalog of 10,000 overlays; the goal is 5 ms where
// few of them apply. That all apply shows the cost of merging alone.
func BenchmarkBuildLarge(b *testing.B) {
	for name, key := range map[string]string{"one matches": "kernel: 6.8.%d", "all match": "k8s: '< %d'"} {
		b.Run(name, func(b *testing.B) {
			var text strings.Builder
			text.WriteString("overlays:\n- {key: {gpu: h100}}\n")
			for i := range 10_000 {
				fmt.Fprintf(&text, "- {key: {gpu: h100, "+key+"}, types: [{type: K8s, subtypes: [{subtype: image, data: {component-%d: v1, driver: v%d}}]}]}\n", i+2, i, i)
			}
			benchmarkBuild(b, mustLoad(b, text.String()), document.Query{GPU: "h100", K8s: "1.33", Kernel: "6.8.77"})
		})
	}
}

func benchmarkBuild(b *testing.B, c *recipe.Catalog, q document.Query) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Build(b.Context(), recipe.Request{Query: q}); err != nil {
			b.Fatal(err)
		}
	}
}
