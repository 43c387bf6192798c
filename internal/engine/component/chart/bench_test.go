// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"os"
	"testing"
)

func BenchmarkLoadRelease(b *testing.B) {
	text, err := os.ReadFile("../data/gpu-operator/v26.7.0.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeRelease(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckValues(b *testing.B) {
	release, values := embeddedRelease(b, "gpu-operator", "v26.7.0"), fortyValues()
	b.ReportAllocs()
	for b.Loop() {
		if problems := release.CheckValues(values); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkClusterPolicy(b *testing.B) {
	release, values := embeddedRelease(b, "gpu-operator", "v26.7.0"), fortyValues()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := release.ClusterPolicy(values); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckObject(b *testing.B) {
	release := embeddedRelease(b, "gpu-operator", "v26.7.0")
	policy, err := release.ClusterPolicy(fortyValues())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if problems := release.CheckObject(policy); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkUnknownKey(b *testing.B) {
	release := embeddedRelease(b, "gpu-operator", "v26.7.0")
	values := map[string]any{"driver": map[string]any{"maxParallelUpgrades": int64(1)}}
	b.ReportAllocs()
	for b.Loop() {
		if problems := release.CheckValues(values); len(problems) != 1 {
			b.Fatal(problems)
		}
	}
}
