// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]document.Format{
		"":                      document.FormatYAML,
		"snapshot":              document.FormatYAML,
		"a.yaml":                document.FormatYAML,
		"a.YML":                 document.FormatYAML,
		"dir.json/snapshot":     document.FormatYAML,
		"/dev/stdout":           document.FormatYAML,
		"a.json":                document.FormatJSON,
		"a.yaml.json":           document.FormatJSON,
		"snapshot of today.txt": document.FormatTable,
	} {
		if got, err := document.FormatOf(file); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", file, got, err, want)
		}
	}
	for _, file := range []string{"a.toml", "a.", "recipe-1.2", "a.json.gz"} {
		if got, err := document.FormatOf(file); err == nil || !strings.Contains(err.Error(), "names no format; use .yaml") {
			t.Errorf("%s: got %q, %v", file, got, err)
		}
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for _, name := range document.Formats() {
		if got, err := document.ParseFormat(name); err != nil || string(got) != name {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "YAML", "xml"} {
		if _, err := document.ParseFormat(name); err == nil || !strings.Contains(err.Error(), "expected yaml, json or table") {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	list := measurement.List{{Type: measurement.OS, Subtypes: []measurement.Subtype{{
		Name: "release", Data: map[string]measurement.Reading{"ID": measurement.Str("cos"), "N": measurement.Int(3)},
	}}}}
	table := "TYPE   SUBTYPE   KEY   VALUE\nOS     release   ID    cos\nOS     release   N     3\n"
	snapshot, recipe := document.Snapshot{Measurements: list}, document.Recipe{Measurements: list}
	for name, encode := range map[string]struct {
		as         func(document.Format) ([]byte, error)
		yaml, json func() ([]byte, error)
	}{
		"snapshot": {snapshot.Encode, snapshot.YAML, snapshot.JSON},
		"recipe":   {recipe.Encode, recipe.YAML, recipe.JSON},
	} {
		yaml, _ := encode.yaml()
		marked := "# The last line of this document is \"...\": without it, the document is cut.\n" + string(yaml) + "...\n"
		json, _ := encode.json()
		for format, want := range map[document.Format]string{
			document.FormatYAML: marked, document.FormatJSON: string(json), document.FormatTable: table,
		} {
			got, err := encode.as(format)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%s as %s (-want +got):\n%s", name, format, diff)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	got := string(document.Columns([][]string{{"PATH", "LAYER"}, {"a\nb", "base"}, {"long path", "user:gpu=h100"}}))
	want := "PATH        LAYER\n\"a\\nb\"      base\nlong path   user:gpu=h100\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
