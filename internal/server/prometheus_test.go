// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTextFormat(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	newFamily("never", counter, "Not written before it is counted.").write(&text)
	requests := newFamily("requests_total", counter, "Requests.")
	requests.add(`method="POST"`, 1)
	requests.add(`method="GET",route="/a"`, 2)
	requests.add(`method="POST"`, 3)
	requests.write(&text)
	seconds := newHistogram("seconds", "Times.", .5, 1)
	for _, n := range []float64{.25, .5, .75, 8} {
		seconds.observe("", n)
	}
	seconds.observe(`method="GET"`, 1)
	seconds.write(&text)
	want := `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET",route="/a"} 2
requests_total{method="POST"} 4
# HELP seconds Times.
# TYPE seconds histogram
seconds_bucket{le="0.5"} 2
seconds_bucket{le="1"} 3
seconds_bucket{le="+Inf"} 4
seconds_sum 9.5
seconds_count 4
seconds_bucket{method="GET",le="0.5"} 0
seconds_bucket{method="GET",le="1"} 1
seconds_bucket{method="GET",le="+Inf"} 1
seconds_sum{method="GET"} 1
seconds_count{method="GET"} 1
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMetricsOfTheProcess(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	writeProcess(&text, time.Unix(1<<30, 0))
	want := []string{"\ngo_goroutines ", "\ngo_memstats_heap_alloc_bytes ", "\nprocess_start_time_seconds 1.073741824e+09\n"}
	if _, resident, ok := readStat(); ok {
		want = append(want, "\nprocess_cpu_seconds_total ", "\nprocess_resident_memory_bytes ", "\nprocess_open_fds ")
		if resident < 1<<20 {
			t.Errorf("the process takes %v bytes", resident)
		}
	}
	for _, w := range want {
		if !strings.Contains(text.String(), w) {
			t.Errorf("no %q in:\n%s", w, &text)
		}
	}
}
