// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// silentWriter counts an answer and keeps nothing of it.
type silentWriter struct {
	header http.Header
	status int
}

func silent() *silentWriter { return &silentWriter{header: http.Header{}, status: http.StatusOK} }

func (w *silentWriter) Header() http.Header         { return w.header }
func (w *silentWriter) WriteHeader(status int)      { w.status = status }
func (w *silentWriter) Write(p []byte) (int, error) { return len(p), nil }

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestMemoryStaysFlat sends distinct paths, queries and addresses, after as many
// as are ever kept. It is not parallel: it measures the heap of the process.
//
//nolint:paralleltest // see above
func TestMemoryStaysFlat(t *testing.T) {
	const margin = 4 << 20
	s := newServer(t)
	var sent uint32
	flood := func(count int, path, query string) {
		for range count {
			sent++ // every request has an address of its own
			number := strconv.Itoa(int(sent))
			s.ServeHTTP(silent(), &http.Request{
				Method: http.MethodGet, Header: http.Header{},
				URL:        &url.URL{Path: strings.ReplaceAll(path, "N", number), RawQuery: strings.ReplaceAll(query, "N", number)},
				RemoteAddr: fmt.Sprintf("11.%d.%d.%d:1", byte(sent>>16), byte(sent>>8), byte(sent)),
			})
		}
	}
	const recipes = "service=eks&kernel=6.N"
	flood(2*maxClients, "/health", "")
	flood(2*maxRecipes, "/v1/recipe", recipes)
	for _, test := range []struct {
		count       int
		path, query string
	}{
		{100_000, "/pN", ""},
		{100_000, "/v1/recipe", "N=1"},
		{2 * maxRecipes, "/v1/recipe", recipes},
	} {
		before := heap()
		flood(test.count, test.path, test.query)
		if after := heap(); after > before+margin {
			t.Errorf("%s?%s: the heap grew from %d to %d bytes", test.path, test.query, before, after)
		}
	}
	if n := s.limiter.clients.len(); n > 2*maxClients {
		t.Errorf("%d clients are remembered", n)
	}
	if n := s.catalogs.current.Load().recipes.len(); n > 2*maxRecipes {
		t.Errorf("%d recipes are kept", n)
	}
	runtime.KeepAlive(s)
}

// TestBombs are small bodies that mean large documents.
func TestBombs(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := range 20 {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 8), i)
	}
	s := newServer(t, unlimited)
	for name, body := range map[string]string{
		"aliases":     laughs.String(),
		"deep lists":  strings.Repeat("[", 500_000),
		"deep maps":   strings.Repeat("{a: ", 200_000),
		"deep JSON":   strings.Repeat(`{"a":`, 150_000) + "1" + strings.Repeat("}", 150_000),
		"many keys":   strings.Repeat("a: b\n", 200_000),
		"wide list":   "[" + strings.Repeat("1,", 500_000) + "1]",
		"long scalar": "kind: " + strings.Repeat("x", 1<<20-10),
		"documents":   strings.Repeat("---\n", 250_000),
		"NUL":         strings.Repeat("\x00", 1<<20),
		"not UTF-8":   strings.Repeat("\xff", 1<<20),
	} {
		resp, answer := send(t, s, request(http.MethodPost, "/v1/recipe", body, "Content-Type", typeYAML))
		if resp.StatusCode != http.StatusBadRequest || len(answer) > 2048 {
			t.Errorf("%s: got %s with %d bytes, want 400", name, resp.Status, len(answer))
		}
	}
}
