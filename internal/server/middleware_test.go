// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const id = "550E8400-e29b-41d4-a716-446655440000"
	for sent, echoed := range map[string]bool{
		id: true, "": false, "1": false, id + "0": false, strings.ReplaceAll(id, "-", "a"): false, "urn:uuid:" + id: false,
		strings.Replace(id, "4", "-", 1): false, strings.Replace(id, "5", "x", 1): false, "\n" + id[1:]: false,
	} {
		resp, _ := get(t, s, "/health", "X-Request-Id", sent)
		got := resp.Header.Values("X-Request-Id")
		if len(got) != 1 || (got[0] == sent) != echoed || uuid.Validate(got[0]) != nil {
			t.Errorf("X-Request-Id %q: got %q, echoed wanted: %v", sent, got, echoed)
		}
	}
	first, _ := get(t, s, "/health")
	second, _ := get(t, s, "/health")
	if first.Header.Get("X-Request-Id") == second.Header.Get("X-Request-Id") {
		t.Error("two request IDs are equal")
	}
}

func TestAPIVersionIsAccepted(t *testing.T) {
	t.Parallel()
	get(t, newServer(t), "/v1/catalog", "X-Api-Version", "v1")
}

// chained serves one endpoint behind the whole chain.
func chained(t *testing.T, log *bytes.Buffer, rt route) (*Server, http.Handler) {
	t.Helper()
	s := newServer(t, logTo(log))
	return s, s.chain(rt)
}

func TestPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s, h := chained(t, &log, route{path: "/version", endpoint: func(http.ResponseWriter, *http.Request) error { panic("secret of the handler") }})
	resp, body := send(t, h, request(http.MethodGet, "/version", ""))
	p := problemOf(t, body)
	if resp.StatusCode != http.StatusInternalServerError || p.Code != codeInternal || bytes.Contains(body, []byte("secret")) {
		t.Errorf("got %s: %s", resp.Status, body)
	}
	if !strings.Contains(log.String(), "secret of the handler") || !strings.Contains(log.String(), p.RequestID) || !strings.Contains(log.String(), "middleware_test.go") {
		t.Errorf("the log lacks the cause, the request ID or the stack: %s", log.String())
	}
	if want := `"msg":"request","method":"GET","path":"/version","status":500,`; strings.Count(log.String(), want) != 1 {
		t.Errorf("the log has no line %s: %s", want, log.String())
	}
	_, metrics := get(t, s, "/metrics")
	for _, want := range []string{"eidos_http_panics_total 1", `eidos_http_requests_total{code="500",method="GET",route="/version"} 1`} {
		if !bytes.Contains(metrics, []byte(want)) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

// TestPanicInTheMiddle must not pass for a whole answer.
func TestPanicInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]any{"after the header": "late", "on purpose": http.ErrAbortHandler} {
		var log bytes.Buffer
		_, h := chained(t, &log, route{path: "/version", endpoint: func(w http.ResponseWriter, _ *http.Request) error {
			_, _ = w.Write([]byte("half"))
			panic(cause)
		}})
		server := httptest.NewServer(h)
		_, body, err := fetch(t, server.Client(), http.MethodGet, server.URL, "")
		server.Close()
		if err == nil {
			t.Errorf("%s: got %q and no error, want a cut connection", name, body)
		}
	}
}

func TestErrorsOfTheServerStayInItsLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	_, h := chained(t, &log, route{path: "/version", endpoint: func(http.ResponseWriter, *http.Request) error { return errors.New("disk on fire") }})
	resp, body := send(t, h, request(http.MethodGet, "/version", ""))
	if resp.StatusCode != http.StatusInternalServerError || bytes.Contains(body, []byte("fire")) || !strings.Contains(log.String(), "disk on fire") {
		t.Errorf("got %s: %s; log %s", resp.Status, body, log.String())
	}
}

func TestLogLines(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	now := newClock()
	s := newServer(t, logTo(&log), func(o *Options) {
		o.Now = func() time.Time {
			now.advance(250 * time.Millisecond)
			return now.time()
		}
	})
	tests := map[string]string{"/v1/catalog": "INFO", "/nope\n" + strings.Repeat("x", 500): "INFO", "/health": "DEBUG"}
	for path, level := range tests {
		log.Reset()
		r := request(http.MethodGet, "/", "")
		r.URL.Path = path
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var line map[string]any
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("%q: %v", log.String(), err)
		}
		if line["level"] != level || line["requestId"] != w.Header().Get("X-Request-Id") || line["client"] != "192.0.2.1" ||
			line["status"] != float64(w.Code) || line["bytes"] != float64(w.Body.Len()) || line["method"] != "GET" || len(line["path"].(string)) > 150 {
			t.Errorf("%s: got %v", path, line)
		}
		if seconds, _ := line["durationSeconds"].(float64); seconds < 0.25 || seconds > 10 {
			t.Errorf("%s: got %v", path, line)
		}
	}
	log.Reset()
	quiet := newServer(t, logTo(&log), func(o *Options) { o.Log = Defaults().Log })
	get(t, quiet, "/v1/catalog")
	if log.Len() != 0 {
		t.Errorf("got %s", log.String())
	}
}

// TestMetricsKnowRoutesOnly has labels that clients cannot choose.
func TestMetricsKnowRoutesOnly(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	get(t, s, trainingURL)
	get(t, s, trainingURL)
	send(t, s, request("BREW", "/v1/recipe", ""))
	for _, path := range []string{"/a", "/b", "//c"} {
		send(t, s, request(http.MethodGet, path, ""))
	}
	_, body := get(t, s, "/metrics")
	for _, want := range []string{
		`eidos_http_requests_total{code="200",method="GET",route="/v1/recipe"} 2`,
		`eidos_http_requests_total{code="405",method="other",route="/v1/recipe"} 1`,
		`eidos_http_requests_total{code="404",method="GET",route="unmatched"} 3`,
		`eidos_http_request_duration_seconds_count{method="GET",route="/v1/recipe"} 2`,
		`eidos_http_requests_in_flight 1`,
		`eidos_recipe_cache_requests_total{result="hit"} 1`,
		`eidos_recipe_cache_requests_total{result="miss"} 1`,
		`eidos_catalog_reads_total{result="ok"} 1`,
		`eidos_rate_limit_clients 0`,
		`go_goroutines`,
	} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
