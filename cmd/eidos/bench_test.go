// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkProcess measures whole processes of the command: the best and the
// median processor time of the runs, the system's included, and the peak memory.
func BenchmarkProcess(b *testing.B) {
	dir := b.TempDir()
	command, recipe := filepath.Join(dir, "eidos"), filepath.Join(dir, "recipe.yaml")
	for _, tool := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", command, "."},
		{command, "recipe", "--service", "aks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "--output", recipe},
	} {
		if out, err := exec.CommandContext(b.Context(), tool[0], tool[1:]...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", tool, err, out)
		}
	}
	for _, process := range []struct {
		name string
		args []string
	}{
		{"start", []string{"--version"}},
		{"recipe", []string{"recipe", "--service", "eks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34"}},
		{"bundle", []string{"bundle", "--recipe", recipe, "--output", filepath.Join(dir, "out")}},
		{"snapshot", []string{"snapshot"}},
	} {
		b.Run(process.name, func(b *testing.B) {
			var processor []time.Duration
			peak := 0.0
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), command, process.args...)
				cmd.Env = []string{"PATH=" + os.Getenv("PATH")} // no cluster
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				processor = append(processor, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
				peak = max(peak, mebibytes(cmd.ProcessState.SysUsage().(*syscall.Rusage)))
			}
			slices.Sort(processor)
			b.ReportMetric(processor[0].Seconds()*1000, "ms-best")
			b.ReportMetric(processor[len(processor)/2].Seconds()*1000, "ms-median")
			b.ReportMetric(peak, "MiB-peak")
		})
	}
}

// mebibytes is the peak, which Linux counts in KiB and others in bytes.
func mebibytes(usage *syscall.Rusage) float64 {
	if runtime.GOOS == "linux" {
		return float64(usage.Maxrss) / (1 << 10)
	}
	return float64(usage.Maxrss) / (1 << 20)
}
