// SPDX-License-Identifier: Apache-2.0

package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
)

// pack makes the archive of a chart named x.
func pack(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	packed := tar.NewWriter(zipped)
	for _, name := range files {
		text := "text of " + name
		if err := packed.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(packed, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(packed.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repository serves paths.
func repository(t *testing.T, content map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := content[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestReadRepository(t *testing.T) {
	t.Parallel()
	chart := string(pack(t, "x/Chart.yaml", "x/charts/y/crds/b.yaml", "x/crds/a.yaml", "x/crds/deep/c.json", "x/crds/README.md", "x/templates/crds/d.yaml", "crds/e.yaml", "x/../../crds/f.yaml"))
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(chart)))
	index := "apiVersion: v1\nentries:\n  x:\n    - {version: 1.1.0, urls: [other.tgz]}\n    - {version: v1.0.0, urls: [files/x.tgz], digest: " + digest + "}\n"
	for name, tt := range map[string]struct {
		index, chart, version string
		want                  string
	}{
		"found":             {index, chart, "v1.0.0", ""},
		"without its v":     {index, chart, "1.0.0", ""},
		"without a digest":  {strings.Replace(index, digest, `""`, 1), chart, "v1.0.0", ""},
		"another digest":    {index, chart + "x", "v1.0.0", "is published"},
		"no such version":   {index, chart, "1.0.1", `the repository has no version "1.0.1" of the chart`},
		"no such chart":     {"entries: {}", chart, "1.0.0", `the repository has no chart "x"`},
		"no index":          {"", chart, "1.0.0", `has no chart "x"`},
		"a broken index":    {"entries: [", chart, "1.0.0", "the index of the repository cannot be read"},
		"no chart":          {strings.Replace(index, digest, `""`, 1), "text", "v1.0.0", "the archive is not a chart"},
		"a part of a chart": {strings.Replace(index, digest, `""`, 1), chart[:40], "v1.0.0", "the archive is not a chart"},
		"no archive":        {index, chart, "1.1.0", "other.tgz answers 404"},
	} {
		at := repository(t, map[string]string{"/charts/index.yaml": tt.index, "/charts/files/x.tgz": tt.chart})
		got, err := archive.Read(t.Context(), archive.Source{Repository: at + "/charts", Chart: "x", Version: tt.version})
		if tt.want != "" {
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "chart x ") {
				t.Errorf("%s: got %v, want %q", name, err, tt.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var paths []string
		for _, file := range got.Definitions {
			paths = append(paths, file.Path)
		}
		if diff := cmp.Diff([]string{"crds/a.yaml", "crds/deep/c.json", "charts/y/crds/b.yaml"}, paths); diff != "" || got.Digest != "sha256:"+digest {
			t.Errorf("%s: digest %s (-want +got):\n%s", name, got.Digest, diff)
		}
	}
}

func TestReadWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, source := range []archive.Source{
		{"", "x", "1.0.0"},
		{"ftp://example.com", "x", "1.0.0"},
		{"https://user:hunter2@example.com", "x", "1.0.0"},
		{"https://example.com?token=hunter2", "x", "1.0.0"},
		{"https://example.com", "../x", "1.0.0"},
		{"https://example.com", "", "1.0.0"},
		{"oci://example.com", "x", "1/2"},
		{"oci://example.com", "x", ""},
	} {
		if err := source.Validate(); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v", source, err)
		}
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(func() {
		hanging.CloseClientConnections()
		hanging.Close()
	})
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("the timeout is short"))
	defer cancel()
	if _, err := archive.Read(ctx, archive.Source{Repository: hanging.URL, Chart: "x", Version: "1.0.0"}); err == nil || !strings.Contains(err.Error(), "the timeout is short") {
		t.Error(err)
	}
}
