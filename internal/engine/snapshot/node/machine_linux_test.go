// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"os"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// TestThisMachine takes two snapshots of the machine that the tests run on. They
// are equal, and tell what is there, of NVIDIA's driver too where it is loaded.
func TestThisMachine(t *testing.T) {
	t.Setenv("PATH", os.Getenv(systemPath))
	first, second := collect(t, node.Options{}), collect(t, node.Options{})
	if diff := cmp.Diff(first.text(t, "\x00"), second.text(t, "\x00")); diff != "" {
		t.Errorf("two snapshots of this machine differ:\n%s", diff)
	}
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	must(t, err)
	if got := first.data("OS/sysctl")["/proc/sys/kernel/osrelease"] + "\n"; got != string(release) {
		t.Errorf("kernel release: got %q, want %q", got, release)
	}
	for _, name := range []string{"OS/grub", "OS/release"} {
		if len(first.data(name)) == 0 {
			t.Errorf("%s is empty: %v", name, first.errors[name])
		}
	}
	if _, err := os.Stat("/proc/driver/nvidia/version"); err != nil {
		return
	}
	for name, key := range map[string]string{"GPU/driver": "version", "GPU/device": "pci-id"} {
		if first.data(name)[key] == "" {
			t.Errorf("a driver is loaded, but %s tells no %s: %v", name, key, first.errors[name])
		}
	}
	if made := embeddedCatalog(t).Extract(first.snapshot); made.Query.GPU == "" && made.Missing["gpu"] == "" {
		t.Error("the snapshot says neither what the GPU is nor why it does not")
	}
}

// BenchmarkThisMachine takes snapshots of the machine that it runs on.
// peak-MiB is the most memory that the process had from the system.
func BenchmarkThisMachine(b *testing.B) {
	b.Setenv("PATH", os.Getenv(systemPath))
	b.ReportAllocs()
	for b.Loop() {
		s, _ := snapshot.Collect(b.Context(), node.Collectors(node.Options{}), snapshot.Options{})
		if len(s.Measurements) == 0 {
			b.Fatal("nothing was found")
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "peak-MiB")
}
