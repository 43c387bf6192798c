// SPDX-License-Identifier: Apache-2.0

// Package faultproxy stands between a client and a real API server and makes
// chosen requests fail in the ways that servers and networks do.
package faultproxy

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// Faults says which requests fail how, by a pattern of http.ServeMux such as
// "/api/v1/pods" or "GET /api/v1/namespaces/{namespace}/configmaps/{name}". All
// other requests reach the server.
type Faults map[string]Fault

// Proxy speaks HTTP/1.1 over TLS.
type Proxy struct {
	server   *httptest.Server
	mu       sync.Mutex
	requests []*Request // as they came
}

// Request is one that reached the proxy.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	Status int // 0 as long as no answer begins
}

// New starts a proxy in front of the upstream server, which lasts as long as the
// test. A client's own bearer token is passed on; a client's certificate ends at
// the proxy, so that a request without a token has the rights of upstream.
func New(tb testing.TB, upstream *rest.Config, serving tls.Certificate, faults Faults) *Proxy {
	tb.Helper()
	target, err := url.Parse(upstream.Host)
	if err != nil {
		tb.Fatal(err)
	}
	transport, err := rest.TransportFor(upstream)
	if err != nil {
		tb.Fatal(err)
	}
	forward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // clients that leave are part of the tests
	}
	p := &Proxy{}
	p.server = httptest.NewUnstartedServer(p.record(route(forward, faults)))
	p.server.TLS = &tls.Config{Certificates: []tls.Certificate{serving}, MinVersion: tls.VersionTLS12}
	p.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.server.StartTLS()
	tb.Cleanup(func() {
		p.server.CloseClientConnections()
		p.server.Close()
	})
	return p
}

// URL is https://127.0.0.1:<port>.
func (p *Proxy) URL() string { return p.server.URL }

// Requests returns those so far, in the order in which they came.
func (p *Proxy) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Request, len(p.requests))
	for i, request := range p.requests {
		list[i] = *request
	}
	return list
}

func route(forward http.Handler, faults Faults) http.Handler {
	mux := http.NewServeMux()
	if _, all := faults["/"]; !all {
		mux.Handle("/", forward)
	}
	for pattern, fault := range faults {
		mux.Handle(pattern, fault(forward))
	}
	return mux
}

// record notes a request when it comes, and its status before the answer goes: a
// client that has an answer finds it in Requests.
func (p *Proxy) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := &Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query()}
		p.mu.Lock()
		p.requests = append(p.requests, request)
		p.mu.Unlock()
		next.ServeHTTP(&statusWriter{ResponseWriter: w, proxy: p, request: request}, r)
	})
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	proxy   *Proxy
	request *Request
}

func (w *statusWriter) WriteHeader(status int) {
	w.proxy.mu.Lock()
	w.request.Status = status
	w.proxy.mu.Unlock()
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
