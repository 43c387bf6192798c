// SPDX-License-Identifier: Apache-2.0

package usage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever a template says, reading it ends, without a panic, and finds the
// same again.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		`{{ .Values.a.b }}`,
		`{{ range $k, $v := .Values.a }}{{ $k }}: {{ toYaml $v }}{{ else }}{{ .Values.b }}{{ end }}`,
		`{{ define "h" }}{{ include "h" . }}{{ end }}{{ include "h" (dict "a" . "b" $) }}`,
		`{{ $d := dict "x" .Values }}{{ $_ := set $d "d" $d }}{{ toYaml $d }}`,
		`{{ $l := list }}{{ range .Values.a }}{{ $l = append $l $l }}{{ $l = concat $l (list $l .) }}{{ end }}{{ $l | first | last | toYaml }}`,
		`{{ dig }}{{ index }}{{ set }}{{ pick }}{{ pluck }}{{ dict "a" }}{{ required }}{{ ternary }}{{ get . }}{{ must }}`,
		`{{ (index .Values "a" 1).b.c | default (coalesce .x .y).z }}`,
	} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, text, helpers string) {
		first, errFirst := read(text, helpers)
		second, errSecond := read(text, helpers)
		if (errFirst == nil) != (errSecond == nil) {
			t.Fatalf("got %v, then %v", errFirst, errSecond)
		}
		if errFirst != nil {
			return
		}
		if diff := cmp.Diff(uses("", first), uses("", second)); diff != "" {
			t.Errorf("two readings differ:\n%s", diff)
		}
	})
}
