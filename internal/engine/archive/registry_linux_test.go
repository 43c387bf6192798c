// SPDX-License-Identifier: Apache-2.0

package archive_test

import (
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
)

// TestMain makes this process trust the certificate of httptest's servers, which Go
// takes from a file on Linux.
func TestMain(m *testing.M) {
	server := httptest.NewTLSServer(nil)
	dir, err := os.MkdirTemp("", "eidos-archive-")
	file := filepath.Join(dir, "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	server.Close()
	if err := errors.Join(err, os.WriteFile(file, certificate, 0o600), os.Setenv("SSL_CERT_FILE", file)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// registry serves the chart folder/x with the tag 1.0.0_1 to those who have its token.
func registry(t *testing.T, chart, manifest string) string {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			_, _ = fmt.Fprintf(w, `{"token": "for %s of %s"}`, r.URL.Query().Get("scope"), r.URL.Query().Get("service"))
			return
		}
		if r.Header.Get("Authorization") != "Bearer for repository:folder/x:pull of registry" {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="registry",scope="repository:folder/x:pull"`, server.URL))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch {
		case r.URL.Path == "/v2/folder/x/manifests/1.0.0_1" && strings.Contains(r.Header.Get("Accept"), "oci.image.manifest"):
			_, _ = io.WriteString(w, manifest)
		case strings.HasPrefix(r.URL.Path, "/v2/folder/x/blobs/sha256:"):
			_, _ = io.WriteString(w, chart)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return "oci" + strings.TrimPrefix(server.URL, "https") + "/folder"
}

func TestReadRegistry(t *testing.T) {
	t.Parallel()
	chart := string(pack(t, "x/crds/a.yaml"))
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(chart)))
	manifest := `{"layers": [{"mediaType": "application/vnd.cncf.helm.chart.provenance.v1.prov"}, {"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": "` + digest + `"}]}`
	source := archive.Source{Repository: registry(t, chart, manifest), Chart: "x", Version: "1.0.0+1"}
	got, err := archive.Read(t.Context(), source)
	if err != nil || got.Digest != digest || len(got.Definitions) != 1 || string(got.Definitions[0].Text) != "text of x/crds/a.yaml" {
		t.Fatalf("got %v, %v", got, err)
	}
	for want, tt := range map[string]archive.Source{
		"answers 404":                    {Repository: source.Repository, Chart: "x", Version: "2.0.0"},
		"is published":                   {Repository: registry(t, chart+"x", manifest), Chart: "x", Version: "1.0.0+1"},
		"the manifest cannot be read":    {Repository: registry(t, chart, "{"), Chart: "x", Version: "1.0.0+1"},
		"under this name is not a chart": {Repository: registry(t, chart, "{}"), Chart: "x", Version: "1.0.0+1"},
		"the archive is not a chart":     {Repository: registry(t, "text", strings.Replace(manifest, digest, fmt.Sprintf("sha256:%x", sha256.Sum256([]byte("text"))), 1)), Chart: "x", Version: "1.0.0+1"},
	} {
		if _, err := archive.Read(t.Context(), tt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestRegistryThatWantsCredentials(t *testing.T) {
	t.Parallel()
	for challenge, want := range map[string]string{
		`Basic realm="x"`:                          "the registry wants credentials",
		`Bearer realm="http://127.0.0.1/token"`:    "the registry wants credentials",
		`Bearer realm="https://127.0.0.1:1/token"`: "asking for a token",
	} {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", challenge)
			w.WriteHeader(http.StatusUnauthorized)
		}))
		_, err := archive.Read(t.Context(), archive.Source{Repository: "oci" + strings.TrimPrefix(server.URL, "https"), Chart: "x", Version: "1.0.0"})
		server.Close()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", challenge, err, want)
		}
	}
}
