// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// BenchmarkRender renders both components in memory.
func BenchmarkRender(b *testing.B) {
	req := bundle.Request{Recipe: fixture(b, "self-managed-h100-rdma")}
	r := bundle.NewRenderer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Render(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNewRenderer makes a renderer and renders once: what a process pays
// for its first bundle.
func BenchmarkNewRenderer(b *testing.B) {
	req := bundle.Request{Recipe: fixture(b, "self-managed-h100-rdma")}
	for b.Loop() {
		if _, err := bundle.NewRenderer().Render(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}
