// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
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

func TestTrim(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"x", "ä", "€"} {
		whole := "what is wrong" + strings.Repeat(letter, maxMessage) + "; what to do"
		got := trim(whole)
		if len(got) > maxMessage+len("...") || !utf8.ValidString(got) || !strings.HasPrefix(got, "what is wrong") || !strings.HasSuffix(got, "; what to do") {
			t.Errorf("%s: got %d bytes: %s", letter, len(got), got)
		}
	}
	if whole := strings.Repeat("x", maxMessage); trim(whole) != whole {
		t.Error("a text of the largest size is not whole")
	}
}

// TestRemediesAreWhole holds what rules say against the bound of messages, and asks for
// the longest list there is.
func TestRemediesAreWhole(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	_, body := get(t, s, "/v1/catalog")
	var all listing.Listing
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	for _, rule := range all.Rules {
		for _, c := range rule.Cases {
			if len(c.Message)+len(c.Advice) > maxMessage/2 {
				t.Errorf("%s: %s; %s", rule.Name, c.Message, c.Advice)
			}
		}
	}
	_, body = send(t, s, request(http.MethodGet, "/v1/recipe?options[rdmaa]=true", ""))
	if p := problemOf(t, body); !strings.HasSuffix(p.Message, `did you mean "rdma"?`) || p.Details[0].Message == "" || !strings.Contains(p.Message, all.Options[0].Name) {
		t.Errorf("got %s", body)
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
