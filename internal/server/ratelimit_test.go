// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"
)

// ask sends a GET from an address and returns its status.
func ask(t *testing.T, s *Server, target, from string) (int, http.Header) {
	t.Helper()
	r := request(http.MethodGet, target, "")
	r.RemoteAddr = from
	resp, _ := send(t, s, r)
	return resp.StatusCode, resp.Header
}

// TestRateLimit spends a burst, is refused, waits and is served again.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := newServer(t, func(o *Options) { o.Now = c.time; o.RateLimit = 10; o.RateBurst = 20 })
	const client = "192.0.2.7:1000"
	for i := range 20 {
		status, h := ask(t, s, "/version", client)
		if status != http.StatusOK || h.Get("X-RateLimit-Limit") != "10" || h.Get("X-RateLimit-Remaining") != strconv.Itoa(19-i) {
			t.Fatalf("request %d: got %d with %v", i, status, h)
		}
	}
	status, h := ask(t, s, "/version", "192.0.2.7:2000") // the port does not matter
	if status != http.StatusTooManyRequests || h.Get("Retry-After") != "1" || h.Get("X-RateLimit-Remaining") != "0" || h.Get("X-RateLimit-Limit") != "10" {
		t.Errorf("after the burst: got %d with %v", status, h)
	}
	// 20 tokens at 10 a second are back after 2 seconds.
	if want := strconv.FormatInt(c.time().Unix()+2, 10); h.Get("X-RateLimit-Reset") != want {
		t.Errorf("got X-RateLimit-Reset %s, want %s", h.Get("X-RateLimit-Reset"), want)
	}
	for _, target := range []string{"/health", "/ready"} {
		if status, h := ask(t, s, target, client); status != http.StatusOK || h.Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("GET %s after the burst: got %d with %v", target, status, h)
		}
	}
	for _, target := range []string{"/nope", "/metrics"} {
		if status, _ := ask(t, s, target, client); status != http.StatusTooManyRequests {
			t.Errorf("GET %s after the burst: got %d", target, status)
		}
	}
	c.advance(500 * time.Millisecond)
	served := 0
	for range 10 {
		if status, _ := ask(t, s, "/version", client); status == http.StatusOK {
			served++
		}
	}
	if served != 5 {
		t.Errorf("half a second later: served %d, want 5", served)
	}
}

// TestFloodLeavesOthersAlone has one client send 10,000 requests a second and
// another its 100.
func TestFloodLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := newServer(t, func(o *Options) { o.Now = c.time })
	flooded := map[int]int{}
	for second := range 3 {
		for i := range 100 {
			for range 100 {
				w, r := silent(), request(http.MethodGet, "/version", "")
				r.RemoteAddr = "198.51.100.1:1"
				s.ServeHTTP(w, r)
				flooded[w.status]++
			}
			if status, _ := ask(t, s, "/version", "203.0.113.5:1"); status != http.StatusOK {
				t.Fatalf("second %d: request %d of the other client: got %d", second, i, status)
			}
			c.advance(10 * time.Millisecond)
		}
	}
	if got := flooded[http.StatusOK]; got < 490 || got > 500 { // the burst of 200 and 100 a second
		t.Errorf("the flooding client was served %d of 30,000", got)
	}
}

func TestOneMachineIsOneClient(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *Options) { o.Now = newClock().time; o.RateLimit = 1; o.RateBurst = 1 })
	for _, test := range []struct {
		from   string
		status int
	}{
		{"[2001:db8::1]:1", 200},
		{"[2001:db8::ffff:2]:1", 429}, // of the same /64
		{"[2001:db8:0:1::1]:1", 200},
		{"192.0.2.1:1", 200},
		{"[::ffff:192.0.2.1]:1", 429}, // the same IPv4 address
		{"192.0.2.2:1", 200},
	} {
		if status, _ := ask(t, s, "/version", test.from); status != test.status {
			t.Errorf("%s: got %d, want %d", test.from, status, test.status)
		}
	}
}

func TestNoRateLimit(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	for range 300 {
		if status, h := ask(t, s, "/version", "192.0.2.1:1"); status != http.StatusOK || h.Get("X-RateLimit-Limit") != "" {
			t.Fatalf("got %d with %v", status, h)
		}
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	trusted := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	tests := map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"a peer":                         {"192.0.2.1:5", nil, "192.0.2.1"},
		"who forges":                     {"192.0.2.1:5", []string{"1.1.1.1"}, "192.0.2.1"},
		"a proxy alone":                  {"10.1.1.1:5", nil, "10.1.1.1"},
		"behind a proxy":                 {"10.1.1.1:5", []string{"192.0.2.9"}, "192.0.2.9"},
		"behind two":                     {"10.1.1.1:5", []string{"192.0.2.9, 10.2.2.2"}, "192.0.2.9"},
		"in two headers":                 {"10.1.1.1:5", []string{"192.0.2.9", "10.2.2.2"}, "192.0.2.9"},
		"who forges behind a proxy":      {"10.1.1.1:5", []string{"1.1.1.1, 192.0.2.9"}, "192.0.2.9"},
		"garbage from a client":          {"10.1.1.1:5", []string{"<script>, 192.0.2.9"}, "192.0.2.9"},
		"garbage from a proxy":           {"10.1.1.1:5", []string{"192.0.2.9, unknown"}, "10.1.1.1"},
		"with a port":                    {"10.1.1.1:5", []string{"192.0.2.9:4444"}, "192.0.2.9"},
		"IPv6":                           {"[2001:db8::1]:5", []string{"[2001:dead::1]:80"}, "2001:dead::1"},
		"IPv6 in brackets":               {"[2001:db8::1]:5", []string{"[2001:dead::1]"}, "2001:dead::1"},
		"IPv6 with a zone":               {"[fe80::1%eth0]:5", nil, "fe80::1"},
		"IPv4 as IPv6":                   {"[::ffff:10.1.1.1]:5", []string{"::ffff:192.0.2.9"}, "192.0.2.9"},
		"proxies only":                   {"10.1.1.1:5", []string{"10.3.3.3, 10.2.2.2"}, "10.3.3.3"},
		"no address, as a Unix socket's": {"@", []string{"192.0.2.9"}, "invalid IP"},
	}
	for name, test := range tests {
		r := request(http.MethodGet, "/", "")
		r.RemoteAddr = test.peer
		for _, f := range test.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := trusted.client(r).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestGenerations(t *testing.T) {
	t.Parallel()
	g := newGenerations[int, string](10)
	for i := range 1000 {
		g.put(i, fmt.Sprint(i))
		if got := g.getOr(0, func() string { return "again" }); got != "0" {
			t.Fatalf("after %d: got %q for a key in steady use", i, got)
		}
		if n := g.len(); n > 20 {
			t.Fatalf("after %d: holds %d keys", i, n)
		}
	}
	if _, ok := g.get(500); ok {
		t.Error("an unused key was kept")
	}
	if got, ok := g.get(995); !ok || got != "995" {
		t.Errorf("got %q, %v for a late key", got, ok)
	}
	if got := g.getOr(-1, func() string { return "made" }); got != "made" {
		t.Errorf("got %q", got)
	}
}
