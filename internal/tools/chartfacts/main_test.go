// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const golden = "testdata/want/sample-v1.2.0.json"

// workplace copies testdata to a new directory and returns the options that
// generate its release in it.
func workplace(t *testing.T) options {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	return options{
		chart: filepath.Join(dir, "sample"), release: "v1.2.0", crds: filepath.Join(dir, "beside"), out: dir,
	}
}

// generate returns the data file that the options make.
func generate(t *testing.T, o options) string {
	t.Helper()
	if err := run(o, io.Discard); err != nil {
		t.Fatal(err)
	}
	return readText(t, filepath.Join(o.out, "sample", "v1.2.0.json"))
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	got := generate(t, workplace(t))
	if *update {
		writeFile(t, golden, got)
	}
	if diff := cmp.Diff(readText(t, golden), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A packed sub-chart says what its folder says.
func TestPackedSubchart(t *testing.T) {
	t.Parallel()
	o := workplace(t)
	helper := filepath.Join(o.chart, "charts", "helper")
	writeFile(t, helper+"-0.1.0.tgz", pack(t, helper))
	if err := os.RemoveAll(helper); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readText(t, golden), generate(t, o)); diff != "" {
		t.Errorf("(-folder +archive):\n%s", diff)
	}
}

func pack(t *testing.T, dir string) string {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text := readText(t, filepath.Join(dir, name))
		header := &tar.Header{Typeflag: tar.TypeReg, Name: "helper/" + name, Mode: 0o644, Size: int64(len(text))}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err = io.WriteString(archive, text)
		return err
	})
	for _, err := range []error{err, archive.Close(), zipped.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestSubchartUnderAnAlias(t *testing.T) {
	t.Parallel()
	o := workplace(t)
	replaceIn(t, filepath.Join(o.chart, "Chart.yaml"), "- name: helper", "- name: helper\n    alias: aid")
	replaceIn(t, filepath.Join(o.chart, chart.TableName), `"helper": [`, `"aid": [`)
	want := strings.Replace(readText(t, golden), `"helper": {`, `"aid": {`, 1)
	// What the parent says below the sub-chart's own name is now its own.
	got := generate(t, o)
	if !strings.Contains(got, `"aid": {`) || !strings.Contains(got, `, 8080]`) || got == want {
		t.Errorf("the sub-chart does not stand under its alias with its own defaults:\n%s", got)
	}
}

func TestRunSaysWhatItWrote(t *testing.T) {
	t.Parallel()
	o := workplace(t)
	var log strings.Builder
	if err := run(o, &log); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("wrote "+filepath.Join(o.out, "sample", "v1.2.0.json")+"\n", log.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func replaceIn(t *testing.T, path, old, with string) {
	t.Helper()
	text := readText(t, path)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	writeFile(t, path, strings.Replace(text, old, with, 1))
}

// Each case breaks one file, and the error says where and what to do.
func TestWrongInput(t *testing.T) {
	t.Parallel()
	const (
		table    = "sample/releases.json"
		metadata = "sample/Chart.yaml"
		values   = "sample/values.yaml"
		template = "sample/templates/deployment.yaml"
		policy   = "sample/templates/clusterpolicy.yaml"
		crd      = "sample/crds/clusterpolicies.yaml"
		inside   = "sample/templates/gadget-crd.yaml"
		beside   = "beside/widgets.yaml"
		helper   = "sample/charts/helper/Chart.yaml"
	)
	tests := map[string]struct{ file, old, with, want string }{
		"table is not JSON":          {table, `{`, `[`, "releases.json: "},
		"table member":               {table, `"objects"`, `"object"`, `unknown field "object"`},
		"chart without a table":      {metadata, "name: sample", "name: example", `there is no example/releases.json; write it, with what the chart's documentation says:` + "\n\n{"},
		"release without a row":      {table, `"v1.2.0": {`, `"v1.1.0": {`, `sample/releases.json says of v1.2.0 no range of Kubernetes; add below "releases"`},
		"release without a range":    {table, `"kubernetes": "1.29 - 1.32",`, ``, `   "kubernetes": "1.33 - 1.36"`},
		"day of another form":        {table, "2026-11-22", "22 Nov", `sample/releases.json: "22 Nov" is not the day on which the facts about v1.2.0 were read`},
		"range":                      {table, "1.29 - 1.32", "1.29", `the engine cannot read the result: reading chart facts sample/v1.2.0.json: kubernetes range "1.29"`},
		"lacks what nobody wants":    {table, `["Later"]`, `["Latter"]`, "lacks Latter, which is none of the chart's objects"},
		"lacks what is there":        {table, `["Later"]`, `["Later", "Gadget"]`, "defines it; strike it from lacks"},
		"object without definition":  {table, `["Later"]`, `[]`, "no CustomResourceDefinition of Later: name the folder that has it (CRDS=dir)"},
		"image from elsewhere":       {table, `example/sample/operator`, `elsewhere/operator`, "but the chart takes it from registry.example/sample"},
		"image without a tag":        {table, `operator:v1.2.0`, `operator`, "is not repository/image:version"},
		"null of no key":             {table, `"extra"`, `"extar"`, "notNull names extar, which is not a key"},
		"null that is known":         {table, `"extra"`, `"extra", "driver"`, "strike driver from notNull: the templates say it"},
		"null of no sub-chart":       {table, `"helper": [`, `"help": [`, `notNull names "help", which is not a sub-chart`},
		"metadata is no YAML":        {metadata, "name: sample", "name: [", "reading Chart.yaml: "},
		"chart without a name":       {metadata, "name: sample", "home: sample", "the chart has no name"},
		"another version":            {metadata, "v1.0.0-devel", "1.3.0", "holds sample 1.3.0, not v1.2.0"},
		"kubeVersion":                {metadata, ">= 1.16.0-0", "~1.16", `kubeVersion "~1.16"`},
		"sub-chart is missing":       {metadata, "- name: helper", "- name: other", "the sub-chart other is missing below charts; run: helm dependency build"},
		"values are no YAML":         {values, "deploy: yes", "deploy: [", "reading values.yaml: "},
		"unparsable template":        {template, "{{- end }}", "{{ end", "deployment.yaml:"},
		"helper that nobody defines": {template, `include "sample.name"`, `include "sample.nome"`, `sample/templates/deployment.yaml: no template defines "sample.nome"`},
		"include without a value":    {template, `include "sample.name" .`, `include "sample.name"`, "include takes a name and a value"},
		"endless templates":          {template, "kind: Deployment", `{{ include "sample/templates/deployment.yaml" . }}`, "include each other without end"},
		"policy function":            {policy, `| quote }}`, `| upper }}`, "clusterpolicy.yaml:15:41: upper is not understood in the template of a ClusterPolicy"},
		"policy default":             {policy, `default "10%"`, `default 1.5`, "1.5 is not understood"},
		"policy condition":           {policy, `if .Values.driver.version`, `if eq .Values.driver.version "1"`, `eq .Values.driver.version "1" is not understood`},
		"policy loop":                {policy, `{{- if .Values.driver.labels }}`, `{{- range .Values.driver.labels }}`, "is not understood"},
		"policy line":                {policy, "mode: auto", "mode auto", `"mode auto" is not understood; want a line of the form name: value`},
		"policy value in a text":     {policy, "enabled: {{", "enabled: is {{", "is not understood"},
		"definition is no YAML":      {crd, "scope: Cluster", "scope: [", "crds/clusterpolicies.yaml: "},
		"definition of another form": {crd, "versions:", "versions: {}\n  other:", "crds/clusterpolicies.yaml: json: "},
		"schema keyword":             {crd, "description: whether", "multipleOf: 2", `schema: json: unknown field "multipleOf"`},
		"schema type":                {crd, "type: boolean", "type: logical", `spec: driver: enabled: unknown type "logical"`},
		"schema format":              {inside, "int32", "int8", `size: unknown type "integer" with format "int8"`},
		"schema anyOf":               {crd, "[{type: integer}, ", "[{type: number}, ", "limit: an int-or-string of an unknown form"},
		"schema anyOf of a leaf":     {crd, "{type: boolean,", "{type: boolean, anyOf: [{type: string}],", "enabled: anyOf of an unknown form"},
		"enum with a bar":            {crd, `["on", "off", ""]`, `["on|off"]`, "mode: enum"},
		"enum with a space":          {crd, `["on", "off", ""]`, `["on off"]`, "mode: enum"},
		"field with a mark":          {crd, "enabled: {", "enabled!: {", `field "enabled!" cannot be written down`},
		"field named star":           {crd, "enabled: {", `"*": {`, `field "*" cannot be written down`},
		"scope":                      {crd, "scope: Cluster", "scope: Galaxy", `unknown scope "Galaxy"`},
		"version is not stored":      {crd, "storage: true", "storage: false", "no version is both stored and served"},
		"pattern that Go refuses":    {crd, "[a-z |]+", "(?=x)", "the engine cannot read the result"},
		"policy without its schema":  {table, `"ClusterPolicy", `, ``, "without the ClusterPolicy's schema"},
		"broken definition in templates": {
			inside, "names: {kind: Gadget}", "names: [", "templates/gadget-crd.yaml: ",
		},
		"broken definition beside": {beside, "spec:", "spec: [", "widgets.yaml: "},
		"sub-chart is no chart":    {helper, "name: helper", "home: helper", "charts/helper/Chart.yaml: reading Chart.yaml: the chart has no name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := workplace(t)
			replaceIn(t, filepath.Join(o.out, tt.file), tt.old, tt.with)
			err := run(o, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
			wroteNothing(t, o)
		})
	}
}

// wroteNothing fails when the out directory holds more than the copied testdata.
func wroteNothing(t *testing.T, o options) {
	t.Helper()
	entries, err := os.ReadDir(o.out)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, err := os.Stat(filepath.Join("testdata", entry.Name())); err != nil {
			t.Errorf("%s was left behind", entry.Name())
		}
	}
	if _, err := os.Stat(filepath.Join(o.out, "sample", "v1.2.0.json")); err == nil {
		t.Error("a data file was written")
	}
}

func TestWrongOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*options)
		want   string
	}{
		"no chart folder":      {func(o *options) { o.chart = o.crds }, "is not a chart folder: "},
		"no release":           {func(o *options) { o.release = "latest" }, `"latest" is not a release; give a version such as v26.7.0`},
		"devel is no release":  {func(o *options) { o.release = "v1.0.0-devel" }, `"v1.0.0-devel" is not a release`},
		"no definitions there": {func(o *options) { o.crds = filepath.Join(o.chart, "charts") }, "holds no .yaml file of a CustomResourceDefinition"},
		"no table":             {func(o *options) { o.out = o.crds }, "releases.json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := workplace(t)
			tt.change(&o)
			err := run(o, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
}
