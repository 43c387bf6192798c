// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func TestSnapshotErrors(t *testing.T) {
	t.Parallel()
	const header = "apiVersion: snapshot.dgxc.io/v1\nkind: Snapshot\n"
	tests := map[string]struct{ text, want string }{
		"empty":              {"", "line 1, column 1: the document is empty"},
		"blank":              {" \n\n", "line 1, column 1: the document is empty"},
		"comment":            {"# nothing\n", "the document is empty"},
		"scalar":             {"snapshot", `line 1, column 1: got "snapshot", want a mapping`},
		"long scalar":        {strings.Repeat("x", 100), `got "` + strings.Repeat("x", 80) + `"..., want a mapping`},
		"null":               {"null", "got null, want a mapping"},
		"malformed YAML":     {header + "measurements: [\n", "invalid YAML"},
		"tab":                {header + "measurements:\n\t- type: OS", "line 4, column 2: invalid YAML"},
		"truncated YAML":     {header + "measurements: [{type: OS, subtypes: [{subtype: kmod, da", "invalid YAML"},
		"malformed JSON":     {"{\n  \"kind\": ]}", "line 2, column 11: invalid JSON"},
		"misplaced comma":    {"{\n  ,}", "line 2, column 3: invalid JSON"},
		"misspelled value":   {"{\n  \"kind\": tr]}", "line 2, column 11: invalid JSON"},
		"truncated JSON":     {`{"kind": "Snapshot", "measurements": [`, "line 1, column 39: invalid JSON: the document ends too early"},
		"text after JSON":    {"{\"kind\": \"Snapshot\"}\n{}", "line 2, column 1: text follows the end of the JSON document"},
		"JSON nested deeply": {strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70), "nested deeper than 64 levels"},
		"YAML nested deeply": {strings.Repeat("[", 70) + strings.Repeat("]", 70), "nested deeper than 64 levels"},
		"nested far deeper":  {strings.Repeat("[", 20_000), "invalid YAML"},
		"not UTF-8":          {header + "metadata: {hostname: \xff}", "line 3, column 22: the text is not valid UTF-8"},
		"NUL byte":           {"kind: Snap\x00shot", "line 1, column 11: the text holds a NUL byte"},
		"control character":  {"kind: \x01", "control characters are not allowed"},
		"two documents":      {header + "---\nkind: x", "line 3, column 1: a second document begins here"},
		"broken second":      {header + "---\n[", "invalid YAML"},
		"alias of itself":    {"a: &a [*a]", "nested deeper than 64 levels"},
		"unknown alias":      {"a: *b", "invalid YAML: unknown anchor 'b' referenced"},
		"duplicate key":      {header + "kind: Snapshot", "line 3, column 1: the key \"kind\" is given twice"},
		"duplicate JSON key": {"{\"kind\": \"Snapshot\",\n \"kind\": \"Snapshot\"}", "line 2, column 2: the key \"kind\" is given twice"},
		"merge key":          {"<<: {kind: Snapshot}", "merge keys (<<) are not supported"},
		"list as key":        {"? [a]\n: b", "a key must be a string, got a list"},
		"wrong kind":         {"kind: Recipe\napiVersion: recipe.dgxc.io/v1", `line 1, column 7: kind: got "Recipe", want "Snapshot": this is not a Snapshot document`},
		"wrong version":      {"kind: Snapshot\napiVersion: v2", `apiVersion: got "v2", want "snapshot.dgxc.io/v1"`},
		"kind of a list":     {"kind: []", "kind: got a list, want a single value"},
		"no kind":            {"apiVersion: snapshot.dgxc.io/v1\nmeasurements: []", `the field "kind" is missing`},
		"no measurements":    {header, `the field "measurements" is missing`},
		"unknown field":      {header + "spec: {}", `line 3, column 1: spec: unknown field "spec"; expected kind, apiVersion, measurements or metadata`},
		"odd unknown field":  {header + "'a b': {}", `["a b"]: unknown field "a b"`},
		"no list":            {header + "measurements: {}", "measurements: got a mapping, want a list"},
		"empty list":         {header + "measurements: []", "measurements: the list is empty; give at least one measurement"},
		"no mapping":         {header + "measurements: [OS]", `measurements[0]: got "OS", want a mapping`},
		"unknown type":       {header + "measurements: [{type: os, subtypes: []}]", `measurements[0].type: unknown measurement type "os"; expected K8s, GPU, OS or SystemD`},
		"type of a list":     {header + "measurements: [{type: [], subtypes: []}]", "measurements[0].type: got a list"},
		"subtypes no list":   {header + "measurements: [{type: OS, subtypes: {}}]", "measurements[0].subtypes: got a mapping"},
		"subtypes empty":     {header + "measurements: [{type: OS, subtypes: []}]", "subtypes: the list is empty; give at least one subtype"},
		"type twice":         {header + "measurements:\n- {type: OS, subtypes: [{subtype: a, data: {a: 1}}]}\n- {type: OS, subtypes: [{subtype: b, data: {a: 1}}]}", "line 5, column 3: measurements[1]: the type OS is given twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := document.DecodeSnapshot(t.Context(), []byte(tt.text))
			wantError(t, err, tt.want)
		})
	}
}

