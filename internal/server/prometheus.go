// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kinds of metrics in Prometheus' text format.
const (
	counter   = "counter"
	gauge     = "gauge"
	histogram = "histogram"
)

// family is a metric with one series for each set of labels.
type family struct {
	name, kind, help string
	bounds           []float64 // of a histogram

	mu     sync.Mutex
	series map[string]*series // by labels, such as method="GET",route="/version"
}

// series is a number, or, in a histogram, the sum of what was observed and how
// often it was within each bound and beyond all.
type series struct {
	value  float64
	within []uint64
}

func newFamily(name, kind, help string) *family {
	return &family{name: name, kind: kind, help: help, series: map[string]*series{}}
}

func newHistogram(name, help string, bounds ...float64) *family {
	f := newFamily(name, histogram, help)
	f.bounds = bounds
	return f
}

func (f *family) change(labels string, change func(*series)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.series[labels]
	if !ok {
		s = &series{within: make([]uint64, len(f.bounds)+1)}
		f.series[labels] = s
	}
	change(s)
}

func (f *family) add(labels string, n float64) {
	f.change(labels, func(s *series) { s.value += n })
}

func (f *family) set(labels string, n float64) {
	f.change(labels, func(s *series) { s.value = n })
}

func (f *family) observe(labels string, n float64) {
	i, _ := slices.BinarySearch(f.bounds, n)
	f.change(labels, func(s *series) { s.value += n; s.within[i]++ })
}

func (f *family) write(text *bytes.Buffer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) == 0 {
		return
	}
	fmt.Fprintf(text, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
	for _, labels := range slices.Sorted(maps.Keys(f.series)) {
		if s := f.series[labels]; f.kind == histogram {
			f.writeHistogram(text, labels, s)
		} else {
			writeSeries(text, f.name, labels, s.value)
		}
	}
}

func (f *family) writeHistogram(text *bytes.Buffer, labels string, s *series) {
	var count uint64
	for i, n := range s.within {
		bound := "+Inf"
		if i < len(f.bounds) {
			bound = strconv.FormatFloat(f.bounds[i], 'g', -1, 64)
		}
		count += n
		writeSeries(text, f.name+"_bucket", strings.TrimPrefix(labels+`,le="`+bound+`"`, ","), float64(count))
	}
	writeSeries(text, f.name+"_sum", labels, s.value)
	writeSeries(text, f.name+"_count", labels, float64(count))
}

func writeSeries(text *bytes.Buffer, name, labels string, value float64) {
	if labels != "" {
		labels = "{" + labels + "}"
	}
	fmt.Fprintf(text, "%s%s %s\n", name, labels, strconv.FormatFloat(value, 'g', -1, 64))
}

// writeProcess writes what Prometheus' own clients say of every Go process, as
// far as dashboards show it.
func writeProcess(text *bytes.Buffer, started time.Time) {
	one := func(name, kind, help string, value float64) {
		f := newFamily(name, kind, help)
		f.set("", value)
		f.write(text)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	one("go_goroutines", gauge, "Number of goroutines that currently exist.", float64(runtime.NumGoroutine()))
	one("go_gc_cycles_total", counter, "Collections of garbage.", float64(memory.NumGC))
	one("go_gc_pause_seconds_total", counter, "Time for which collections stopped the program.", time.Duration(memory.PauseTotalNs).Seconds()) //nolint:gosec // far from 292 years
	one("go_memstats_alloc_bytes_total", counter, "Bytes allocated, also those freed since.", float64(memory.TotalAlloc))
	one("go_memstats_heap_alloc_bytes", gauge, "Bytes of the heap in use.", float64(memory.HeapAlloc))
	one("go_memstats_heap_objects", gauge, "Objects on the heap.", float64(memory.HeapObjects))
	one("go_memstats_next_gc_bytes", gauge, "Size of the heap at which the next collection begins.", float64(memory.NextGC))
	one("go_memstats_sys_bytes", gauge, "Bytes obtained from the system.", float64(memory.Sys))
	one("process_start_time_seconds", gauge, "When the server was started.", float64(started.Unix()))
	processor, resident, ok := readStat()
	if ok {
		one("process_cpu_seconds_total", counter, "Processor time of the process.", processor)
		one("process_resident_memory_bytes", gauge, "Memory of the process that is not swapped out.", resident)
	}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		one("process_open_fds", gauge, "Open file descriptors.", float64(len(files)))
	}
}

// readStat reads the processor time, in seconds, and the resident memory, in
// bytes, of this process from /proc/self/stat, which Linux has (proc(5)).
func readStat() (processor, resident float64, ok bool) {
	const (
		userTime, systemTime, residentPages = 11, 12, 21 // counted after the name
		ticks                               = 100        // a second, on every platform of Go
	)
	stat, err := os.ReadFile("/proc/self/stat")
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if err != nil || len(fields) <= residentPages {
		return 0, 0, false
	}
	number := func(i int) float64 {
		n, _ := strconv.ParseFloat(fields[i], 64) // the kernel writes numbers
		return n
	}
	return (number(userTime) + number(systemTime)) / ticks, number(residentPages) * float64(os.Getpagesize()), true
}
