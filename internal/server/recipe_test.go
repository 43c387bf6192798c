// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// engineRecipe makes a recipe as the other front doors do.
func engineRecipe(t *testing.T, r recipe.Request) document.Recipe {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	result, err := catalog.Build(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return result.Recipe
}

func wantBytes(t *testing.T, got []byte, want document.Recipe, format document.Format) {
	t.Helper()
	text, err := want.Encode(format)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(got)); diff != "" {
		t.Errorf("bytes (-engine +server):\n%s", diff)
	}
}

// TestRecipeBytesAreTheEngines asks in ways that mean the same, twice each:
// first built, then from the cache.
func TestRecipeBytesAreTheEngines(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	want := engineRecipe(t, recipe.Request{Query: document.Query{Service: "EKS", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.33"}})
	for _, target := range []string{
		trainingURL, trainingURL, trainingURL + "&osv=any&context=false",
		"/v1/recipe?service=EKS&os=%20Ubuntu&gpu=H100&intent=training&k8s=1.33",
	} {
		_, body := get(t, s, target)
		wantBytes(t, body, want, document.FormatJSON)
		resp, body := get(t, s, target, "Accept", "text/html, application/yaml;q=0.5")
		wantBytes(t, body, want, document.FormatYAML)
		if got := resp.Header.Get("Content-Type"); got != typeYAML {
			t.Errorf("got Content-Type %q", got)
		}
	}
	explained := engineRecipe(t, recipe.Request{Query: document.Query{Service: "eks", Context: true}})
	_, body := get(t, s, "/v1/recipe?service=eks&context=true")
	wantBytes(t, body, explained, document.FormatJSON)
}

func TestSnapshotBytesAreTheEngines(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	snapshot, err := document.DecodeSnapshot(t.Context(), []byte(snapshotYAML))
	if err != nil {
		t.Fatal(err)
	}
	want := engineRecipe(t, recipe.Request{Query: document.Query{Intent: "inference", GPU: "any"}, Snapshot: &snapshot})
	_, body := post(t, s, "/v1/recipe?intent=inference&gpu=any", snapshotYAML)
	wantBytes(t, body, want, document.FormatJSON)
	resp, body := post(t, s, "/v1/recipe?intent=inference&gpu=any", snapshotYAML, "Accept", "application/x-yaml")
	wantBytes(t, body, want, document.FormatYAML)
	if got := resp.Header.Get("Cache-Control"); got != cacheNever {
		t.Errorf("got Cache-Control %q for a POST", got)
	}

	inJSON, err := snapshot.JSON()
	if err != nil {
		t.Fatal(err)
	}
	r := request(http.MethodPost, "/v1/recipe?intent=inference&gpu=any", string(inJSON), "Content-Type", "application/json; charset=UTF-8")
	resp, body = send(t, s, r)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("got %s: %s", resp.Status, body)
	}
	wantBytes(t, body, want, document.FormatJSON)
}

func TestConditionalRecipe(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	resp, _ := get(t, s, trainingURL)
	etag := resp.Header.Get("ETag")
	for header, status := range map[string]int{
		etag: http.StatusNotModified, "W/" + etag: http.StatusNotModified, `"x", ` + etag: http.StatusNotModified, "*": http.StatusNotModified,
		`"x"`: http.StatusOK, "": http.StatusOK,
	} {
		resp, body := send(t, s, request(http.MethodGet, trainingURL, "", "If-None-Match", header))
		if resp.StatusCode != status || (status == http.StatusNotModified) != (len(body) == 0) {
			t.Errorf("If-None-Match %q: got %s with %d bytes, want %d", header, resp.Status, len(body), status)
		}
		if resp.Header.Get("ETag") != etag || resp.Header.Get("Vary") != "Accept" || resp.Header.Get("Cache-Control") != cacheShared {
			t.Errorf("If-None-Match %q: got headers %v", header, resp.Header)
		}
	}
	if other, _ := get(t, s, trainingURL, "Accept", typeYAML); other.Header.Get("ETag") == etag {
		t.Error("JSON and YAML have one ETag")
	}
}

func TestWarningsAreHeaders(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const target = "/v1/recipe?service=gke&gpu=l40&allow_uncovered=true"
	for range 2 { // the second from the cache
		resp, _ := get(t, s, target)
		warnings := resp.Header.Values(warningHeader)
		if !slices.ContainsFunc(warnings, func(w string) bool { return strings.HasPrefix(w, "not-covered: gpu: ") }) {
			t.Errorf("got warnings %q, want one on gpu", warnings)
		}
	}
}

// TestWarningsAreBounded has each warning whole or counted, and what a client made
// endless cut in its middle.
func TestWarningsAreBounded(t *testing.T) {
	t.Parallel()
	remedy := func(n int) string { return strings.Repeat("because ", n) + "; do this" }
	for name, test := range map[string]struct {
		warnings []string
		want     []string
	}{
		"few":    {[]string{"a", "b"}, []string{"a", "b"}},
		"long":   {[]string{remedy(100), remedy(200), remedy(100), "c"}, []string{remedy(100), remedy(200), "2 more; ask"}},
		"broken": {[]string{"ä\n"}, []string{"??"}},
		"huge":   {[]string{remedy(1000)}, []string{trim(remedy(1000))}},
	} {
		h := http.Header{}
		addWarnings(headerOnly{h: h}, test.warnings, "ask")
		if diff := cmp.Diff(test.want, h.Values(warningHeader)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

type headerOnly struct {
	http.ResponseWriter
	h http.Header
}

func (w headerOnly) Header() http.Header { return w.h }

// The arguments of a recipe have the values that the engine reads.
func TestRecipeArguments(t *testing.T) {
	t.Parallel()
	_, body := get(t, newServer(t), trainingURL+"&options[gds]=true&releases[gpu-operator]=26.3.3&driver=580.126.20&ignore_findings=overlay-not-applied", "Accept", typeYAML)
	for _, want := range []string{"gds: true\n", "gpu-operator: v26.3.3\n", `driver: "580.126.20"`, "container-toolkit: v1.19.1\n"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("%q is not in\n%s", want, body)
		}
	}
}

// TestProvenance asks for how a recipe came about, as JSON and as YAML, of a query and
// of a snapshot. Without it the document is the same, and both make the same bundle.
func TestProvenance(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	for _, media := range []string{typeJSON, typeYAML} {
		_, plain := get(t, s, trainingURL, "Accept", media)
		_, told := get(t, s, trainingURL+"&provenance=true", "Accept", media)
		before, err := document.DecodeRecipe(t.Context(), plain)
		after, otherErr := document.DecodeRecipe(t.Context(), told)
		if err := errors.Join(err, otherErr); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s: the document with and without (-without +with):\n%s", media, diff)
		}
		one, _ := post(t, s, "/v1/bundle", string(plain))
		two, _ := post(t, s, "/v1/bundle", string(told))
		if sum := one.Header.Get(bundleSumHeader); sum == "" || sum != two.Header.Get(bundleSumHeader) {
			t.Errorf("%s: the bundles are %s and %s", media, sum, two.Header.Get(bundleSumHeader))
		}
	}
	var told struct {
		Provenance map[string]document.Origin
		Findings   []map[string]string
	}
	resp, body := post(t, s, "/v1/recipe?provenance=true&intent=training&service=gke&gpu=l40&allow_uncovered=true", snapshotYAML, "Accept", typeJSON)
	if err := json.Unmarshal(body, &told); err != nil {
		t.Fatal(err)
	}
	driver := told.Provenance["K8s/image/driver"]
	if !strings.HasPrefix(driver.Layer, "release:gpu-operator ") || driver.Reason == "" {
		t.Errorf("got %+v", driver)
	}
	if version := told.Provenance["K8s/server/version"]; version.Layer != "request" {
		t.Errorf("got %+v", version)
	}
	if len(told.Findings) == 0 || len(told.Findings) != len(resp.Header.Values(warningHeader)) || told.Findings[0]["rule"] == "" || told.Findings[0]["message"] == "" {
		t.Errorf("got findings %v and headers %q", told.Findings, resp.Header.Values(warningHeader))
	}
	resp, body = send(t, s, request(http.MethodGet, "/v1/recipe?provenance=yes", ""))
	if resp.StatusCode != http.StatusBadRequest || problemOf(t, body).Details[0].Field != "provenance" {
		t.Errorf("got %s", body)
	}
}
