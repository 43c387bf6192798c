// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
)

// TestRefusals sends what the server must not take.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const (
		yaml     = typeYAML
		snapshot = snapshotYAML
	)
	long := strings.Repeat("x", 200)
	tests := map[string]struct {
		method, target, body string
		headers              []string
		status               int
		code                 string
		field                string // of the first detail
		message              string // part of the message or of a detail's
	}{
		"unknown path":            {method: "GET", target: "/nope", status: 404, code: codeNotFound, message: `"/nope"`},
		"path with slash":         {method: "GET", target: "/v1/recipe/", status: 404, code: codeNotFound},
		"unclean path":            {method: "GET", target: "//v1/../v1/recipe", status: 404, code: codeNotFound},
		"another API version":     {method: "GET", target: "/v2/recipe", status: 404, code: codeNotFound},
		"long path":               {method: "GET", target: "/" + long, status: 404, code: codeNotFound, message: `x"...`},
		"wrong method":            {method: "DELETE", target: "/v1/recipe", status: 405, code: codeMethod, message: "GET, HEAD, POST"},
		"options":                 {method: "OPTIONS", target: "/v1/catalog", status: 405, code: codeMethod, message: "GET, HEAD"},
		"GET of a bundle":         {method: "GET", target: "/v1/bundle", status: 405, code: codeMethod, message: "POST"},
		"POST of health":          {method: "POST", target: "/health", status: 405, code: codeMethod},
		"odd method":              {method: "BREW", target: "/version", status: 405, code: codeMethod},
		"name of Terraform":       {method: "GET", target: "/v1/recipe?kubernetes_version=1.34", status: 400, code: codeInvalid, field: "kubernetes_version", message: `did you mean "k8s"?`},
		"unknown parameter":       {method: "GET", target: "/v1/recipe?cloud=eks", status: 400, code: codeInvalid, field: "cloud", message: "known are os, osv, kernel"},
		"parameter of nothing":    {method: "GET", target: "/v1/catalog?os=ubuntu", status: 400, code: codeInvalid, field: "os", message: "there are none here"},
		"parameter of metrics":    {method: "GET", target: "/metrics?os=ubuntu", status: 400, code: codeInvalid, field: "os"},
		"parameter of OpenAPI":    {method: "GET", target: "/openapi.json?x=", status: 400, code: codeInvalid, field: "x"},
		"repeated parameter":      {method: "GET", target: "/v1/recipe?os=ubuntu&os=rhel", status: 400, code: codeInvalid, field: "os", message: "given 2 times"},
		"malformed escape":        {method: "GET", target: "/v1/recipe?os=%zz", status: 400, code: codeInvalid, field: "os", message: `malformed: invalid URL escape "%zz"`},
		"malformed name":          {method: "GET", target: "/v1/recipe?o%zz=1", status: 400, code: codeInvalid, field: "query", message: `malformed name of a parameter: invalid URL escape "%zz"`},
		"no name":                 {method: "GET", target: "/v1/recipe?=1", status: 400, code: codeInvalid, field: "query", message: "a value without the name of a parameter: =1"},
		"semicolon":               {method: "GET", target: "/v1/recipe?os=ubuntu;gpu=h100", status: 400, code: codeInvalid, field: "os", message: "semicolon"},
		"long value":              {method: "GET", target: "/v1/recipe?kernel=" + long, status: 400, code: codeInvalid, field: "kernel", message: "longer than 128"},
		"long query":              {method: "GET", target: "/v1/recipe?kernel=" + strings.Repeat(long, 100), status: 414, code: codeURITooLong},
		"no bool":                 {method: "GET", target: "/v1/recipe?context=yes", status: 400, code: codeInvalid, field: "context", message: `"yes"`},
		"no bool either":          {method: "GET", target: "/v1/recipe?allow_uncovered=2", status: 400, code: codeInvalid, field: "allow_uncovered"},
		"unknown value":           {method: "GET", target: "/v1/recipe?os=ubunto", status: 400, code: codeInvalid, field: "os", message: `did you mean "ubuntu"`},
		"malformed version":       {method: "GET", target: "/v1/recipe?k8s=one", status: 400, code: codeInvalid, field: "k8s"},
		"what no data covers":     {method: "GET", target: "/v1/recipe?service=gke&gpu=l40", status: 400, code: codeInvalid, field: "gpu"},
		"not acceptable":          {method: "GET", target: "/v1/recipe", headers: []string{"Accept", "text/html"}, status: 406, code: codeNotAcceptable, message: typeYAML},
		"another version by name": {method: "GET", target: "/v1/recipe", headers: []string{"X-Api-Version", "v2"}, status: 400, code: codeInvalid, field: "X-Api-Version"},

		"no content type":      {method: "POST", target: "/v1/recipe", body: snapshot, status: 415, code: codeMediaType},
		"a form":               {method: "POST", target: "/v1/recipe", body: snapshot, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: codeMediaType},
		"another charset":      {method: "POST", target: "/v1/recipe", body: snapshot, headers: []string{"Content-Type", yaml + "; charset=latin1"}, status: 415, code: codeMediaType, message: "latin1"},
		"compressed":           {method: "POST", target: "/v1/recipe", body: snapshot, headers: []string{"Content-Type", yaml, "Content-Encoding", "gzip"}, status: 415, code: codeMediaType, message: "gzip"},
		"empty body":           {method: "POST", target: "/v1/recipe", headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "body", message: "empty"},
		"broken snapshot":      {method: "POST", target: "/v1/recipe", body: "kind: [", headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "body", message: "line 1"},
		"a recipe as snapshot": {method: "POST", target: "/v1/recipe", body: strings.ReplaceAll(strings.ReplaceAll(snapshot, "Snapshot", "Recipe"), "snapshot", "recipe"), headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "body", message: "not a Snapshot document"},
		"YAML called JSON":     {method: "POST", target: "/v1/recipe", body: snapshot, headers: []string{"Content-Type", typeJSON}, status: 400, code: codeInvalid, field: "body", message: "not JSON"},
		"large body":           {method: "POST", target: "/v1/recipe", body: strings.Repeat("#", 1<<20+1), headers: []string{"Content-Type", yaml}, status: 413, code: codeTooLarge, message: "1048576"},
		"unknown with a body":  {method: "POST", target: "/v1/recipe?catalog=x", body: snapshot, headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "catalog"},
		"not acceptable POST":  {method: "POST", target: "/v1/recipe", body: snapshot, headers: []string{"Content-Type", yaml, "Accept", typeZip}, status: 406, code: codeNotAcceptable},
		"service unstated":     {method: "POST", target: "/v1/recipe?gpu=nothing", body: snapshot, headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "gpu"},

		"snapshot as recipe": {method: "POST", target: "/v1/bundle", body: snapshot, headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "body"},
		"bundle as YAML":     {method: "POST", target: "/v1/bundle", body: snapshot, headers: []string{"Content-Type", yaml, "Accept", typeYAML}, status: 406, code: codeNotAcceptable},
		"half a key":         {method: "POST", target: "/v1/bundle?namespaces[gpu-operator=x", body: snapshot, headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "namespaces[gpu-operator", message: "unknown parameter"},
		"namespaces alone":   {method: "POST", target: "/v1/bundle?namespaces=x", body: snapshot, headers: []string{"Content-Type", yaml}, status: 400, code: codeInvalid, field: "namespaces"},
	}
	s := newServer(t, unlimited)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, body := send(t, s, request(test.method, test.target, test.body, test.headers...))
			p := problemOf(t, body)
			if resp.StatusCode != test.status || p.Code != test.code {
				t.Fatalf("got %d %s, want %d %s: %s", resp.StatusCode, p.Code, test.status, test.code, body)
			}
			if test.field != "" && (len(p.Details) == 0 || p.Details[0].Field != test.field) {
				t.Errorf("got details %v, want the first on %q", p.Details, test.field)
			}
			text := p.Message
			for _, d := range p.Details {
				text += "\n" + d.Message
			}
			if !strings.Contains(text, test.message) {
				t.Errorf("got %s, want %q in it", text, test.message)
			}
			if allow := resp.Header.Get("Allow"); (resp.StatusCode == http.StatusMethodNotAllowed) != (allow != "") {
				t.Errorf("got Allow %q with %d", allow, resp.StatusCode)
			}
			if p.RequestID != resp.Header.Get("X-Request-Id") || p.Retryable || resp.Header.Get("Retry-After") != "" {
				t.Errorf("got request ID %q, retryable %v", p.RequestID, p.Retryable)
			}
			if len(body) > 4096 {
				t.Errorf("the answer has %d bytes: does it echo?", len(body))
			}
		})
	}
}

