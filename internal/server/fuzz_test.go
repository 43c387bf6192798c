// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzQuery asks for recipes with any query string: it is answered or refused,
// never a failure, and what is refused is told in the one form.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "service=eks&gpu=h100", "os=ubuntu&os=rhel", "os=%zz", "k8s=1.33&context=true", "a;b", "overrides[x]=y", "[]=&[", "allow_uncovered=1&gpu=l40&service=gke",
		"kernel=6.8.0-1028-aws&osv=24.04", "os=%00", "=&=", "&&&", "k8s=%F0%9F%98%80",
	} {
		f.Add(seed)
	}
	s := newServer(f, unlimited)
	f.Fuzz(func(t *testing.T, query string) {
		r := request(http.MethodGet, "/v1/recipe", "")
		r.URL = &url.URL{Path: "/v1/recipe", RawQuery: query}
		resp, body := send(t, s, r)
		switch resp.StatusCode {
		case http.StatusOK:
		case http.StatusBadRequest, http.StatusRequestURITooLong:
			if p := problemOf(t, body); p.Message == "" {
				t.Errorf("%q: no message: %s", query, body)
			}
		default:
			t.Errorf("%q: got %s", query, resp.Status)
		}
	})
}

// FuzzBody sends any body to the routes that take one.
func FuzzBody(f *testing.F) {
	s := newServer(f, unlimited)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, request(http.MethodGet, trainingURL, ""))
	f.Add(w.Body.String(), true)
	f.Add(snapshotYAML, false)
	f.Add(strings.ReplaceAll(snapshotYAML, "24.04", "\\x00"), false)
	f.Add(`{"recipe": `+w.Body.String()+`, "snapshot": {}}`, true)
	f.Add(nested("recipe", w.Body.String())+nested("snapshot", snapshotYAML), false)
	f.Add(nested("from", snapshotYAML)+nested("to", snapshotYAML), false)
	f.Add("{", true)
	f.Add("&a [*a]", false)
	f.Add("---\n---\n", false)
	f.Fuzz(func(t *testing.T, body string, isJSON bool) {
		media := typeYAML
		if isJSON {
			media = typeJSON
		}
		for _, target := range []string{"/v1/recipe", "/v1/bundle", "/v1/check", "/v1/diff"} {
			resp, answer := send(t, s, request(http.MethodPost, target, body, "Content-Type", media))
			switch resp.StatusCode {
			case http.StatusOK:
			case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
				if p := problemOf(t, answer); p.Message == "" {
					t.Errorf("%q to %s: no message: %s", body, target, answer)
				}
			default:
				t.Errorf("%q to %s: got %s: %s", body, target, resp.Status, answer)
			}
		}
	})
}

// FuzzAccept has any Accept header choose one of the offers or none.
func FuzzAccept(f *testing.F) {
	for _, seed := range []string{"", "*/*", "application/yaml;q=0.5, application/json;q=0.4", "text/*", "application/json;q=2", ";;;", "a/b;q=", "*/*;q=0, application/yaml"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		r := request(http.MethodGet, "/", "")
		r.Header.Set("Accept", accept)
		media, err := negotiate(r, typeJSON, typeYAML)
		if (err == nil) != (media == typeJSON || media == typeYAML) {
			t.Errorf("%q: got %q, %v", accept, media, err)
		}
	})
}
