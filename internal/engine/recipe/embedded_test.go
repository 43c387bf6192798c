// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// Update is for both packages of tests.
var Update = flag.Bool("update", false, "rewrite the golden files, and catalog.json")

// TestEmbeddedIsTheData compares catalog.json with the files below data, and what
// is decoded of it, layer by layer, with what the files say.
func TestEmbeddedIsTheData(t *testing.T) {
	t.Parallel()
	data := os.DirFS("data")
	fromFiles, err := LoadFS(data)
	if err != nil {
		t.Fatal(err)
	}
	fragments, err := readFragments(data)
	if err != nil {
		t.Fatal(err)
	}
	want := joinedJSON(t, fragments)
	for name, load := range map[string]func([]byte) (*Catalog, error){"Load": Load, "Embedded": decodeEmbedded} {
		fromJSON, err := load(want)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(described(fromFiles), described(fromJSON)); diff != "" {
			t.Fatalf("%s differs from the files; quote what is to be a text (-files +document):\n%s", name, diff)
		}
	}
	if *Update {
		if err := os.WriteFile("catalog.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return // the program holds what was there before
	}
	if !bytes.Equal(embedded, want) {
		t.Fatal("catalog.json is not what the files below data say: run make catalog")
	}
	systems, services, err := embeddedNames()
	wantNames := fmt.Sprintf("%+v %+v", fromFiles.values.systems, fromFiles.services)
	if diff := cmp.Diff(wantNames, fmt.Sprintf("%+v %+v", systems, services)); err != nil || diff != "" {
		t.Errorf("systems and services alone: %v (-want +got):\n%s", err, diff)
	}
}

// joinedJSON returns the files as one document: lists and mappings one after the
// other, one item a line.
func joinedJSON(t *testing.T, fragments []fragment) []byte {
	t.Helper()
	sections := map[string][]string{}
	add := func(section, name string, value any) {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		if name != "" {
			name = fmt.Sprintf("%q: ", name)
		}
		sections[section] = append(sections[section], name+strings.TrimSuffix(text.String(), "\n"))
	}
	for _, f := range fragments {
		var file map[string]any
		if err := yaml.Unmarshal(f.data, &file); err != nil {
			t.Fatal(err)
		}
		for section, value := range file {
			switch value := value.(type) {
			case []any:
				for _, item := range value {
					add(section, "", item)
				}
			case map[string]any:
				for _, key := range slices.Sorted(maps.Keys(value)) {
					add(section, key, value[key])
				}
			default:
				add(section, "", value)
			}
		}
	}
	var parts []string
	for _, section := range []struct{ name, form string }{
		{"systems", "[%s]"}, {"services", "[%s]"}, {"platforms", "[%s]"}, {"products", "{%s}"}, {"version", "%s"}, {"components", "%s"}, {"base", "[%s]"}, {"overlays", "[%s]"},
	} {
		items := strings.Join(sections[section.name], ",\n")
		if section.form != "%s" {
			items = "\n" + items + "\n"
		}
		parts = append(parts, fmt.Sprintf("%q: "+section.form, section.name, items))
	}
	return []byte("{" + strings.Join(parts, ",\n") + "}\n")
}

// described returns all that a catalog holds, one line each.
func described(c *Catalog) []string {
	lines := []string{
		c.version, fmt.Sprintf("%+v", c.values), fmt.Sprintf("%+v", c.services), fmt.Sprintf("%+v", c.platforms), fmt.Sprintf("%v", c.products), fmt.Sprint(c.subtypes()),
	}
	for _, l := range append([]*layer{c.base}, c.overlays...) {
		lines = append(lines, fmt.Sprintf("layer %s, key %+v", l.name, l.key()))
		for _, d := range l.demands() {
			lines = append(lines, fmt.Sprintf("%s demands %s %s", d.layer.name, d.field, d.constraint))
		}
		for _, e := range l.entries() {
			lines = append(lines, fmt.Sprintf("%s = %#v (%s) of %s", e.name, e.value, e.context, e.layer.name))
		}
	}
	return lines
}
