// SPDX-License-Identifier: Apache-2.0

package usage_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// read runs one template, after helpers that only define others.
func read(text, helpers string) (*usage.Key, error) {
	values := &usage.Key{}
	return values, usage.Read(usage.Chart{Name: "c", Values: values, Files: map[string]string{"t.yaml": text, "_h.tpl": helpers}})
}

// uses lists the keys in the form "path: used whole ranged", elements as path[].
func uses(path string, k *usage.Key) []string {
	var words []string
	for _, flag := range []struct {
		word string
		on   bool
	}{{"used", k.Used}, {"whole", k.Whole}, {"ranged", k.Ranged}} {
		if flag.on {
			words = append(words, flag.word)
		}
	}
	var out []string
	if len(words) > 0 {
		out = append(out, path+": "+strings.Join(words, " "))
	}
	for _, name := range slices.Sorted(maps.Keys(k.Below)) {
		out = append(out, uses(strings.TrimPrefix(path+"."+name, "."), k.Below[name])...)
	}
	if k.Element != nil {
		out = append(out, uses(path+"[]", k.Element)...)
	}
	return out
}

func TestRead(t *testing.T) {
	t.Parallel()
	const helpers = `
{{- define "name" }}{{ .Values.name | default .Chart.Name }}{{ end }}
{{- define "part" }}{{ .part.size }}{{ .root.Values.unit }}{{ end }}
{{- define "twice" }}{{ include "part" . }}{{ end }}
{{- define "unused" }}{{ .Values.unused }}{{ end }}`
	tests := map[string]struct {
		text string
		want []string
	}{
		"printed":                   {`{{ .Values.a.b }}`, []string{"a.b: used"}},
		"through the root":          {`{{ with .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}`, []string{"a: used", "a.b: used", "c: used"}},
		"condition":                 {`{{ if and .Values.a (not .Values.b) }}{{ .Values.c }}{{ else }}{{ .Values.d }}{{ end }}`, []string{"a: used", "b: used", "c: used", "d: used"}},
		"else of with":              {`{{ with .Values.a }}{{ .b }}{{ else }}{{ .Values.c }}{{ end }}`, []string{"a: used", "a.b: used", "c: used"}},
		"toYaml":                    {`{{ toYaml .Values.a | nindent 2 }}{{ .Values.b | toJson }}`, []string{"a: whole", "b: whole"}},
		"must variant":              {`{{ mustToYaml .Values.a }}`, []string{"a: whole"}},
		"with toYaml":               {`{{ with .Values.a }}{{ toYaml . }}{{ end }}`, []string{"a: used whole"}},
		"range":                     {`{{ range .Values.a }}{{ .b }}{{ end }}`, []string{"a: ranged", "a[].b: used"}},
		"range with a key":          {`{{ range $k, $v := .Values.a }}{{ $k }}{{ $v.b }}{{ else }}{{ .Values.c }}{{ end }}`, []string{"a: ranged", "a[].b: used", "c: used"}},
		"variable":                  {`{{ $x := .Values.a }}{{ $x.b }}`, []string{"a.b: used"}},
		"variable never printed":    {`{{ $x := .Values.a }}`, nil},
		"assigned in a branch":      {`{{ $x := .Values.a }}{{ if .Values.b }}{{ $x = .Values.c }}{{ end }}{{ $x }}`, []string{"a: used", "b: used", "c: used"}},
		"assigned in a loop":        {`{{ $x := list }}{{ range .Values.a }}{{ $x = append $x . }}{{ end }}{{ toYaml $x }}`, []string{"a: ranged", "a[]: whole"}},
		"names made of a list":      {`{{ $x := list }}{{ range .Values.a }}{{ $x = append $x (dict "name" .) }}{{ end }}{{ toYaml $x }}`, []string{"a: ranged", "a[]: used"}},
		"include":                   {`{{ include "name" . }}`, []string{"name: used"}},
		"template":                  {`{{ template "name" . }}{{ template "name" }}`, []string{"name: used"}},
		"include with a dict":       {`{{ include "twice" (dict "root" $ "part" .Values.a) }}`, []string{"a.size: used", "unit: used"}},
		"include of a file":         {`{{ include (print $.Template.BasePath "/t.yaml") . | sha256sum }}`, nil},
		"include of one of two":     {`{{ include (ternary "name" "unused" .Values.b) . }}`, []string{"b: used", "name: used", "unused: used"}},
		"include by a dict":         {`{{ with dict "which" "name" "root" . }}{{ include .which .root }}{{ end }}`, []string{"name: used"}},
		"tpl":                       {`{{ tpl .Values.a . }}{{ tpl (toYaml .Values.b) . }}`, []string{"a: used", "b: whole"}},
		"default":                   {`{{ default .Values.a .Values.b | quote }}`, []string{"a: used", "b: used"}},
		"coalesce":                  {`{{ (coalesce .Values.a .Values.b).c }}`, []string{"a: used", "a.c: used", "b: used", "b.c: used"}},
		"ternary":                   {`{{ ternary .Values.a "x" .Values.b }}`, []string{"a: used", "b: used"}},
		"required":                  {`{{ (required "give a" .Values.a).b }}`, []string{"a.b: used"}},
		"index":                     {`{{ index .Values "a-b" "c" }}{{ index .Values.d .Values.e }}`, []string{"a-b.c: used", "d: ranged", "d[]: used", "e: used"}},
		"get and set":               {`{{ $d := dict "x" .Values.a }}{{ $_ := set $d "y" .Values.b }}{{ get $d "y" }}`, []string{"b: used"}},
		"computed name of a dict":   {`{{ $d := dict .Values.k .Values.a }}{{ toYaml $d }}`, []string{"a: whole"}},
		"dig":                       {`{{ dig "a" "b" .Values.c .Values.d }}`, []string{"c: used", "d.a.b: used"}},
		"pluck":                     {`{{ pluck "x" .Values.a .Values.b | toYaml }}`, []string{"a.x: whole", "b.x: whole"}},
		"pick":                      {`{{ pick .Values.a "x" "y" | toYaml }}`, []string{"a.x: whole", "a.y: whole"}},
		"omit":                      {`{{ omit .Values.a "x" | toYaml }}`, []string{"a: whole"}},
		"merge":                     {`{{ mergeOverwrite (deepCopy .Values.a) .Values.b | toYaml }}`, []string{"a: whole", "b: whole"}},
		"hasKey":                    {`{{ if hasKey .Values.a "b" }}{{ end }}`, []string{"a.b: used"}},
		"first":                     {`{{ (first .Values.a).b }}`, []string{"a: ranged", "a[].b: used"}},
		"keys and values":           {`{{ keys .Values.a | join "," }}{{ range values .Values.b }}{{ . }}{{ end }}`, []string{"a: ranged", "b: ranged", "b[]: used"}},
		"length":                    {`{{ if gt (len .Values.a) 1 }}{{ end }}`, []string{"a: used"}},
		"method":                    {`{{ if .Capabilities.APIVersions.Has .Values.a }}{{ end }}`, []string{"a: used"}},
		"range over a dict":         {`{{ range $k, $v := dict "x" .Values.a "y" .Values.b }}{{ $v.c }}{{ end }}`, []string{"a.c: used", "b.c: used"}},
		"range over a list":         {`{{ range list .Values.a .Values.b }}{{ . }}{{ break }}{{ end }}`, []string{"a: used", "b: used"}},
		"unknown function":          {`{{ frobnicate .Values.a 1 nil true | quote }}`, []string{"a: used"}},
		"values handed on whole":    {`{{ toYaml .Values }}`, []string{": whole"}},
		"what is not of the values": {`{{ .Chart.Name }}{{ .Release.Service | quote }}{{ $.Files.Get "x" }}{{ now }}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := read(tt.text, helpers)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, uses("", values)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

// Templates are shared among a chart and its sub-charts, values are not.
func TestReadSubcharts(t *testing.T) {
	t.Parallel()
	parent := &usage.Key{}
	sub := parent.Member("sub")
	err := usage.Read(
		usage.Chart{Name: "parent", Values: parent, Files: map[string]string{
			"t.yaml": `{{ include "h" . }}{{ .Values.sub.port }}`, "_h.tpl": `{{ define "h" }}{{ .Values.parents }}{{ end }}`,
		}},
		usage.Chart{Name: "sub", Values: sub, Files: map[string]string{
			"t.yaml": `{{ include "h" . }}{{ include "own" . }}`,
			"_h.tpl": `{{ define "h" }}{{ .Values.overridden }}{{ end }}{{ define "own" }}{{ .Values.owned }}{{ end }}`,
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"parents: used", "sub.owned: used", "sub.parents: used", "sub.port: used"}
	if diff := cmp.Diff(want, uses("", parent)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, helpers, want string }{
		"syntax":            {"\n{{ if }}", "", "c/templates/t.yaml:2: missing value for if"},
		"variable":          {"{{ $x }}", "", `undefined variable "$x"`},
		"undefined helper":  {`{{ include "h" . }}`, "", `c/templates/t.yaml: no template defines "h"`},
		"undefined by name": {`{{ template "h" . }}`, "", `no template defines "h"`},
		"arguments":         {`{{ include "h" }}`, "", "include takes a name and a value, got 1 arguments"},
		"computed include":  {`{{ include (printf "%s-x" .Chart.Name) . }}`, "", "cannot be told"},
		"endless":           {`{{ include "h" . }}`, `{{ define "h" }}{{ include "h" . }}{{ end }}`, "without end"},
		"endless and wide": {
			`{{ include "a" . }}`,
			`{{ define "a" }}{{ if 1 }}{{ include "b" . }}{{ end }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ with .x }}{{ template "a" . }}{{ end }}{{ range .y }}{{ template "a" . }}{{ end }}{{ end }}`,
			"without end",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(tt.text, tt.helpers)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func TestUse(t *testing.T) {
	t.Parallel()
	values := &usage.Key{}
	values.Use("a", "b")
	if !values.At("a").Live() || values.At("a").At("c").Live() || values.At("x").At("y").Live() {
		t.Errorf("got %v", uses("", values))
	}
}
