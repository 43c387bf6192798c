// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// metrics are what a server counts. They are kept and written here because the
// package client_golang makes its collectors when a program starts, used or not:
// it would cost every eidos command 2 ms.
type metrics struct {
	now           func() time.Time
	started       time.Time
	requests      *family // route, method, code
	durations     *family // route, method
	inFlight      *family
	rejected      *family // reason
	panics        *family
	recipes       *family // result
	catalogReads  *family // result
	catalogTime   *family
	catalogShrunk *family
	clients       *family
	build         *family
	logDropped    *family
	limiter       *limiter
	lines         func() uint64 // of the log, dropped; nil for none

	mu         sync.Mutex
	gathered   []byte // the answer to whoever asks within the second
	gatheredAt time.Time
}

func newMetrics(version string, now func() time.Time, l *limiter, lines func() uint64) *metrics {
	m := &metrics{
		now:      now,
		started:  now(),
		requests: newFamily("eidos_http_requests_total", counter, "Requests by route, method and status."),
		durations: newHistogram("eidos_http_request_duration_seconds", "Time from a request's header to the end of its handler.",
			.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5),
		inFlight:      newFamily("eidos_http_requests_in_flight", gauge, "Requests being answered."),
		rejected:      newFamily("eidos_http_requests_rejected_total", counter, "Requests and connections turned away by reason: rate_limit, busy, or connections: closed at once."),
		panics:        newFamily("eidos_http_panics_total", counter, "Panics of handlers."),
		recipes:       newFamily("eidos_recipe_cache_requests_total", counter, "Looks into the cache of recipes by result: hit or miss. Wrong queries are misses."),
		catalogReads:  newFamily("eidos_catalog_reads_total", counter, "Times the catalog was read by result: ok or error."),
		catalogTime:   newFamily("eidos_catalog_read_timestamp_seconds", gauge, "When the catalog in use was read."),
		catalogShrunk: newFamily("eidos_catalog_shrunk_total", counter, "Times the catalog was taken with fewer layers or values than the one before."),
		clients:       newFamily("eidos_rate_limit_clients", gauge, "Clients whose requests are being counted."),
		build:         newFamily("eidos_build_info", gauge, "Always 1."),
		logDropped:    newFamily("eidos_log_lines_dropped_total", counter, "Lines of the log that were lost, because it was not read or broken."),
		limiter:       l,
		lines:         lines,
	}
	m.panics.add("", 0)
	m.catalogShrunk.add("", 0)
	m.recipes.add(resultHit, 0)
	m.recipes.add(resultMiss, 0)
	m.build.set(fmt.Sprintf("goversion=%q,version=%q", runtime.Version(), version), 1)
	return m
}

// Labels of what is counted in several places.
const (
	reasonBusy        = `reason="busy"`
	reasonConnections = `reason="connections"`
	reasonRateLimit   = `reason="rate_limit"`
	resultHit         = `result="hit"`
	resultMiss        = `result="miss"`
	resultOK          = `result="ok"`
	resultError       = `result="error"`
)

// observe counts a request. Status 0 is an answer that was cut off.
func (m *metrics) observe(route, method string, status int, took time.Duration) {
	of := `method="` + method + `",route="` + route + `"`
	m.requests.add(`code="`+strconv.Itoa(status)+`",`+of, 1)
	m.durations.observe(of, took.Seconds())
}

// get answers GET /metrics.
func (m *metrics) get(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", cacheNever)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(m.text()) // a client that is gone learns nothing
	return nil
}

// gatherEvery is how old an answer may be. Gathering stops the whole program for a
// moment, so it is not for clients to say how often.
const gatherEvery = time.Second

// text returns the metrics of this second. Those who ask for them share the bytes,
// and do not change them.
func (m *metrics) text() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := m.now(); m.gathered == nil || now.Sub(m.gatheredAt) >= gatherEvery {
		m.gathered, m.gatheredAt = m.gather(), now
	}
	return m.gathered
}

func (m *metrics) gather() []byte {
	if m.lines != nil {
		m.logDropped.set("", float64(m.lines()))
	}
	m.clients.set("", float64(m.limiter.clients.len()))
	var text bytes.Buffer
	for _, f := range []*family{
		m.build, m.catalogReads, m.catalogTime, m.catalogShrunk, m.panics, m.durations, m.inFlight, m.rejected, m.requests, m.clients, m.recipes, m.logDropped,
	} {
		f.write(&text)
	}
	writeProcess(&text, m.started)
	return text.Bytes()
}
