// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"strings"
	"testing"
	"text/template/parse"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/policy"
)

// parseSpec parses a template of which only the text below spec is given.
func parseSpec(spec string) (*parse.Tree, error) {
	t := parse.New("policy.yaml")
	t.Mode = parse.SkipFuncCheck
	return t.Parse("kind: ClusterPolicy\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n"+spec, "", "", map[string]*parse.Tree{})
}

func tree(t *testing.T, spec string) *parse.Tree {
	t.Helper()
	parsed, err := parseSpec(spec)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spec string
		want []string
	}{
		"copied":               {"  a: {{ .Values.a }}\n", []string{"a copy"}},
		"from another key":     {"  a: {{ .Values.b.c }}\n", []string{"a copy from b.c"}},
		"nested":               {"  a:\n    b:\n      c: {{ .Values.x }}\n    d: 1\n  e: {{ .Values.e }}\n", []string{"a.b.c copy from x", "a.d const 1", "e copy"}},
		"quoted":               {"  a: {{ .Values.a | quote }}\n  b: {{ quote .Values.b }}\n", []string{"a copy quoted", "b copy quoted"}},
		"whole":                {"  a: {{ toYaml .Values.a | nindent 4 }}\n  b:\n    {{- .Values.b | toYaml | indent 4 }}\n", []string{"a copy", "b copy"}},
		"default":              {"  a: {{ .Values.a | default \"x<y\" }}\n  b: {{ default 3 .Values.b }}\n  c: {{ .Values.c | default false }}\n", []string{`a copy default "x<y"`, "b copy default 3", "c copy default false"}},
		"app version":          {"  a: {{ .Values.a | default .Chart.AppVersion | quote }}\n", []string{`a copy quoted default "<appVersion>"`}},
		"set":                  {"  {{- if .Values.a }}\n  a: {{ .Values.a }}\n  {{- end }}\n", []string{"a set"}},
		"set, but a default":   {"  {{- if .Values.a }}\n  a: {{ .Values.a | default 1 }}\n  {{- end }}\n", []string{"a copy default 1 when a"}},
		"set among conditions": {"  {{- if .Values.b }}\n  {{- if .Values.a }}\n  a: {{ .Values.a }}\n  {{- end }}\n  {{- end }}\n  c: 1\n", []string{"a set when b", "c const 1"}},
		"else":                 {"  {{- if .Values.a }}\n  b: 1\n  {{- else }}\n  b: []\n  {{- end }}\n", []string{"b const 1 when a", "b const [] when !a"}},
		"else of not":          {"  {{- if not .Values.a }}\n  b: on\n  {{- else }}\n  b: \"on\"\n  {{- end }}\n", []string{`b const "on" when !a`, `b const "on" when a`}},
		"and":                  {"  {{- if and (.Values.a) (not .Values.b) (ne .Values.c nil) }}\n  d: {}\n  {{- end }}\n  e: null\n", []string{"d const {} when a !b ?c", "e const null"}},
		"comments and blanks":  {"  # text: {{/* no */}}\n\n  a: {{ .Values.a }}\n", []string{"a copy"}},
		"labels":               {"  a:\n    labels:\n      {{- include \"gpu-operator.operand-labels\" . | nindent 6 }}\n", []string{"a.labels labels"}},
		"blank before a colon": {"  a : {{ .Values.a }}\n", []string{"a copy"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := policy.Read(tree(t, tt.spec))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Fields); diff != "" {
				t.Errorf("%s(-want +got):\n%s", tt.spec, diff)
			}
		})
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	parsed, err := parse.New("p").Parse("{{- if .Values.on }}\nkind: ClusterPolicy\nspec:\n  a: {{ .Values.a }}\n  {{- if .Values.b }}\n  b: {{ .Values.b }}\n  {{- end }}\n{{- end }}\n", "", "", map[string]*parse.Tree{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := policy.Read(parsed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&policy.Map{When: "on", Fields: []string{"a copy", "b set"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNotUnderstood(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ spec, want string }{
		"function":           {"  a: {{ .Values.a | upper }}\n", "policy.yaml:5:20: upper is not understood"},
		"other source":       {"  a: {{ .Release.Name }}\n", ".Release.Name is not understood"},
		"values whole":       {"  a: {{ .Values }}\n", ".Values is not understood"},
		"other helper":       {"  a: {{ include \"x\" . }}\n", `include "x" . is not understood`},
		"no source":          {"  a: {{ quote }}\n", "quote is not understood"},
		"float default":      {"  a: {{ .Values.a | default 1.5 }}\n", "1.5 is not understood"},
		"other default":      {"  a: {{ .Values.a | default .Chart.Name }}\n", ".Chart.Name is not understood"},
		"list default":       {"  a: {{ .Values.a | default (list) }}\n", "is not understood"},
		"method":             {"  a: {{ .Values.a.b 1 }}\n", "is not understood"},
		"variable":           {"  a: {{ $x := .Values.a }}\n", "is not understood"},
		"two values":         {"  a: {{ .Values.a }}{{ .Values.b }}\n", "is not understood"},
		"value in a text":    {"  a: x-{{ .Values.a }}\n", "is not understood"},
		"text behind":        {"  a: {{ .Values.a }}-x\n", "is not understood"},
		"range":              {"  {{- range .Values.a }}\n  a: 1\n  {{- end }}\n", "is not understood"},
		"with":               {"  {{- with .Values.a }}\n  a: 1\n  {{- end }}\n", "is not understood"},
		"or":                 {"  {{- if or .Values.a .Values.b }}\n  a: 1\n  {{- end }}\n", "or .Values.a .Values.b is not understood"},
		"piped condition":    {"  {{- if .Values.a | not }}\n  a: 1\n  {{- end }}\n", "is not understood"},
		"condition of text":  {"  {{- if and .Values.a \"x\" }}\n  a: 1\n  {{- end }}\n", `"x" is not understood`},
		"not both":           {"  {{- if not (and .Values.a .Values.b) }}\n  a: 1\n  {{- end }}\n", "is not understood"},
		"else of both":       {"  {{- if and .Values.a .Values.b }}\n  a: 1\n  {{- else }}\n  a: 2\n  {{- end }}\n", "is not understood"},
		"else of not null":   {"  {{- if ne .Values.a nil }}\n  a: 1\n  {{- else }}\n  a: 2\n  {{- end }}\n", "is not understood"},
		"condition of chart": {"  {{- if .Chart.AppVersion }}\n  a: 1\n  {{- end }}\n", "is not understood"},
		"list":               {"  a:\n    - b\n", `"- b" is not understood; want a line of the form name: value`},
		"constant":           {"  a: [\n", `the constant "["`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Read(tree(t, tt.spec))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func TestNoPolicy(t *testing.T) {
	t.Parallel()
	parsed, err := parse.New("p").Parse("kind: Job\n", "", "", map[string]*parse.Tree{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Read(parsed); err == nil || !strings.Contains(err.Error(), `p has no line "kind: ClusterPolicy"`) {
		t.Errorf("got %v", err)
	}
}

func TestRenders(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"kind: ClusterPolicy\n":                              true,
		"{{ if .Values.a }}\nkind: ClusterPolicy\n{{ end }}": true,
		"kind: Job\ncommand: kubectl delete ClusterPolicy":   false,
		"{{ .Values.a }}":                                    false,
	}
	for text, want := range tests {
		parsed, err := parse.New("t").Parse(text, "", "", map[string]*parse.Tree{})
		if err != nil {
			t.Fatal(err)
		}
		if got := policy.Renders(parsed); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

// Whatever the template says, reading it ends without a panic.
func FuzzRead(f *testing.F) {
	f.Add("  a: {{ .Values.a | default 1 | quote }}\n")
	f.Add("  {{- if and .Values.a (not .Values.b) }}\n  a:\n    b: []\n  {{- else }}\n  c: {}\n  {{- end }}\n")
	f.Add("a\n:\n {{ default }}:{{ quote }}\n")
	f.Fuzz(func(t *testing.T, spec string) {
		parsed, err := parseSpec(spec)
		if err != nil {
			return
		}
		read, err := policy.Read(parsed)
		if err != nil {
			return
		}
		for _, field := range read.Fields {
			if len(strings.Fields(field)) < 2 {
				t.Errorf("%q is no line of the data", field)
			}
		}
	})
}
