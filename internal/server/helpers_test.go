// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const trainingURL = "/v1/recipe?service=eks&os=ubuntu&gpu=h100&intent=training&k8s=1.33"

const snapshotYAML = `apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
measurements:
- type: K8s
  subtypes:
  - subtype: server
    data: {version: v1.33.5-eks-3025e55}
- type: OS
  subtypes:
  - subtype: release
    data: {ID: ubuntu, VERSION_ID: "24.04"}
- type: GPU
  subtypes:
  - subtype: smi
    data: {gpu.model: NVIDIA H100 80GB HBM3}
`

// clock is a time that moves only when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newServer returns a server of the default options after some changes.
func newServer(tb testing.TB, changes ...func(*Options)) *Server {
	tb.Helper()
	o := Defaults()
	for _, change := range changes {
		change(&o)
	}
	s, err := New(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func unlimited(o *Options) { o.RateLimit = 0 }

// logTo writes the log of a server to a buffer, as JSON and down to debug.
func logTo(out *bytes.Buffer) func(*Options) {
	return func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// request makes a request; headers are name, value, name, value and so on.
func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// send has a request answered, checks the answer against the OpenAPI
// description, and returns it with its body.
func send(t *testing.T, h http.Handler, r *http.Request) (reply, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp, body, err := read(w.Result())
	if err != nil {
		t.Fatal(err)
	}
	conforms(t, r, resp, body)
	return resp, body
}

// reply is an answer whose body was read.
type reply struct {
	StatusCode int
	Status     string
	Header     http.Header
	Proto      string
	Close      bool // the connection
}

func read(resp *http.Response) (reply, []byte, error) {
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Status, resp.Header, resp.Proto, resp.Close}, body, errors.Join(err, resp.Body.Close())
}

// fetch sends a request over the network.
func fetch(t *testing.T, client *http.Client, method, url, body string, headers ...string) (reply, []byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	resp, err := client.Do(r)
	if err != nil {
		return reply{}, nil, err
	}
	return read(resp)
}

// get is send for a GET that must succeed.
func get(t *testing.T, h http.Handler, target string, headers ...string) (reply, []byte) {
	t.Helper()
	resp, body := send(t, h, request(http.MethodGet, target, "", headers...))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: got %s: %s", target, resp.Status, body)
	}
	return resp, body
}

// post is send for a POST of YAML that must succeed.
func post(t *testing.T, h http.Handler, target, body string, headers ...string) (reply, []byte) {
	t.Helper()
	resp, answer := send(t, h, request(http.MethodPost, target, body, append(headers, "Content-Type", typeYAML)...))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: got %s: %.500q", target, resp.Status, answer)
	}
	return resp, answer
}

// problemOf decodes the one form of errors.
func problemOf(t *testing.T, body []byte) problemBody {
	t.Helper()
	var p problemBody
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%.500q: %v", body, err)
	}
	return p
}
