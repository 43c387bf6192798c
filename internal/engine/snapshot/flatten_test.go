// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func decodeObject(text string) (object map[string]any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&object)
	return object, err
}

func TestFlatten(t *testing.T) {
	t.Parallel()
	float := func(f float64) measurement.Reading {
		reading, err := measurement.Float(f)
		if err != nil {
			t.Fatal(err)
		}
		return reading
	}
	str, integer := measurement.Str, measurement.Int
	for text, want := range map[string]map[string]measurement.Reading{
		`{}`:                                {},
		`{"a":{"b":{"c":true}},"d":""}`:     {"a.b.c": measurement.Bool(true), "d": str("")},
		`{"a":null,"b":{"c":null}}`:         {},
		`{"a":{},"b":[],"c":[{}]}`:          {"a": str("{}"), "b": str("[]"), "c": str("[{}]")},
		`{"a":[{"z":1.50,"b":"<&>"}]}`:      {"a": str(`[{"b":"<&>","z":1.50}]`)},
		`{"a":-9223372036854775808}`:        {"a": integer(-9223372036854775808)},
		`{"a":18446744073709551615}`:        {"a": measurement.Str("18446744073709551615")},
		`{"a":18446744073709551616}`:        {"a": str("18446744073709551616")},
		`{"a":1.0,"b":1e3,"c":1e999}`:       {"a": float(1), "b": float(1000), "c": str("1e999")},
		`{"a.b":1,"a":{"c":2}}`:             {"a.b": integer(1), "a.c": integer(2)},
		`{"a.b":1,"a":{"b":2}}`:             {`"a.b"`: integer(1), `"a"."b"`: integer(2)},
		`{"\"a\"":1,"b":{"\"c":2}}`:         {`"\"a\""`: integer(1), `b."c`: integer(2)},
		`{"a.b":1,"a":{"b":2},"\"a.b\"":3}`: {`"a.b"`: integer(1), `"a"."b"`: integer(2), `"\"a.b\""`: integer(3)},
	} {
		object, err := decodeObject(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := flatten(object)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{"name":"NGC_API_KEY","value":"s"}]`:                                   `[{"name":"NGC_API_KEY","value":"(redacted)"}]`,
		`[{"name":"db-password","value":"s"}]`:                                   `[{"name":"db-password","value":"(redacted)"}]`,
		`[{"name":"AWS_CREDENTIALS","value":"s"}]`:                               `[{"name":"AWS_CREDENTIALS","value":"(redacted)"}]`,
		`[{"name":"MyToken","value":""}]`:                                        `[{"name":"MyToken","value":""}]`,
		`[{"name":"LEVEL","value":"5"}]`:                                         `[{"name":"LEVEL","value":"5"}]`,
		`[{"name":"SECRET","value":7}]`:                                          `[{"name":"SECRET","value":7}]`,
		`[{"key":"nvidia.com/gpu","value":"present"}]`:                           `[{"key":"nvidia.com/gpu","value":"present"}]`,
		`[{"env":[{"name":"TOKEN","value":"s"}]}]`:                               `[{"env":[{"name":"TOKEN","value":"(redacted)"}]}]`,
		`[{"name":"PROXY","value":"http://u:p@h:1/x?a=b@c"}]`:                    `[{"name":"PROXY","value":"http://u:(redacted)@h:1/x?a=b@c"}]`,
		`[{"name":"URL","value":"http://h:1/x@y"}]`:                              `[{"name":"URL","value":"http://h:1/x@y"}]`,
		`[{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]`: `[{"name":"TOKEN","valueFrom":{"secretKeyRef":{"key":"k","name":"s"}}}]`,
	} {
		object, err := decodeObject(`{"env":` + text + `}`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := flatten(object)
		if err != nil {
			t.Fatal(err)
		}
		if got["env"] != measurement.Str(want) {
			t.Errorf("%s: got %s, want %s", text, got["env"], want)
		}
	}
}

// FuzzFlatten checks that no value is lost, whatever the names are, and that no
// secret gets through.
func FuzzFlatten(f *testing.F) {
	for _, seed := range []string{
		`{"a.b":1,"a":{"b":2}}`, `{"\"a\"":{"b.c":1}}`, `{"":{"":1},".":2}`, `{"a":[{"name":"TOKEN","value":"hunter2"}]}`, `{"a":1e999,"b":{}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		object, err := decodeObject(text)
		if err != nil {
			return
		}
		data, err := flatten(object)
		if err != nil {
			t.Fatal(err)
		}
		if want := countLeaves(object, true); len(data) != want {
			t.Errorf("%d keys of %d values: %v", len(data), want, data)
		}
		secret, err := flatten(map[string]any{"env": []any{object, map[string]any{"name": "KEY", "value": "hunter2" + text}}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(secret["env"].String(), `{"name":"KEY","value":"(redacted)"}]`) {
			t.Errorf("a secret got through: %s", secret["env"])
		}
	})
}

func countLeaves(value any, top bool) int {
	object, ok := value.(map[string]any)
	switch {
	case value == nil:
		return 0
	case !ok || len(object) == 0 && !top:
		return 1
	}
	n := 0
	for _, inner := range object {
		n += countLeaves(inner, false)
	}
	return n
}
