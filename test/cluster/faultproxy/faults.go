// SPDX-License-Identifier: Apache-2.0

package faultproxy

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Fault answers in the server's place, or hands the request to it.
type Fault func(server http.Handler) http.Handler

// First has the fault for the first requests only; later ones reach the server.
func First(count int64, fault Fault) Fault {
	return func(server http.Handler) http.Handler {
		var seen atomic.Int64
		return choose(func(*http.Request) bool { return seen.Add(1) <= count }, fault(server), server)
	}
}

// OnContinue has the fault only for requests that continue a list.
func OnContinue(fault Fault) Fault {
	return func(server http.Handler) http.Handler {
		return choose(func(r *http.Request) bool { return r.URL.Query().Has("continue") }, fault(server), server)
	}
}

func choose(meant func(*http.Request) bool, yes, no http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if meant(r) {
			yes.ServeHTTP(w, r)
		} else {
			no.ServeHTTP(w, r)
		}
	})
}

// Pages makes the server answer lists in pages of that many objects, whatever the
// client asks for, and has the fault.
func Pages(limit int, fault Fault) Fault {
	return func(server http.Handler) http.Handler {
		faulty := fault(server)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			query := r.URL.Query()
			query.Set("limit", strconv.Itoa(limit))
			r.URL.RawQuery = query.Encode()
			faulty.ServeHTTP(w, r)
		})
	}
}

// NeverAnswers reads a request and leaves the client waiting until it goes away.
func NeverAnswers(http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a client that leaves is noticed after its body
		<-r.Context().Done()
	})
}

// DiesAfter passes on that many bytes of the body of the server's answer and then
// drops the connection. A shorter answer arrives whole.
func DiesAfter(bytes int) Fault {
	return func(server http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			server.ServeHTTP(&dyingWriter{ResponseWriter: w, left: bytes}, r)
		})
	}
}

// dyingWriter aborts the answer when its bytes are used up.
type dyingWriter struct {
	http.ResponseWriter
	left int
}

func (w *dyingWriter) Write(content []byte) (int, error) {
	if len(content) < w.left {
		w.left -= len(content)
		return w.ResponseWriter.Write(content)
	}
	_, _ = w.ResponseWriter.Write(content[:w.left])
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// Unwrap lets http.ResponseController flush.
func (w *dyingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// TooManyRequests answers 429 and asks the client to come back after some
// seconds.
func TooManyRequests(retryAfter int32) Fault {
	return refuse(metav1.Status{
		Code: http.StatusTooManyRequests, Reason: metav1.StatusReasonTooManyRequests,
		Message: "The server has received too many requests and has asked us to try again later",
		Details: &metav1.StatusDetails{RetryAfterSeconds: retryAfter},
	}, http.Header{"Retry-After": {fmt.Sprint(retryAfter)}})
}

// Expired answers 410 as the server does for a continue token that is too old.
func Expired() Fault {
	return refuse(metav1.Status{
		Code: http.StatusGone, Reason: metav1.StatusReasonExpired,
		Message: "The provided continue parameter is too old to display a consistent list result.",
	}, nil)
}

func refuse(status metav1.Status, header http.Header) Fault {
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	status.Status = metav1.StatusFailure
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			body, err := json.Marshal(status)
			if err != nil {
				panic(err)
			}
			maps.Copy(w.Header(), header)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(int(status.Code))
			_, _ = w.Write(body)
		})
	}
}

// Silent accepts connections, reads what comes and never says a word, not even of
// TLS. It returns https://127.0.0.1:<port>.
func Silent(tb testing.TB) string {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go func() {
				_, _ = io.Copy(io.Discard, connection)
				_ = connection.Close()
			}()
		}
	}()
	return "https://" + listener.Addr().String()
}
