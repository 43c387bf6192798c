// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain plays the measured command when it is asked to.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "play" {
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	m, err := measure(t.Context(), os.Args[0], []string{"play"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.processor) != 3 || len(m.peak) != 3 || m.peak[0] <= 0 {
		t.Errorf("got %d times and %d peaks, from %v MiB", len(m.processor), len(m.peak), m.peak[0])
	}
}

func TestMeasurementString(t *testing.T) {
	t.Parallel()
	m := measurement{processor: []time.Duration{1e6, 2e6, 3500000}, peak: []float64{1, 2.25, 20}}
	if got, want := m.String(), "  1.0 ms best,   2.0 ms median,  20.0 MiB peak"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"a", "b"}, {"/no/such/binary"}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
	if _, err := measure(t.Context(), "false", nil, 1); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("got %v", err)
	}
}
