// SPDX-License-Identifier: Apache-2.0

package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
)

// chart is the archive of a release of a chart.
func chart(t *testing.T, name, version string) string {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	packed := tar.NewWriter(zipped)
	text := fmt.Sprintf("apiVersion: v2\nname: %s\nversion: %s\n", name, version)
	err := packed.WriteHeader(&tar.Header{Name: name + "/Chart.yaml", Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = packed.Write([]byte(text))
	}
	if err := errors.Join(err, packed.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFolder(t *testing.T) {
	t.Parallel()
	good := chart(t, "x", "v1.2.3")
	entry := func(address, digest string) string {
		return fmt.Sprintf("apiVersion: v1\nentries:\n  x:\n    - {version: v1.2.3, urls: [%q], digest: %q}\n", address, digest)
	}
	sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	for name, tt := range map[string]struct {
		files   map[string]string
		release string
		want    string // in the error
	}{
		"as helm makes it":  {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(good)), "x-v1.2.3.tgz": good}, "v1.2.3", ""},
		"without the v":     {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(good)), "x-v1.2.3.tgz": good}, "1.2.3", ""},
		"of a web server":   {map[string]string{"index.yaml": entry("https://charts.example.com/all/x-v1.2.3.tgz", sum(good)), "x-v1.2.3.tgz": good}, "v1.2.3", ""},
		"no index":          {map[string]string{"x-v1.2.3.tgz": good}, "v1.2.3", "run helm repo index"},
		"broken index":      {map[string]string{"index.yaml": "- ["}, "v1.2.3", "the index of the repository cannot be read"},
		"other release":     {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(good)), "x-v1.2.3.tgz": good}, "v1.2.4", `has no version "v1.2.4" of the chart "x"; did you mean "v1.2.3"?: run helm pull`},
		"no file":           {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(good))}, "v1.2.3", "no such file"},
		"no digest":         {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", ""), "x-v1.2.3.tgz": good}, "v1.2.3", "the index has no digest of x-v1.2.3.tgz"},
		"another digest":    {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum("old")), "x-v1.2.3.tgz": good}, "v1.2.3", "Somebody has changed it since"},
		"not an archive":    {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum("text")), "x-v1.2.3.tgz": "text"}, "v1.2.3", "the archive is not a chart"},
		"no Chart.yaml":     {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(string(pack(t, "x/values.yaml")))), "x-v1.2.3.tgz": string(pack(t, "x/values.yaml"))}, "v1.2.3", "has no Chart.yaml"},
		"another chart":     {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(chart(t, "other", "v1.2.3"))), "x-v1.2.3.tgz": chart(t, "other", "v1.2.3")}, "v1.2.3", `is the chart "other" "v1.2.3", not x v1.2.3`},
		"outside of it":     {map[string]string{"index.yaml": entry("../../x-v1.2.3.tgz", sum(good))}, "v1.2.3", "no such file"},
		"a directory":       {map[string]string{"index.yaml": entry("x-v1.2.3.tgz", sum(good)), "x-v1.2.3.tgz/a": "b"}, "v1.2.3", "is not a file"},
		"a folder as index": {map[string]string{"index.yaml/a": "b"}, "v1.2.3", "index.yaml is not a file"},
	} {
		dir := t.TempDir()
		for file, text := range tt.files {
			if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o750), os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		var data []byte
		folder, err := archive.OpenFolder(dir)
		if err == nil {
			data, err = folder.Chart("x", tt.release)
		}
		switch {
		case tt.want == "" && (err != nil || string(data) != good):
			t.Errorf("%s: got %d bytes, %v", name, len(data), err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}