func TestSubtypeErrors(t *testing.T) {
	t.Parallel()
	for subtypes, want := range map[string]string{
		"[a]":                             `measurements[0].subtypes[0]: got "a", want a mapping`,
		"[{subtype: '', data: {a: 1}}]":   "the name of a subtype must not be empty",
		"[{subtype: [], data: {a: 1}}]":   "subtypes[0].subtype: got a list",
		"[{subtype: a}]":                  `the field "data" is missing`,
		"[{subtype: a, data: []}]":        "data: got a list, want a mapping",
		"[{subtype: a, data: {}}]":        "data: the data of a subtype must not be empty",
		"[{subtype: a, data: {b: ~}}]":    "data.b: got null, want a value",
		"[{subtype: a, data: {b: [1]}}]":  "data.b: got a list, want a single value (string, number or bool)",
		"[{subtype: a, data: {b/c: {}}}]": `data["b/c"]: got a mapping`,

		"[{subtype: a, data: {b: 1}}, {subtype: a, data: {b: 1}}]": `subtypes[1]: the subtype "a" is given twice`,
		"[{subtype: a, data: {b: 1}, context: {c: x}}]":            `context.c: a context explains a value, but data has none for the key "c"`,
		"[{subtype: a, data: {b: 1}, context: {b: [x]}}]":          "context.b: got a list",
		"[{subtype: a, data: {b: 1}, context: x}]":                 `context: got "x", want a mapping`,
		"[{subtype: a, data: {b: 18446744073709551616}}]":          "data.b: the integer \"18446744073709551616\" does not fit 64 bits",
		"[{subtype: a, data: {b: -9223372036854775809}}]":          "does not fit 64 bits",
		"[{subtype: a, data: {b: .inf}}]":                          "a number must be finite",
		"[{subtype: a, data: {b: .nan}}]":                          "a number must be finite",
		"[{subtype: a, data: {b: !!int x}}]":                       `"x" is not a valid int`,
		"[{subtype: a, data: {b: !!binary aGk=}}]":                 "the tag \"!!binary\" is not supported",
		"[{subtype: a, data: {b: !secret x}}]":                     "the tag \"!secret\" is not supported",
	} {
		text := "{apiVersion: snapshot.dgxc.io/v1, kind: Snapshot, measurements: [{type: OS, subtypes: " + subtypes + "}]}"
		_, err := document.DecodeSnapshot(t.Context(), []byte(text))
		wantError(t, err, want)
	}
}

func TestJSONIntegers(t *testing.T) {
	t.Parallel()
	text := func(number string) []byte {
		return []byte(`{"apiVersion": "snapshot.dgxc.io/v1", "kind": "Snapshot", "measurements": [{"type": "OS", "subtypes": [{"subtype": "a", "data": {"n": ` + number + `}}]}]}`)
	}
	for number, want := range map[string]any{
		"18446744073709551615": "18446744073709551615", "-9223372036854775808": "-9223372036854775808", "8": int64(8), "8.5": 8.5, "8.0": "8.0", "1e3": "1000.0",
		"true": true, `"8"`: "8", `"\u00e9"`: "é",
	} {
		s, err := document.DecodeSnapshot(t.Context(), text(number))
		if err != nil {
			t.Errorf("%s: %v", number, err)
			continue
		}
		if got := s.Measurements.Get(measurement.OS, "a", "n").Any(); got != want {
			t.Errorf("%s: got %T %v, want %T %v", number, got, got, want, want)
		}
	}
	for number, want := range map[string]string{"18446744073709551616": "does not fit 64 bits", "1e999": "", "null": "got null"} {
		_, err := document.DecodeSnapshot(t.Context(), text(number))
		wantError(t, err, want)
	}
}