// TestManyMistakes has them all told, up to a bound.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var query strings.Builder
	for i := range 50 {
		query.WriteString("&x" + strings.Repeat("y", i) + "=1")
	}
	_, body := send(t, s, request(http.MethodGet, "/v1/recipe?"+query.String()[1:], ""))
	if p := problemOf(t, body); p.Message != "50 mistakes in the request" || len(p.Details) != maxDetails {
		t.Errorf("got %q with %d details", p.Message, len(p.Details))
	}
}

// TestMistakesOfEveryKind has those in the form of parameters, in their values
// and in the body told together.
func TestMistakesOfEveryKind(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	snapshot := strings.Replace(snapshotYAML, "kind: Snapshot", "kind: Snapshots", 1)
	for name, test := range map[string]struct {
		method, target, body string
		want                 []string
	}{
		"recipe":                   {"GET", "/v1/recipe?os=ubunto&context=perhaps&cloud=x&k8s=%zz&allow_uncovered=2", "", []string{"cloud", "k8s", "context", "allow_uncovered", "os"}},
		"recipe's arguments":       {"GET", "/v1/recipe?gpu=h100&kernel=&options[rdm]=true&options[gds]=no&releases[gpu-operator]=latest&driver=R1", "", []string{"kernel", "options[gds]", "options[rdm]", "releases[gpu-operator]", "driver"}},
		"a repeated one":           {"GET", "/v1/recipe?os=ubunto&os=ubunto&gpu=nothing", "", []string{"os", "gpu"}},
		"snapshot":                 {"POST", "/v1/recipe?os=ubunto&context=perhaps", snapshotYAML, []string{"context", "os"}},
		"wrong snapshot":           {"POST", "/v1/recipe?context=perhaps", snapshot, []string{"context", "body"}},
		"no snapshot":              {"POST", "/v1/recipe?context=perhaps", "", []string{"context", "body"}},
		"bundle":                   {"POST", "/v1/bundle?bundlers=&x=1&namespaces[y]=z", text(t, aksRecipe(t).YAML), []string{"bundlers", "x", "namespaces[y]"}},
		"bundle of a wrong recipe": {"POST", "/v1/bundle?ignore_findings=,", snapshot, []string{"ignore_findings", "body"}},
		"only in the form":         {"POST", "/v1/bundle?ignore_findings=", text(t, aksRecipe(t).YAML), []string{"ignore_findings"}},
	} {
		resp, body := send(t, s, request(test.method, test.target, test.body, "Content-Type", typeYAML))
		var got []string
		for _, d := range problemOf(t, body).Details {
			got = append(got, d.Field)
		}
		if diff := cmp.Diff(test.want, got); resp.StatusCode != http.StatusBadRequest || diff != "" {
			t.Errorf("%s: got %s, fields of the details (-want +got):\n%s", name, resp.Status, diff)
		}
	}
}

