// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"os"
	"testing"
)

// BenchmarkLoadRelease reads the facts of one release.
func BenchmarkLoadRelease(b *testing.B) {
	text := readFacts(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeRelease(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstUse reads the facts of one release and asks what a first
// bundle does.
func BenchmarkFirstUse(b *testing.B) {
	text, values := readFacts(b), fortyValues()
	b.ReportAllocs()
	for b.Loop() {
		release, err := decodeRelease(text)
		if err != nil {
			b.Fatal(err)
		}
		_, hasDefault := release.Default("driver.version")
		_, hasImage := release.Image("driver")
		_, err = release.ClusterPolicy(values)
		if !hasDefault || !hasImage || err != nil || len(release.CheckValues(values)) > 0 {
			b.Fatal("not the facts of the release")
		}
	}
}

func readFacts(b *testing.B) []byte {
	b.Helper()
	text, err := os.ReadFile("../data/gpu-operator/v26.7.0.json")
	if err != nil {
		b.Fatal(err)
	}
	return text
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
