// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	const portal, other = "https://portal.example.com", "https://other.example.com"
	for name, tt := range map[string]struct {
		origins []string
		origin  string
		allowed string
	}{
		"off":        {nil, portal, ""},
		"named":      {[]string{portal}, portal, portal},
		"not named":  {[]string{portal}, other, ""},
		"everywhere": {[]string{"*"}, other, "*"},
	} {
		s := newServer(t, func(o *Options) { o.CORSOrigins = tt.origins })
		const target = "/v1/recipe?service=eks&gpu=h100"
		answer, _ := send(t, s, request(http.MethodGet, target, "", "Origin", tt.origin))
		if got := answer.Header.Get("Access-Control-Allow-Origin"); answer.StatusCode != http.StatusOK || got != tt.allowed {
			t.Errorf("%s: got %s for the origin %q, want %q", name, answer.Status, got, tt.allowed)
		}
		if vary := answer.Header.Values("Vary"); !slices.Contains(vary, "Accept") || slices.Contains(vary, "Origin") != (tt.origins != nil) {
			t.Errorf("%s: the answer varies by %q", name, vary)
		}
		preflight, _ := send(t, s, request(http.MethodOptions, "/v1/bundle", "", "Origin", tt.origin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type"))
		if got := preflight.Header.Get("Access-Control-Allow-Methods"); (got == "POST") != (tt.allowed != "") {
			t.Errorf("%s: a preflight allows the methods %q", name, got)
		}
	}
	refused, _ := send(t, newServer(t, func(o *Options) { o.CORSOrigins = []string{portal} }), request(http.MethodGet, "/v1/recipe?gpu=h10", "", "Origin", portal))
	if exposed := refused.Header.Get("Access-Control-Expose-Headers"); refused.StatusCode != http.StatusBadRequest || !strings.Contains(exposed, requestIDHeader) {
		t.Errorf("got %s, which shows %q", refused.Status, exposed)
	}
}
