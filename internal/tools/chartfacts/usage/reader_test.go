// SPDX-License-Identifier: Apache-2.0

package usage_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// read runs one template, after helpers that only define others.
func read(text, helpers string) (*usage.Key, error) {
	values := &usage.Key{}
	_, err := usage.Read(usage.Chart{Name: "c", Values: values, Files: map[string]string{"t.yaml": text, "_h.tpl": helpers}})
	return values, err
}

// uses lists the keys in the form "path: used whole ranged", elements as path[].
func uses(path string, k *usage.Key) []string {
	var words []string
	for _, flag := range []struct {
		word string
		on   condition.Condition
	}{{"used", k.Used}, {"whole", k.Whole}, {"ranged", k.Ranged}} {
		if !flag.on.Never() {
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
		"index of a list":           {`{{ define "i" }}{{ (index . 0).b }}{{ (index . 1).Values.c }}{{ end }}{{ include "i" (list .Values.a .) }}`, []string{"a.b: used", "c: used"}},
		"index of a grown list":     {`{{ $l := append (list .Values.a) .Values.c }}{{ (index $l 0).b }}`, []string{"a.b: used", "c.b: used"}},
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
	_, err := usage.Read(
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

// landings lists when a key is read, and where it lands, in the form
// "path: read when ...; at Kind.path when ...".
func landings(path string, k *usage.Key) []string {
	var out []string
	if when := k.Read(); !when.Never() && path != "" {
		line := path + ": " + when.String()
		for _, at := range k.Places {
			line += "; " + at.Kind + " " + at.Path
			if at.Bare {
				line += " bare"
			}
			if at.Quoted {
				line += " quoted"
			}
			line += " [" + at.When.String() + "]"
		}
		out = append(out, line)
	}
	for _, name := range slices.Sorted(maps.Keys(k.Below)) {
		out = append(out, landings(strings.TrimPrefix(path+"."+name, "."), k.Below[name])...)
	}
	return out
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	const helpers = `
{{- define "labels" }}
app: x
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}`
	const kind = "kind: Pod\nmetadata:\n  name: x\n"
	tests := map[string]struct {
		text string
		want []string
	}{
		"below a name":               {kind + "spec:\n  a:\n    {{- toYaml .Values.a | nindent 4 }}\n", []string{"a: ; Pod spec.a []"}},
		"behind a name":              {kind + "spec:\n  a: {{ .Values.a | toYaml | nindent 4 }}\n", []string{"a: ; Pod spec.a []"}},
		"next to others":             {kind + "spec:\n  b: 1\n  {{- toYaml .Values.a | nindent 2 }}\n", []string{"a: ; Pod spec []"}},
		"without indentation":        {kind + "spec:\n  a:\n    {{ toYaml .Values.a }}\n", []string{"a: ; Pod spec.a []"}},
		"list at the column of name": {kind + "spec:\n  a:\n  {{- toYaml .Values.a | nindent 2 }}\n", []string{"a: ; Pod spec.a []"}},
		"more of a list":             {kind + "spec:\n  a:\n  - b: c\n    d:\n      e: f\n  {{- toYaml .Values.a | nindent 2 }}\n", []string{"a: ; Pod spec.a []"}},
		"after a printed value":      {kind + "spec:\n  b: {{ .Values.b }}\n  {{- toYaml .Values.a | nindent 2 }}\n", []string{"a: ; Pod spec []", "b: ; Pod spec.b bare []"}},
		"in a list":                  {kind + "spec:\n  a:\n    - b: c\n      d:\n        {{- toYaml .Values.a | nindent 8 }}\n", []string{"a: ; Pod spec.a[].d []"}},
		"through a helper":           {kind + "  labels:\n    {{- include \"labels\" . | nindent 4 }}\nspec:\n  a: {{ toYaml .Values.a | nindent 4 }}\n", []string{"a: ; Pod spec.a []", "labels: ; Pod metadata.labels [labels]"}},
		"second document":            {kind + "---\nkind: Job\nspec: {{ toYaml .Values.a | nindent 2 }}\n", []string{"a: ; Job spec []"}},
		"within a text":              {"kind: ConfigMap\ndata:\n  file: |\n    x: 1\n    {{- toYaml .Values.a | nindent 4 }}\n", []string{"a: ;   []"}},
		"as a template":              {kind + "spec: {{ tpl (toYaml .Values.a) $ | nindent 2 }}\n", []string{"a: ; Pod spec []"}},
		"in a variable":              {kind + "{{- $a := toYaml .Values.a }}\nspec: {{ $a | nindent 2 }}\n", []string{"a: ; Pod spec []"}},
		"as a checksum":              {kind + "  sum: {{ .Values.a | toYaml | sha256sum }}\n", []string{"a: "}},
		"encoded":                    {kind + "  a: {{ toYaml .Values.a | b64enc }}\n", []string{"a: ;   []"}},
		"printed":                    {kind + "spec:\n  a: {{ .Values.a }}\n", []string{"a: ; Pod spec.a bare []"}},
		"printed last":               {kind + "spec:\n  a: {{ .Values.a }}", []string{"a: ; Pod spec.a bare []"}},
		"printed with more":          {kind + "spec:\n  a: {{ .Values.a }}-x\n  b: {{ .Values.b }}/{{ .Values.c }}\n", []string{"a: ", "b: ", "c: "}},
		"printed through a function": {kind + "spec:\n  a: {{ .Values.a | quote }}\n  b: {{ .Values.b | default 1 }}\n", []string{"a: ; Pod spec.a bare quoted []", "b: "}},
		"on a condition":             {"{{ if .Values.b }}" + kind + "spec: {{ toYaml .Values.a | nindent 2 }}\n{{ end }}", []string{"a: b; Pod spec [b]", "b: "}},
		"in the other branch":        {kind + "{{ if eq .Values.b 1 }}{{ else }}spec: {{ toYaml .Values.a | nindent 2 }}\n{{ end }}", []string{"a: b!=1; Pod spec [b!=1]", "b: "}},
		"on its own condition":       {kind + "{{ with .Values.a }}spec: {{ toYaml . | nindent 2 }}\n{{ end }}", []string{"a: ; Pod spec [a]"}},
		"on what is not known":       {kind + "{{ if .Capabilities.X }}spec: {{ toYaml .Values.a | nindent 2 }}\n{{ end }}", []string{"a: ; Pod spec []"}},
		"on all of several": {
			kind + "{{ if and .Values.b (not (or .Values.c (ne .Values.d \"x\"))) }}spec: {{ toYaml .Values.a | nindent 2 }}\n{{ end }}",
			[]string{`a: b !c d="x"; Pod spec [b !c d="x"]`, "b: ", "c: b", "d: b !c"},
		},
		"for elements": {kind + "{{ range .Values.b }}spec: {{ toYaml $.Values.a | nindent 2 }}\n{{ end }}", []string{"a: b; Pod spec [b]", "b: "}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := read(tt.text, helpers)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, landings("", values)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

// A null of a map makes Helm fail where a member of it is asked for.
func TestWalked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"member":              {`{{ .Values.a.b }}`, ""},
		"on a condition":      {`{{ if .Values.c }}{{ .Values.a.b }}{{ end }}`, "c"},
		"where it is set":     {`{{ if .Values.a }}{{ .Values.a.b }}{{ end }}`, "a"},
		"and":                 {`{{ if and .Values.c .Values.a.b }}{{ end }}`, "c"},
		"or":                  {`{{ if or .Values.c .Values.a.b }}{{ end }}`, "!c"},
		"in an unknown place": {`{{ if .Capabilities.X }}{{ .Values.a.b }}{{ end }}`, "never"},
		"by a function":       {`{{ get .Values.a "b" }}`, "never"},
		"itself":              {`{{ .Values.a }}`, "never"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := read(tt.text, "")
			if err != nil {
				t.Fatal(err)
			}
			got := "never"
			if walked := values.At("a").Walked; !walked.Never() {
				got = walked.String()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

// TestAssets: a file of the chart is a template where tpl runs it.
func TestAssets(t *testing.T) {
	t.Parallel()
	assets := map[string]string{"files/a.yaml": "a: {{ .Values.a.b }}\n", "files/b.yaml": "{{ .Values.b", "empty": ""}
	tests := map[string]struct {
		text    string
		want    []string
		wantErr string
	}{
		"run":             {`{{ tpl (.Files.Get "files/a.yaml") . }}`, []string{"a.b: used"}, ""},
		"by the root":     {`{{ with .Values.c }}{{ tpl ($.Files.Get "files/a.yaml") $ }}{{ end }}`, []string{"a.b: used", "c: used"}, ""},
		"printed":         {`{{ .Files.Get "files/a.yaml" | indent 2 }}`, nil, ""},
		"missing":         {`{{ tpl (.Files.Get "files/none.yaml") . }}`, nil, ""},
		"empty":           {`{{ tpl (.Files.Get "empty") . }}`, nil, ""},
		"of any name":     {`{{ tpl (.Files.Get .Values.c) . }}`, []string{"c: used"}, ""},
		"not a template":  {`{{ tpl (.Files.Get "files/b.yaml") . }}`, nil, "c/files/b.yaml"},
		"not of the file": {`{{ tpl (.Values.Get "files/a.yaml") . }}`, []string{"Get: used"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := &usage.Key{}
			_, err := usage.Read(usage.Chart{Name: "c", Values: values, Files: map[string]string{"t.yaml": tt.text}, Assets: assets})
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("got %v, want an error that names %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, uses("", values)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"fail":            {`{{ if .Values.a }}{{ fail "no" }}{{ end }}`, []string{"a: no"}},
		"constants":       {`{{ if and (eq .Values.a false) (ne .Values.b "x") (empty .Values.c) }}{{ fail "no" }}{{ end }}`, []string{`a=false b!="x" !c: no`}},
		"one of several":  {`{{ if not (or (eq .Values.a "x") (eq .Values.a "y")) }}{{ fail "no" }}{{ end }}`, []string{`a!="x" a!="y": no`}},
		"eq of several":   {`{{ if eq .Values.a "x" "y" }}{{ fail "no" }}{{ end }}`, []string{`a="x" or a="y": no`}},
		"nested":          {`{{ if .Values.a }}{{ if .Values.b }}{{ else if .Values.c }}{{ fail "no" }}{{ end }}{{ end }}`, []string{"a !b c: no"}},
		"variable":        {`{{ $on := and .Values.a .Values.b }}{{ if not $on }}{{ fail "no" }}{{ end }}`, []string{"!a or !b: no"}},
		"made message":    {`{{ if .Values.a }}{{ $e := "" }}{{ $e = printf "%s\nNo: %s." $e .Values.a }}{{ $e = printf "%s\nNever." $e }}{{ fail $e }}{{ end }}`, []string{"a: No: …. Never."}},
		"required":        {`{{ required "give a" .Values.a }}`, []string{`a="" or a=null: give a`}},
		"of the cluster":  {`{{ if not (.Capabilities.APIVersions.Has "v1") }}{{ fail "no" }}{{ end }}`, nil},
		"partly known":    {`{{ if and .Values.a (eq (include "h" .) "x") }}{{ fail "no" }}{{ end }}`, nil},
		"impossible":      {`{{ if .Values.a }}{{ if not .Values.a }}{{ fail "no" }}{{ end }}{{ end }}`, nil},
		"in an unknown":   {`{{ if semverCompare ">1" .Values.a }}{{ fail "no" }}{{ end }}`, nil},
		"element of list": {`{{ range .Values.a }}{{ if . }}{{ fail "no" }}{{ end }}{{ end }}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := usage.Read(usage.Chart{Name: "c", Values: &usage.Key{}, Files: map[string]string{"t.yaml": tt.text, "_h.tpl": `{{ define "h" }}x{{ end }}`}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found.Failures {
				got = append(got, f.When.String()+": "+f.Message)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

// The templates of a sub-chart are rendered on its condition.
func TestConditionOfAChart(t *testing.T) {
	t.Parallel()
	values := &usage.Key{}
	found, err := usage.Read(usage.Chart{
		Name: "c", Values: values, When: condition.Set("on"),
		Files: map[string]string{"t.yaml": "kind: Widget\nspec: {{ toYaml .Values.a | nindent 2 }}\n"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a: on; Widget spec [on]"}, landings("", values)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("on", found.Kinds["Widget"].String()); diff != "" {
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
