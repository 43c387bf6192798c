// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// outDir returns a new directory that holds only the table.
func outDir(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	copyFile(t, "testdata/releases.json", filepath.Join(out, "releases.json"))
	return out
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRunGolden(t *testing.T) {
	t.Parallel()
	out := outDir(t)
	var log strings.Builder
	if err := run("testdata/source", out, &log); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("gpu-operator v1.2.0\nnetwork-operator 2.0.0\n", log.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	for _, name := range []string{"gpu-operator/v1.2.0.json", "network-operator/2.0.0.json"} {
		got, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "want", name)
		if *update {
			copyFile(t, filepath.Join(out, name), golden)
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRunIsDeterministic(t *testing.T) {
	t.Parallel()
	first, second := outDir(t), outDir(t)
	for _, out := range []string{first, second} {
		if err := run("testdata/source", out, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join("gpu-operator", "v1.2.0.json")
	a, errA := os.ReadFile(filepath.Join(first, name))
	b, errB := os.ReadFile(filepath.Join(second, name))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if diff := cmp.Diff(string(a), string(b)); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
}

func TestUnknownShapesAreErrors(t *testing.T) {
	t.Parallel()
	const (
		keys   = "chart-keys/gpu-operator-v1.2.0.json"
		helper = "subchart-keys/gpu-operator-v1.2.0--helper.json"
		policy = "clusterpolicy-map/gpu-operator-v1.2.0.json"
		crd    = "crd-schemas/clusterpolicy-gpu-operator-v1.2.0.json"
		images = "nicclusterpolicy-images.json"
		nulls  = "null-breaks-helm.json"
	)
	tests := map[string]struct{ file, old, with, want string }{
		"not JSON":                {keys, "{", "[", "invalid character"},
		"key member":              {keys, `"dead"`, `"deceased"`, `unknown field "deceased"`},
		"key type":                {keys, `"bool"`, `"boolean"`, `key deploy: unknown type "boolean"`},
		"sub-chart member":        {helper, `"parentDefaults"`, `"parent"`, `unknown field "parent"`},
		"sub-chart key type":      {helper, `"number"`, `"count"`, `sub-chart helper: key worker.port: unknown type "count"`},
		"missing sub-chart":       {keys, `["helper"]`, `["helper", "other"]`, "gpu-operator-v1.2.0--other.json"},
		"table's sub-chart":       {keys, `["helper"]`, `[]`, `notNull names "helper", which is no sub-chart`},
		"null of no key":          {nulls, `"driver"`, `"diver"`, "break diver, which is no key"},
		"nulls of no JSON":        {nulls, `{`, ``, "null-breaks-helm.json"},
		"image member":            {images, `"note"`, `"notes"`, `unknown field "notes"`},
		"image without version":   {images, `"version": "2.0"`, `"version": ""`, "image of driver is incomplete"},
		"chart's version":         {keys, `">= 1.16.0-0"`, `"~1.16"`, `reading back: reading chart facts gpu-operator/v1.2.0.json: kubeVersion "~1.16"`},
		"policy member":           {policy, `"ifSet"`, `"unless"`, `unknown field "unless"`},
		"policy combination":      {policy, `"labels":"gpu`, `"from":"a","labels":"gpu`, "field labels: a combination that is not known"},
		"policy with a space":     {policy, `"driver.limit","from":"driver.limit"`, `"driver.limit","from":"driver limit"`, "field driver.limit: a space"},
		"schema keyword":          {crd, `"minimum"`, `"multipleOf"`, `unknown field "multipleOf"`},
		"schema type":             {crd, `"boolean"`, `"logical"`, `enabled: unknown type "logical"`},
		"schema format":           {crd, `"int32"`, `"int8"`, `number: unknown type "integer" with format "int8"`},
		"schema anyOf":            {crd, `"limit":{"anyOf":[{"type":"integer"},`, `"limit":{"anyOf":[{"type":"number"},`, "limit: an int-or-string of an unknown form"},
		"schema anyOf of a leaf":  {crd, `"enabled":{`, `"enabled":{"anyOf":[{"type":"string"}],`, "enabled: anyOf of an unknown form"},
		"enum with a bar":         {crd, `["on","off",""]`, `["on|off"]`, "mode: enum"},
		"enum with a space":       {crd, `["on","off",""]`, `["on off"]`, "mode: enum"},
		"field with a mark":       {crd, `"enabled":{`, `"enabled!":{`, `field "enabled!" cannot be written down`},
		"field named star":        {crd, `"enabled":{`, `"*":{`, `field "*" cannot be written down`},
		"scope":                   {crd, `"Cluster",`, `"Galaxy",`, `unknown scope "Galaxy"`},
		"pattern that Go refuses": {crd, `[a-z |]+`, `(?=x)`, "reading back"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := t.TempDir()
			if err := os.CopyFS(source, os.DirFS("testdata/source")); err != nil {
				t.Fatal(err)
			}
			replaceIn(t, filepath.Join(source, tt.file), tt.old, tt.with)
			err := run(source, outDir(t), io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func replaceIn(t *testing.T, path, old, with string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	changed := strings.Replace(string(text), old, with, 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestErrorLeavesTheDirectory(t *testing.T) {
	t.Parallel()
	out := outDir(t)
	replaceIn(t, filepath.Join(out, "releases.json"), `"2.0.0"`, `"9.9.9"`)
	err := run("testdata/source", out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "network-operator 9.9.9") {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("got %v, want only releases.json", entries)
	}
}

func TestMissingTable(t *testing.T) {
	t.Parallel()
	if err := run("testdata/source", t.TempDir(), io.Discard); err == nil || !strings.Contains(err.Error(), "releases.json") {
		t.Errorf("got %v", err)
	}
}
