// SPDX-License-Identifier: Apache-2.0

package component_test

import (
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// BenchmarkEmbedded reads what choosing components needs.
func BenchmarkEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := component.Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDescriptions reads all that is known of every component.
func BenchmarkDescriptions(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		set, err := component.Embedded()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := set.Descriptions(); err != nil {
			b.Fatal(err)
		}
	}
}
