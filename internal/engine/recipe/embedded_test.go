// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// Update is for both packages of tests.
var Update = flag.Bool("update", false, "rewrite the golden files, and catalog.jsonl")

// TestEmbeddedIsTheData compares catalog.jsonl with the files below data, and what
// is decoded of it, layer by layer, with what the files say.
func TestEmbeddedIsTheData(t *testing.T) {
	t.Parallel()
	data := os.DirFS("data")
	fromFiles, err := LoadFS(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	want := compiled(t, fromFiles)
	fromJSON, err := decodeEmbedded(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(described(fromFiles), described(fromJSON)); diff != "" {
		t.Fatalf("what is embedded differs from the files; quote what is to be a text (-files +embedded):\n%s", diff)
	}
	if *Update {
		if err := os.WriteFile("catalog.jsonl", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return // the program holds what was there before
	}
	if !bytes.Equal(embedded, want) {
		t.Fatal("catalog.jsonl is not what the files below data say: run make catalog")
	}
	known, services, err := embeddedNames()
	wantNames := fmt.Sprintf("%+v %+v", fromFiles.values.names, fromFiles.services)
	if diff := cmp.Diff(wantNames, fmt.Sprintf("%+v %+v", known, services)); err != nil || diff != "" {
		t.Errorf("names and services alone: %v (-want +got):\n%s", err, diff)
	}
}

// compiled returns a catalog in the form that is embedded.
func compiled(t *testing.T, c *Catalog) []byte {
	t.Helper()
	first := tables{Version: c.version, Components: c.components, Systems: c.values.systems, GPUs: c.values.gpus, Services: c.services, Platforms: c.platforms, Products: c.products, Nodes: c.nodes}
	lines := []any{&first, c.knowledge(), rows(c.base)}
	for _, l := range c.overlays {
		key, constraints := map[string]string{}, map[string]string{}
		stated := l.key()
		for _, condition := range l.conditions {
			key[condition.field] = *stated.Field(condition.field)
		}
		for _, d := range l.demands() {
			constraints[d.field] = d.constraint.String()
		}
		first.Overlays = append(first.Overlays, embeddedKey{key, constraints, l.when})
		lines = append(lines, rows(l))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func rows(l *layer) (all settings) {
	for _, e := range l.entries() {
		all = append(all, *e)
	}
	return all
}

// MarshalJSON writes what UnmarshalJSON reads.
func (s settings) MarshalJSON() ([]byte, error) {
	all := make([][3]any, len(s))
	for i, e := range s {
		all[i] = [3]any{e.path.String(), nil, e.context}
		if e.value != nil {
			all[i][1] = e.value.Any()
		}
	}
	return json.Marshal(all)
}

// rulesIn returns what a catalog knows of snapshots and recipes, without the
// examples, which are not embedded.
func rulesIn(c *Catalog) string {
	text, err := json.Marshal(c.knowledge())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// withoutLines returns a condition without its places in the file.
func withoutLines(c component.Condition) string {
	text, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// described returns all that a catalog holds, one line each.
func described(c *Catalog) []string {
	lines := []string{
		c.version, fmt.Sprintf("%+v", c.values), fmt.Sprintf("%+v", c.services), fmt.Sprintf("%+v", c.platforms), fmt.Sprintf("%v", c.products), fmt.Sprintf("%+v", c.nodes), fmt.Sprintf("%+v", rulesIn(c)), fmt.Sprint(c.subtypes()),
	}
	for _, l := range append([]*layer{c.base}, c.overlays...) {
		lines = append(lines, fmt.Sprintf("layer %s, key %+v, when %v", l.name, l.key(), withoutLines(l.when)))
		for _, d := range l.demands() {
			lines = append(lines, fmt.Sprintf("%s demands %s %s", d.layer.name, d.field, d.constraint))
		}
		for _, e := range l.entries() {
			lines = append(lines, fmt.Sprintf("%s = %#v (%s) of %s", e.name, e.value, e.context, e.layer.name))
		}
	}
	return lines
}