func TestPlacesInJSON(t *testing.T) {
	t.Parallel()
	_, err := document.DecodeSnapshot(t.Context(), []byte("{\"é\": 1,\n \"kind\": \"Recipe\"}"))
	wantError(t, err, "line 2, column 10: kind")
	_, err = document.DecodeSnapshot(t.Context(), []byte(`{"éé": 1}`))
	wantError(t, err, `line 1, column 2: ["éé"]: unknown field`)
}

func TestByteOrderMarkIsSkipped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"snapshot-older.yaml", "snapshot.json"} {
		if _, err := document.DecodeSnapshot(t.Context(), append([]byte("\ufeff"), readFile(t, name)...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWindowsLineEndsAreRead(t *testing.T) {
	t.Parallel()
	data := bytes.ReplaceAll(readFile(t, "recipe.yaml"), []byte("\n"), []byte("\r\n"))
	if _, err := document.DecodeRecipe(t.Context(), data); err != nil {
		t.Error(err)
	}
}

func TestHugeDocumentIsRefused(t *testing.T) {
	t.Parallel()
	_, err := document.DecodeSnapshot(t.Context(), bytes.Repeat([]byte("# padding\n"), 33<<20/10))
	wantError(t, err, "the limit is 33554432 (32 MiB)")
}

// TestAliasBombIsRefused would need 10^9 nodes if aliases were expanded.
func TestAliasBombIsRefused(t *testing.T) {
	t.Parallel()
	text := "a0: &a0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	for i := range 8 {
		refs := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", ")
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, refs)
	}
	_, err := document.DecodeSnapshot(t.Context(), []byte(text))
	wantError(t, err, "aliases expand to more than 100000 values or 1048576 bytes")
}

func TestAliasesOfModestSizeAreRead(t *testing.T) {
	t.Parallel()
	s, err := document.DecodeSnapshot(t.Context(), snapshotWith("{a: &one 1, b: *one}"))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Measurements.Text(measurement.OS, "sysctl", "b"); got != "1" {
		t.Errorf("got %q, want the alias's value", got)
	}
}

// TestLongLineOfJSON has every value on one line, as compact JSON does.
func TestLongLineOfJSON(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(`{"apiVersion": "snapshot.dgxc.io/v1", "kind": "Snapshot", "measurements": [{"type": "OS", "subtypes": [{"subtype": "a", "data": {`)
	for i := range 50_000 {
		fmt.Fprintf(&text, `"key-%d": %d, `, i, i)
	}
	text.WriteString(`"last": []}}]}]}`)
	_, err := document.DecodeSnapshot(t.Context(), []byte(text.String()))
	wantError(t, err, fmt.Sprintf("line 1, column %d: measurements[0].subtypes[0].data.last: got a list", text.Len()-7))
}

func TestNullsAreForOverlaysOnly(t *testing.T) {
	t.Parallel()
	root, err := document.Parse(t.Context(), []byte("[{type: OS, subtypes: [{subtype: kmod, data: {nvidia: ~, efa: true}}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	if root.IsNull() {
		t.Error("root: got null")
	}
	list, err := root.Measurements(document.NullsRemove)
	if err != nil {
		t.Fatal(err)
	}
	if value, ok := list[0].Subtypes[0].Data["nvidia"]; !ok || value != nil {
		t.Errorf("got %v, %v, want a nil reading", value, ok)
	}
	_, err = root.Measurements(document.RefuseNulls)
	wantError(t, err, "[0].subtypes[0].data.nvidia: got null")
	explained, err := document.Parse(t.Context(), []byte("[{type: OS, subtypes: [{subtype: kmod, data: {nvidia: ~}, context: {nvidia: Gone}}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = explained.Measurements(document.NullsRemove)
	wantError(t, err, `data has none for the key "nvidia"`)
}
