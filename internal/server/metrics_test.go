// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestManyScrapes has 32 clients ask for metrics as often as they can: they are
// gathered once a second.
func TestManyScrapes(t *testing.T) {
	t.Parallel()
	c := newClock()
	var gathered atomic.Uint64
	s := newServer(t, unlimited, func(o *Options) {
		o.Now, o.LinesDropped = c.time, func() uint64 { return gathered.Add(1) }
	})
	for second := uint64(1); second <= 3; second++ {
		var scrapes sync.WaitGroup
		var answers sync.Map
		for range 32 {
			scrapes.Go(func() {
				for range 50 {
					_, body := get(t, s, "/metrics")
					answers.Store(string(body), true)
				}
			})
		}
		scrapes.Wait()
		different := 0
		answers.Range(func(any, any) bool { different++; return true })
		if n := gathered.Load(); n != second || different != 1 {
			t.Errorf("second %d: metrics were gathered %d times in all, and there are %d answers", second, n, different)
		}
		c.advance(gatherEvery)
	}
}

// BenchmarkScrape scrapes within a second, and once a second.
func BenchmarkScrape(b *testing.B) {
	for name, step := range map[string]time.Duration{"again": 0, "gathering": gatherEvery} {
		b.Run(name, func(b *testing.B) {
			c := newClock()
			s := newServer(b, unlimited, func(o *Options) { o.Now = c.time })
			for b.Loop() {
				s.ServeHTTP(silent(), request(http.MethodGet, "/metrics", ""))
				c.advance(step)
			}
		})
	}
}

// serveMetrics serves metrics on an address of their own, and returns both.
func serveMetrics(t *testing.T, changes ...func(*Options)) (api, metrics string, stop func() error) {
	t.Helper()
	s := newServer(t, append(changes, func(o *Options) { o.MetricsAddress, o.DrainDelay = "127.0.0.1:0", 0 })...)
	listener, scraped := localListener(t), localListener(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listener, scraped) }()
	t.Cleanup(cancel)
	return listener.Addr().String(), scraped.Addr().String(), func() error {
		cancel()
		return <-done
	}
}

// TestMetricsAddress asks both addresses for what each has and has not, more often
// than one client may ask for recipes.
func TestMetricsAddress(t *testing.T) {
	t.Parallel()
	api, metrics, stop := serveMetrics(t, func(o *Options) { o.RateLimit, o.RateBurst = 1, 2 })
	for _, ask := range []struct {
		url    string
		status int
	}{
		{metrics + "/metrics", http.StatusOK},
		{metrics + "/metrics", http.StatusOK},
		{metrics + "/metrics", http.StatusOK},
		{api + "/metrics", http.StatusNotFound},
		{metrics + "/v1/recipe", http.StatusNotFound},
		{api + "/version", http.StatusTooManyRequests},
		{metrics + "/metrics", http.StatusOK},
	} {
		resp, body, err := fetch(t, http.DefaultClient, http.MethodGet, "http://"+ask.url, "")
		if err != nil || resp.StatusCode != ask.status {
			t.Errorf("GET %s: got %s, %v; want %d", ask.url, resp.Status, err, ask.status)
		}
		if ask.status == http.StatusOK && !strings.Contains(string(body), "\neidos_build_info{") {
			t.Errorf("GET %s: got %s", ask.url, body)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", metrics); err == nil {
		_ = conn.Close()
		t.Error("the address for metrics is served after the end")
	}
}

// TestScrapersThatHang takes every connection of the address for metrics.
func TestScrapersThatHang(t *testing.T) {
	t.Parallel()
	const ask = "GET /metrics HTTP/1.1\r\nHost: x\r\n"
	api, metrics, stop := serveMetrics(t, func(o *Options) { o.MaxConnections, o.ReadHeaderTimeout = 1, time.Hour })
	for range maxScrapers {
		dial(t, metrics, ask)
	}
	for from, want := range map[string]string{"127.0.0.1": "", "127.0.0.2": "200 OK"} {
		conn, err := dialFrom(t, from, metrics, ask+"\r\n")
		got := ""
		if err == nil {
			got = answerOf(t, conn)
		}
		if got != want {
			t.Errorf("one more from %s: got %q, want %q", from, got, want)
		}
	}
	if got := answerOf(t, dial(t, api, "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")); got != "200 OK" {
		t.Errorf("the other address: got %q", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
