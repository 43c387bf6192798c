// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// flatten turns an object, decoded with json.Decoder.UseNumber, into readings.
// The key of a value is the names on the way to it, joined with dots. Lists and
// empty objects are compact JSON, with secrets redacted; bools and numbers keep
// their types; a null is left out, as if it were not there. Should two values
// get one key ({"a.b": 1, "a": {"b": 2}}), or a key begin with a quote, each
// name is quoted: "a.b" and "a"."b".
func flatten(object map[string]any) (map[string]measurement.Reading, error) {
	leaves := map[string][]leaf{}
	collectLeaves(leaves, nil, object)
	data := make(map[string]measurement.Reading, len(leaves))
	for plain, alike := range leaves {
		for _, l := range alike {
			key := plain
			if len(alike) > 1 || strings.HasPrefix(plain, `"`) {
				key = l.quotedKey()
			}
			reading, err := l.reading()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			data[key] = reading
		}
	}
	return data, nil
}

type leaf struct {
	names []string
	value any
}

func collectLeaves(leaves map[string][]leaf, names []string, value any) {
	object, ok := value.(map[string]any)
	switch {
	case value == nil:
	case ok && (len(object) > 0 || len(names) == 0):
		for name, inner := range object {
			collectLeaves(leaves, append(names[:len(names):len(names)], name), inner)
		}
	default:
		key := strings.Join(names, ".")
		leaves[key] = append(leaves[key], leaf{names, value})
	}
}

func (l leaf) quotedKey() string {
	quoted := make([]string, len(l.names))
	for i, name := range l.names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ".")
}

func (l leaf) reading() (measurement.Reading, error) {
	switch value := l.value.(type) {
	case json.Number:
		return numberReading(value.String()), nil
	case string, bool:
		return measurement.FromAny(value)
	default:
		return jsonReading(redact(value))
	}
}

// numberReading keeps a number exact: what no 64-bit integer or float64 can
// hold stays text.
func numberReading(text string) measurement.Reading {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return measurement.Int(i)
	}
	if u, err := strconv.ParseUint(text, 10, 64); err == nil {
		return measurement.Uint(u)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, ".eE") {
		if reading, err := measurement.Float(f); err == nil {
			return reading
		}
	}
	return measurement.Str(text)
}

func jsonReading(value any) (measurement.Reading, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return measurement.Str(strings.TrimSuffix(text.String(), "\n")), nil
}
