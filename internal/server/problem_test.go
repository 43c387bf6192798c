// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text    string
		longest int
		want    string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "abc..."}, {"aäö", 3, "aä..."}, {"aäö", 4, "aä..."}, {"\x80\x80\x80", 2, "..."}, {"€", 2, "..."}, {"", 0, ""},
	} {
		if got := cut(test.text, test.longest); got != test.want {
			t.Errorf("cut(%q, %d): got %q, want %q", test.text, test.longest, got, test.want)
		}
	}
}

// TestErrorsDoNotAmplify sends long texts that errors name, in characters of
// several bytes and in those that HTML has escaped.
func TestErrorsDoNotAmplify(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	valid := text(t, aksRecipe(t).YAML)
	for _, letter := range []string{"x", "<", "ä", "€"} {
		key := strings.Repeat(letter, 900/len(letter))
		target := "/v1/bundle?" + url.Values{"overrides[gpu-operator]": {"{driver: {\"" + key + "\": 1}}"}}.Encode()
		_, body := send(t, s, request(http.MethodPost, target, valid, "Content-Type", typeYAML))
		p := problemOf(t, body)
		if len(body) > 2500 || !utf8.Valid(body) || !strings.Contains(p.Details[0].Message, letter) || !strings.HasSuffix(p.Details[0].Path, "...") {
			t.Errorf("%s: got %d bytes: %s", letter, len(body), body)
		}
		for _, d := range p.Details {
			if strings.ContainsRune(d.Path, utf8.RuneError) {
				t.Errorf("%s: half a character in %q", letter, d.Path)
			}
		}
	}
}

func TestProblemsAreNoHTML(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newServer(t).writeProblem(w, invalid(detail{Field: "a<b", Message: "x & y"}))
	if body := w.Body.String(); !strings.Contains(body, `"a<b: x & y"`) || !strings.HasSuffix(body, "}\n") {
		t.Errorf("got %q", body)
	}
}
