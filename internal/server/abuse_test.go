// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
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
		large := resp.StatusCode == http.StatusRequestEntityTooLarge && strings.Contains(string(answer), "MiB of memory, by the count of its values")
		if !large && resp.StatusCode != http.StatusBadRequest || len(answer) > 2048 {
			t.Errorf("%s: got %s with %d bytes, want 400 or 413", name, resp.Status, len(answer))
		}
	}
}

// TestAliasesOfStrangersAreRefused has them in each place of a request that is YAML.
func TestAliasesOfStrangersAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	_, recipe := get(t, s, trainingURL)
	for field, with := range map[string]struct{ target, body string }{
		"body":                    {"/v1/recipe", strings.ReplaceAll(snapshotYAML, "ID: ubuntu", "ID: &os ubuntu, NAME: *os")},
		"overrides[gpu-operator]": {"/v1/bundle?overrides[gpu-operator]=" + url.QueryEscape("daemonsets: {labels: &a {a: b}, annotations: *a}"), string(recipe)},
		"object_overrides[gpu-operator/clusterpolicy]": {"/v1/bundle?object_overrides[gpu-operator/clusterpolicy]=" + url.QueryEscape("spec: {a: &a {a: b}, b: *a}"), string(recipe)},
	} {
		resp, body := send(t, s, request(http.MethodPost, with.target, with.body, "Content-Type", typeYAML))
		details := problemOf(t, body).Details
		if resp.StatusCode != http.StatusBadRequest || len(details) == 0 || details[0].Field != field || !strings.HasSuffix(details[0].Message, "aliases are not supported here; write the value out") {
			t.Errorf("%s: got %s: %s", field, resp.Status, body)
		}
	}
}

// unread is a client that does not read: a write waits until it is let go.
type unread struct {
	silentWriter
	writing, let chan struct{}
}

func (u *unread) Write(p []byte) (int, error) {
	close(u.writing)
	<-u.let
	return len(p), nil
}

// TestClientsThatDoNotReadHoldNoPlace has one place, and an answer that is not read.
func TestClientsThatDoNotReadHoldNoPlace(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	s.small = newWorkshop(1, s.options.DocumentMemory)
	u := &unread{silentWriter: *silent(), writing: make(chan struct{}), let: make(chan struct{})}
	var hanging sync.WaitGroup
	hanging.Go(func() {
		s.ServeHTTP(u, request(http.MethodPost, "/v1/recipe?service=eks", snapshotYAML, "Content-Type", typeYAML))
	})
	<-u.writing
	post(t, s, "/v1/recipe?service=eks", snapshotYAML)
	if s.bodies.taken == 0 {
		t.Error("an answer that is being written counts nowhere")
	}
	close(u.let)
	hanging.Wait()
	if s.bodies.taken != 0 || s.small.free != 1 {
		t.Errorf("%d bytes are taken, %d places are free", s.bodies.taken, s.small.free)
	}
}

// TestSmallDocumentsDoNotWaitForLargeOnes has all places for large documents taken.
func TestSmallDocumentsDoNotWaitForLargeOnes(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	leave, ok := s.large.enter(t.Context(), address(1), s.large.memory)
	if !ok {
		t.Fatal("an empty workshop is full")
	}
	defer leave()
	post(t, s, "/v1/recipe?service=eks", snapshotYAML)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	large := request(http.MethodPost, "/v1/recipe", "["+strings.Repeat("1, ", 20_000)+"1]", "Content-Type", typeYAML).WithContext(gone)
	if resp, body := send(t, s, large); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a large document: got %s: %s", resp.Status, body)
	}
}

// TestPanicLeavesThePlace has work on a document panic.
func TestPanicLeavesThePlace(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	free := s.small.free
	h := s.chain(route{path: "/panic", endpoint: func(w http.ResponseWriter, r *http.Request) error {
		return s.work(w, r, nil, func(document.Value) (answer, error) { panic("oh") })
	}})
	w := silent()
	h.ServeHTTP(w, request(http.MethodPost, "/panic", snapshotYAML, "Content-Type", typeYAML))
	if w.status != http.StatusInternalServerError || s.small.free != free || s.bodies.taken != 0 || s.small.memory != s.options.DocumentMemory/4 {
		t.Errorf("got %d; %d of %d places are free, %d bytes are taken", w.status, s.small.free, free, s.bodies.taken)
	}
}
