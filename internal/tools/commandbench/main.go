// SPDX-License-Identifier: Apache-2.0

//go:build unix

// Commandbench measures the processor time and the peak memory of processes of
// the command: best and median of the runs of each case.
//
//	go run ./internal/tools/commandbench .cache/bin/eidos
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

const runs = 50

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "commandbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 1 {
		return errors.New("usage: commandbench BINARY")
	}
	dir, err := os.MkdirTemp("", "commandbench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	recipe := filepath.Join(dir, "recipe.yaml")
	query := []string{"recipe", "--service", "aks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "--output", recipe}
	for _, c := range []struct {
		name string
		args []string
	}{
		{"start (--version)", []string{"--version"}},
		{"recipe of a query", query},
		{"bundle of two components, written", []string{"bundle", "--recipe", recipe, "--output", filepath.Join(dir, "out")}},
		{"snapshot of this machine", []string{"snapshot"}},
	} {
		m, err := measure(ctx, args[0], c.args, runs)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if _, err := fmt.Fprintf(os.Stdout, "%-35s %s\n", c.name, m); err != nil {
			return err
		}
	}
	return nil
}

// measurement has one entry a run, sorted.
type measurement struct {
	processor []time.Duration
	peak      []float64 // MiB
}

func (m measurement) String() string {
	middle := len(m.processor) / 2
	return fmt.Sprintf("%5.1f ms best, %5.1f ms median, %5.1f MiB peak",
		milliseconds(m.processor[0]), milliseconds(m.processor[middle]), m.peak[len(m.peak)-1])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func measure(ctx context.Context, binary string, args []string, runs int) (measurement, error) {
	var m measurement
	for range runs {
		cmd := exec.CommandContext(ctx, binary, args...) //nolint:gosec // the binary is what is measured
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}  // no cluster
		if out, err := cmd.CombinedOutput(); err != nil {
			return m, fmt.Errorf("%w\n%s", err, out)
		}
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			return m, errors.New("the system does not report what a process used")
		}
		m.processor = append(m.processor, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		m.peak = append(m.peak, mebibytes(usage))
	}
	slices.Sort(m.processor)
	slices.Sort(m.peak)
	return m, nil
}

// mebibytes is the peak, which Linux counts in KiB and others in bytes.
func mebibytes(usage *syscall.Rusage) float64 {
	if runtime.GOOS == "linux" {
		return float64(usage.Maxrss) / (1 << 10)
	}
	return float64(usage.Maxrss) / (1 << 20)
}
