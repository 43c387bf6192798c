// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// webServer serves what a test needs of a web server.
func webServer(t *testing.T) *httptest.Server {
	t.Helper()
	stop := make(chan struct{})
	mux := http.NewServeMux()
	serve := func(path, contentType, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		})
	}
	serve("/good", "application/yaml; charset=utf-8", "kind: Snapshot\n")
	serve("/plain", "text/plain", "kind: Snapshot\n")
	serve("/vendor", "application/vnd.example+json", "{}")
	serve("/html", "text/html; charset=utf-8", "<html>")
	serve("/image", "image/png", "PNG")
	serve("/odd", ";;", "x")
	mux.HandleFunc("/untyped", func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		_, _ = io.WriteString(w, "kind: Snapshot\n")
	})
	mux.HandleFunc("/secret", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "bob" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = io.WriteString(w, "kind: Snapshot\n")
	})
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle2", http.StatusFound) })
	mux.HandleFunc("/circle2", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	mux.HandleFunc("/spiral/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) })
	mux.HandleFunc("/once", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/good", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/x", http.StatusFound)
	})
	mux.HandleFunc("/signed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/referer", http.StatusFound) })
	mux.HandleFunc("/referer", func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, "%q", r.Header["Referer"]) })
	mux.HandleFunc("/metadata", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
	})
	mux.HandleFunc("/local", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://[fe80::1]/x", http.StatusFound)
	})
	mux.HandleFunc("/mapped", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://[::ffff:169.254.169.254]/x", http.StatusFound)
	})
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://bob:swordfish@e.invalid/x", http.StatusFound)
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { <-stop })
	mux.HandleFunc("/slowbody", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "kind:")
		_ = http.NewResponseController(w).Flush()
		<-stop
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		chunk := []byte(strings.Repeat("# endless\n", 10_000))
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "kind:")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() { close(stop); server.Close() })
	return server
}

func read(t *testing.T, address string, timeout time.Duration) (string, error) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	data, err := location.ReadURL(t.Context(), u, timeout)
	return string(data), err
}

func TestReadURL(t *testing.T) {
	t.Parallel()
	server := webServer(t)
	for _, path := range []string{"/good", "/plain", "/untyped", "/once"} {
		if got, err := read(t, server.URL+path, 0); err != nil || got != "kind: Snapshot\n" {
			t.Errorf("%s: got %q, %v", path, got, err)
		}
	}
	if _, err := read(t, server.URL+"/vendor", 0); err != nil {
		t.Error(err)
	}
	withPassword := strings.Replace(server.URL, "://", "://bob:hunter2@", 1) + "/secret"
	if got, err := read(t, withPassword, 0); err != nil || got != "kind: Snapshot\n" {
		t.Errorf("with credentials: got %q, %v", got, err)
	}
}

// TestSignaturesStayWithTheirServer follows a redirect from a signed URL.
func TestSignaturesStayWithTheirServer(t *testing.T) {
	t.Parallel()
	if got, err := read(t, webServer(t).URL+"/signed?signature=s3cr3t", 0); err != nil || got != "[]" {
		t.Errorf("the Referer is %s, %v", got, err)
	}
}

func TestCredentialsAreNotSentUnencrypted(t *testing.T) {
	t.Parallel()
	_, err := read(t, "http://bob:swordfish@e.invalid/x", 0)
	if want := "reading http://e.invalid/x: user and password would be sent unencrypted: use https"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReadURLErrors(t *testing.T) {
	t.Parallel()
	server := webServer(t)
	for path, wants := range map[string][]string{
		"/none":     {"404 Not Found", "check the path"},
		"/busy":     {"503 Service Unavailable"},
		"/secret":   {"401 Unauthorized", "credentials"},
		"/html":     {`type "text/html; charset=utf-8"`, "YAML or JSON"},
		"/image":    {`type "image/png"`},
		"/odd":      {`type ";;"`},
		"/circle":   {"redirects in a circle, back to http://127.0.0.1", "/circle"},
		"/spiral/":  {"redirects more than 5 times, last to http://127.0.0.1"},
		"/away":     {"connection refused"},
		"/metadata": {"169.254.169.254 is a link-local address"},
		"/local":    {"fe80::1 is a link-local address"},
		"/mapped":   {"169.254.169.254 is a link-local address"},
		"/login":    {"it redirects to http://e.invalid/x: user and password would be sent unencrypted: use https"},
		"/endless":  {"more than 32 MiB"},
		"/short":    {"unexpected EOF"},
		"/slow":     {"no whole answer within"},
		"/slowbody": {"no whole answer within"},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			timeout := 20 * time.Second
			if strings.HasPrefix(path, "/slow") {
				timeout = 50 * time.Millisecond
			}
			address := strings.Replace(server.URL, "://", "://bob:swordfish@", 1) + path + "?signature=s3cr3t"
			_, err := read(t, address, timeout)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(wants, "reading "+server.URL+path+": ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			for _, secret := range []string{"swordfish", "s3cr3t", "bob"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells %q: %v", secret, err)
				}
			}
		})
	}
}

// TestRedirectDowngrade asks the rule itself: the test has no certificate that
// the system trusts.
func TestRedirectDowngrade(t *testing.T) {
	t.Parallel()
	from := &http.Request{Header: http.Header{}, URL: &url.URL{Scheme: "https", Host: "e.com", Path: "/a"}}
	to := &http.Request{Header: http.Header{}, URL: &url.URL{Scheme: "http", Host: "e.com", Path: "/b", RawQuery: "signature=s3cr3t", User: url.UserPassword("u", "p")}}
	err := location.CheckRedirect(to, []*http.Request{from})
	if err == nil || err.Error() != "it redirects from https to http://e.com/b, which is not encrypted" {
		t.Errorf("got %v", err)
	}
	if err := location.CheckRedirect(from, []*http.Request{to}); err != nil {
		t.Errorf("from http to https: %v", err)
	}
}

func TestReadURLCanceled(t *testing.T) {
	t.Parallel()
	server := webServer(t)
	u, err := url.Parse(server.URL + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := location.ReadURL(ctx, u, 0); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("got %v", err)
	}
}
