// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what a server counts, in a registry of its own.
type metrics struct {
	registry     *prometheus.Registry
	requests     *prometheus.CounterVec   // route, method, code
	durations    *prometheus.HistogramVec // route, method
	inFlight     prometheus.Gauge
	rejected     *prometheus.CounterVec // reason
	panics       prometheus.Counter
	recipeHits   prometheus.Counter
	recipeMisses prometheus.Counter
	catalogReads *prometheus.CounterVec // result
	catalogTime  prometheus.Gauge
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: counters("http_requests_total", "Requests by route, method and status.", "route", "method", "code"),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "eidos", Name: "http_request_duration_seconds", Help: "Time from a request's header to the end of its handler.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"route", "method"}),
		inFlight:     prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "eidos", Name: "http_requests_in_flight", Help: "Requests being answered."}),
		rejected:     counters("http_requests_rejected_total", "Requests turned away by reason: rate_limit or busy.", "reason"),
		panics:       prometheus.NewCounter(prometheus.CounterOpts{Namespace: "eidos", Name: "http_panics_total", Help: "Panics of handlers."}),
		catalogReads: counters("catalog_reads_total", "Times the catalog was read by result: ok or error.", "result"),
		catalogTime:  prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "eidos", Name: "catalog_read_timestamp_seconds", Help: "When the catalog in use was read."}),
	}
	recipes := counters("recipe_cache_requests_total", "Looks into the cache of recipes by result: hit or miss. Wrong queries are misses.", "result")
	m.recipeHits, m.recipeMisses = recipes.WithLabelValues("hit"), recipes.WithLabelValues("miss")
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "eidos", Name: "build_info", Help: "Always 1.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(
		m.requests, m.durations, m.inFlight, m.rejected, m.panics, recipes, m.catalogReads, m.catalogTime, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "eidos", Name: name, Help: help}, labels)
}

// watch reports the clients that the limiter remembers.
func (m *metrics) watch(l *limiter) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Namespace: "eidos", Name: "rate_limit_clients", Help: "Clients whose requests are being counted."},
		func() float64 { return float64(l.clients.len()) },
	))
}

// observe counts a request. Status 0 is an answer that was cut off.
func (m *metrics) observe(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(route, method).Observe(took.Seconds())
}

// endpoint serves the metrics to Prometheus.
func (m *metrics) endpoint() endpoint {
	handler := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := noParameters(r); err != nil {
			return err
		}
		w.Header().Set("Cache-Control", "no-store")
		handler.ServeHTTP(w, r)
		return nil
	}
}