func TestOperationalAnswers(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *Options) { o.Version = "1.2.3" })
	for target, want := range map[string]string{
		"/health":       `"status": "ok"`,
		"/ready":        `"status": "ready"`,
		"/version":      `"version": "1.2.3"`,
		"/openapi.json": `"openapi": "3.0.3"`,
		"/v1/catalog":   `"components"`,
		"/metrics":      `eidos_build_info{goversion="go`,
	} {
		resp, body := get(t, s, target)
		if !strings.Contains(string(body), want) {
			t.Errorf("GET %s: got %s, want %s in it", target, body, want)
		}
		cache := cacheNever
		if target == "/openapi.json" || target == "/v1/catalog" {
			cache = cacheShared
		}
		if got := resp.Header.Get("Cache-Control"); got != cache {
			t.Errorf("GET %s: got Cache-Control %q, want %q", target, got, cache)
		}
		etag := resp.Header.Get("ETag")
		if etag == "" { // only /metrics, which never has the same content twice
			continue
		}
		again, body := send(t, s, request(http.MethodGet, target, "", "If-None-Match", etag))
		if again.StatusCode != http.StatusNotModified || len(body) != 0 {
			t.Errorf("GET %s again: got %s with %d bytes, want 304 without", target, again.Status, len(body))
		}
	}
}

// TestCatalogTellsWhatExists checks a few facts of the embedded catalog.
func TestCatalogTellsWhatExists(t *testing.T) {
	t.Parallel()
	_, body := get(t, newServer(t), "/v1/catalog")
	for _, want := range []string{
		`"gb200"`, `"self-managed"`, `"component": "gpu-operator"`, `"version": "v26.7.0"`, `"kubernetes": "1.33 - 1.36"`, `"driver": "595.91.07"`, `"name": "service=eks"`,
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

// TestCatalogTellsWhatCannotBe checks what a form grays out, and the texts of rules.
func TestCatalogTellsWhatCannotBe(t *testing.T) {
	t.Parallel()
	_, body := get(t, newServer(t), "/v1/catalog")
	var all listing.Listing
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	gap := func(key map[string]string) string {
		for _, g := range all.Gaps {
			if maps.Equal(g.Key, key) {
				return g.Reason
			}
		}
		return ""
	}
	for _, test := range []struct {
		key  map[string]string
		want string
	}{
		{map[string]string{"service": "eks", "os": "cos"}, "service eks has no os cos; it has "},
		{map[string]string{"gpu": "gb200", "k8s": "1.31"}, "demands k8s >= 1.32"},
		{map[string]string{"service": "openshift"}, "OperatorHub"},
	} {
		if got := gap(test.key); !strings.Contains(got, test.want) {
			t.Errorf("%v: got %q, want %q in it", test.key, got, test.want)
		}
	}
	k8s := slices.IndexFunc(all.Kubernetes, func(k listing.Kubernetes) bool { return k.Version == "1.34" })
	if k8s < 0 || all.Kubernetes[k8s].Releases["gpu-operator"] != "v26.7.0" {
		t.Errorf("got %v", all.Kubernetes)
	}
	rdma := slices.IndexFunc(all.Options, func(o listing.Option) bool { return o.Name == "rdma" })
	if rdma < 0 || all.Options[rdma].Default != "false" || !slices.Contains(all.Options[rdma].Components, "network-operator") {
		t.Errorf("got %v", all.Options)
	}
	quota := slices.IndexFunc(all.Rules, func(r listing.Rule) bool { return r.Name == "recipe-key-ignored" })
	if quota < 0 || len(all.Rules[quota].Cases) == 0 || all.Rules[quota].Cases[0].Advice == "" {
		t.Errorf("got %v", all.Rules)
	}
	if !slices.Contains(all.Formats, "argocd") {
		t.Errorf("got formats %v", all.Formats)
	}
}
