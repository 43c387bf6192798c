// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/server/page"
)

// browse has a request answered that the OpenAPI description does not speak of.
func browse(t *testing.T, h http.Handler, method, target string, headers ...string) (reply, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request(method, target, "", headers...))
	resp, body, err := read(w.Result())
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// TestPageFiles asks for every file of the page as a browser does.
func TestPageFiles(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	files, err := page.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		resp, body := browse(t, s, http.MethodGet, file.Path)
		if resp.StatusCode != http.StatusOK || string(body) != string(file.Content) {
			t.Errorf("GET %s: got %s, %d bytes of %d", file.Path, resp.Status, len(body), len(file.Content))
		}
		for name, want := range map[string]string{
			"Content-Type": file.Type, "Content-Security-Policy": page.Policy, "Cache-Control": "no-cache",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("GET %s: %s: got %q, want %q", file.Path, name, got, want)
			}
		}
		if resp.Header.Get(requestIDHeader) == "" {
			t.Errorf("GET %s: no %s: it is not behind the middlewares", file.Path, requestIDHeader)
		}
		if again, body := browse(t, s, http.MethodGet, file.Path, "If-None-Match", resp.Header.Get("Etag")); again.StatusCode != http.StatusNotModified || len(body) > 0 {
			t.Errorf("GET %s again: got %s, want 304", file.Path, again.Status)
		}
		if head, _ := browse(t, s, http.MethodHead, file.Path); head.StatusCode != http.StatusOK || head.Header.Get("Etag") != resp.Header.Get("Etag") {
			t.Errorf("HEAD %s: got %s, ETag %s", file.Path, head.Status, head.Header.Get("Etag"))
		}
		for _, method := range []string{http.MethodPost, http.MethodOptions} {
			if other, body := browse(t, s, method, file.Path); other.StatusCode != http.StatusMethodNotAllowed || other.Header.Get("Allow") != "GET, HEAD" || problemOf(t, body).Code != codeMethod {
				t.Errorf("%s %s: got %s, Allow %q", method, file.Path, other.Status, other.Header.Get("Allow"))
			}
		}
		if odd, _ := browse(t, s, http.MethodGet, file.Path+"?service=eks"); odd.StatusCode != http.StatusBadRequest {
			t.Errorf("GET %s with a parameter: got %s", file.Path, odd.Status)
		}
	}
}

// TestPageOff: nothing of the page is served, and all of the API.
func TestPageOff(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited, func(o *Options) { o.UI = false })
	files, err := page.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		resp, body := send(t, s, request(http.MethodGet, file.Path, ""))
		if resp.StatusCode != http.StatusNotFound || problemOf(t, body).Code != codeNotFound {
			t.Errorf("GET %s: got %s", file.Path, resp.Status)
		}
	}
	get(t, s, trainingURL)
}

// TestPageIsNoPrefix: what is not a file of the page is not found, below / and below /page.
func TestPageIsNoPrefix(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	for _, path := range []string{"/index.html", "/page", "/page/", "/page/nothing.js", "/favicon.ico"} {
		if resp, body := send(t, s, request(http.MethodGet, path, "")); resp.StatusCode != http.StatusNotFound || !strings.Contains(string(body), codeNotFound) {
			t.Errorf("GET %s: got %s", path, resp.Status)
		}
	}
}
