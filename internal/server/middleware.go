// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
)

// endpoint answers a request, or returns what is wrong with it: a *problem, or
// an error that is the server's own.
type endpoint func(w http.ResponseWriter, r *http.Request) error

// chain puts an endpoint behind the middlewares: metrics, version, request ID,
// panic recovery, rate limit and logging.
func (s *Server) chain(rt route) http.Handler {
	inner := func(e endpoint) http.Handler {
		return identified(s.recovered(s.limited(rt.free, s.logged(rt, s.answered(e)))))
	}
	return s.measured(rt.path, versioned(inner(rt.endpoint), inner(unsupportedVersion)))
}

// The version of the API. A client may ask for it by a header of that name.
const (
	apiVersion       = "v1"
	apiVersionHeader = "X-Api-Version"
)

// versioned names the version of the API in every answer, and turns away
// clients that ask for another one.
func versioned(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(apiVersionHeader, apiVersion)
		if asked := r.Header.Get(apiVersionHeader); asked != "" && asked != apiVersion {
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func unsupportedVersion(http.ResponseWriter, *http.Request) error {
	return invalid(detail{Field: apiVersionHeader, Message: "this version of the API is not served; leave the header out or ask for " + apiVersion})
}

// recovered turns a panic into an answer. When part of an answer is already on
// its way, the connection is cut, so that it cannot pass for a whole one.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(w)
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
				panic(cause)
			}
			s.metrics.panics.add("", 1)
			s.log.Error("panic", "cause", cause, "requestId", w.Header().Get(requestIDHeader), "stack", string(debug.Stack()))
			if rec.status != 0 {
				panic(http.ErrAbortHandler)
			}
			s.writeProblem(rec, internalProblem())
		}()
		next.ServeHTTP(rec, r)
	})
}

// logged writes one line for each request, also for one that panics; the
// operational ones only for debugging.
func (s *Server) logged(rt route, next http.Handler) http.Handler {
	level := slog.LevelInfo
	if rt.operational {
		level = slog.LevelDebug
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.log.Enabled(r.Context(), level) {
			next.ServeHTTP(w, r)
			return
		}
		start := s.now()
		rec := record(w)
		panicked := true
		defer func() { s.logRequest(r, rec, level, start, panicked) }()
		next.ServeHTTP(rec, r)
		panicked = false
	})
}

func (s *Server) logRequest(r *http.Request, rec *recorder, level slog.Level, start time.Time, panicked bool) {
	status := rec.status
	if panicked && status == 0 {
		status = http.StatusInternalServerError // which recovered answers next
	}
	s.log.LogAttrs(r.Context(), level, "request",
		slog.String("method", shorten(r.Method)), slog.String("path", shorten(r.URL.Path)),
		slog.Int("status", status), slog.Int64("bytes", rec.bytes), slog.Float64("durationSeconds", s.now().Sub(start).Seconds()),
		slog.String("client", s.proxies.client(r).String()), slog.String("requestId", rec.Header().Get(requestIDHeader)))
}

// answered calls an endpoint and answers with what it returns.
func (s *Server) answered(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := e(w, r)
		if err == nil {
			return
		}
		var p *problem
		if !errors.As(err, &p) {
			s.log.Error("request failed", "error", err, "requestId", w.Header().Get(requestIDHeader))
			p = internalProblem()
		}
		s.refuse(w, r, p)
	})
}

func internalProblem() *problem {
	return newProblem(http.StatusInternalServerError, codeInternal, "the server failed; its log says why, under this requestId")
}

// measured counts requests by route. Labels never come from the client.
func (s *Server) measured(path string, next http.Handler) http.Handler {
	m := s.metrics
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.now()
		rec := record(w)
		m.inFlight.add("", 1)
		defer func() {
			m.inFlight.add("", -1)
			m.observe(path, methodLabel(r.Method), rec.status, s.now().Sub(start))
		}()
		next.ServeHTTP(rec, r)
	})
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	default:
		return "other"
	}
}

const requestIDHeader = "X-Request-Id"

// uuidLength is that of the one form that is taken; google/uuid reads more.
const uuidLength = 36

// identified gives every answer a request ID: the client's own when it is a
// UUID, else a new one. Anything else that a client sends would end in logs.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if len(id) != uuidLength || uuid.Validate(id) != nil {
			id = uuid.NewString()
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r)
	})
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is written
	bytes  int64
}

// record returns w as a recorder; an outer middleware may have made it one.
func record(w http.ResponseWriter) *recorder {
	if r, ok := w.(*recorder); ok {
		return r
	}
	return &recorder{ResponseWriter: w}
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the writer underneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
