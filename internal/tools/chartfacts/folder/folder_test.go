// SPDX-License-Identifier: Apache-2.0

package folder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
)

func TestReleased(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ version, appVersion, release, wantVersion, wantApp, wantErr string }{
		"published":           {"25.8.0", "25.8.0", "25.8.0", "25.8.0", "25.8.0", ""},
		"own app version":     {"v0.5.14", "v0.5.8", "v0.5.14", "v0.5.14", "v0.5.8", ""},
		"as the chart writes": {"26.4.1", "v26.4.1", "v26.4.1", "26.4.1", "v26.4.1", ""},
		"placeholder":         {"v1.0.0-devel", "main-latest", "v26.7.0", "v26.7.0", "v26.7.0", ""},
		"zero":                {"v0.0.0", "v0.0.0", "v1.21.1", "v1.21.1", "v1.21.1", ""},
		"as the app":          {"0.2.1", "v0.19.0", "0.19.0", "0.19.0", "v0.19.0", ""},
		"no version":          {"", "", "v1.0.0", "v1.0.0", "v1.0.0", ""},
		"app placeholder":     {"1.0.0", "devel-ubi8", "1.0.0", "1.0.0", "1.0.0", ""},
		"suffix":              {"1.0.0-rc.1", "1.0.0-rc.1", "1.0.0-rc.1", "1.0.0-rc.1", "1.0.0-rc.1", ""},
		"another release":     {"1.0.0", "1.0.0", "1.0.1", "", "", "the folder holds c 1.0.0, not 1.0.1; unpack that release, or name this one"},
		"latest":              {"1.0.0", "1.0.0", "main-latest", "", "", `"main-latest" is not a release; give a version such as v26.7.0`},
		"devel":               {"v1.0.0-devel", "", "v1.0.0-devel", "", "", `"v1.0.0-devel" is not a release`},
		"two components":      {"1.0.0", "", "1.0", "", "", `"1.0" is not a release`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			metadata := folder.Metadata{Name: "c", Version: tt.version, AppVersion: tt.appVersion}
			version, appVersion, err := metadata.Released(tt.release)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("got %v, want an error that says %q", err, tt.wantErr)
				}
				return
			}
			if err != nil || version != tt.wantVersion || appVersion != tt.wantApp {
				t.Errorf("got %s, %s, %v, want %s, %s", version, appVersion, err, tt.wantVersion, tt.wantApp)
			}
		})
	}
}

// chart writes files below a new directory, a Chart.yaml among them.
func chart(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["Chart.yaml"] = "name: c\nversion: 1.0.0\n" + files["Chart.yaml"]
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	t.Parallel()
	got, err := folder.Read(chart(t, map[string]string{
		"values.yaml":              "on: off\ncount: 1",
		"values.schema.json":       `{"type": "object", "properties": {"count": {"type": ["integer", "null"], "properties": {"of": {"type": "string"}}}, "any": {}, "two": {"type": ["string", "integer"]}}}`,
		"templates/a.yaml":         "A",
		"templates/deep/b.yaml":    "B",
		"crds/c.yaml":              "C",
		"crds/embed.go":            "not read",
		"README.md":                "read by templates",
		"charts/sub/Chart.yaml":    "name: sub\nversion: 2.0.0",
		"charts/sub/templates/d":   "D",
		"charts/README.md":         "not read",
		"charts/empty/values.yaml": "not: a chart",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := &folder.Chart{
		Metadata: folder.Metadata{Name: "c", Version: "1.0.0"},
		Values:   map[string]any{"true": false, "count": int64(1)},
		Schema: folder.ValuesSchema{Type: folder.OneOrMore{"object"}, Properties: map[string]folder.ValuesSchema{
			"any":   {},
			"two":   {Type: folder.OneOrMore{"string", "integer"}},
			"count": {Type: folder.OneOrMore{"integer"}, Properties: map[string]folder.ValuesSchema{"of": {Type: folder.OneOrMore{"string"}}}},
		}},
		Templates: map[string]string{"a.yaml": "A", "deep/b.yaml": "B"},
		CRDs:      map[string]string{"c.yaml": "C"},
		Assets:    map[string]string{"README.md": "read by templates", "crds/c.yaml": "C", "crds/embed.go": "not read"},
		Subcharts: map[string]*folder.Chart{"sub": {
			Metadata: folder.Metadata{Name: "sub", Version: "2.0.0"}, Values: map[string]any{},
			Templates: map[string]string{"d": "D"}, CRDs: map[string]string{}, Assets: map[string]string{}, Subcharts: map[string]*folder.Chart{},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"metadata":         {map[string]string{"Chart.yaml": "["}, "reading Chart.yaml: "},
		"values":           {map[string]string{"values.yaml": "a: 1\na: 2"}, "reading values.yaml: "},
		"schema":           {map[string]string{"values.schema.json": `{"type": 1}`}, "reading values.schema.json: "},
		"sub-chart":        {map[string]string{"charts/s/Chart.yaml": "version: 1"}, "charts/s/Chart.yaml: reading Chart.yaml: the chart has no name"},
		"archive":          {map[string]string{"charts/s.tgz": "no archive"}, "charts/s.tgz: unpacking: "},
		"missing subchart": {map[string]string{"Chart.yaml": "dependencies: [{name: s}]"}, "the sub-chart s is missing below charts"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := folder.Read(chart(t, tt.files)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
	if _, err := folder.Read(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "is not a chart folder") {
		t.Errorf("no folder: got %v", err)
	}
}
