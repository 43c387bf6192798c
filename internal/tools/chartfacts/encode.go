// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"strings"
)

// member is a name and value of a JSON object whose order counts. A value is a
// []member, a []any, or what encoding/json takes.
type member struct {
	name  string
	value any
}

// inlineWidth is the length up to which a list or an object stays on one line.
const inlineWidth = 110

// encode writes the sections of a file, one key or field a line.
func encode(sections []member) []byte {
	return []byte(lines(sections, "") + "\n")
}

// lines writes an object with each member on a line of its own.
func lines(members []member, indent string) string {
	out := make([]string, 0, len(members))
	for _, m := range members {
		out = append(out, indent+" "+jsonText(m.name)+": "+valueText(m.value, indent+" ", len(m.name)))
	}
	return "{\n" + strings.Join(out, ",\n") + "\n" + indent + "}"
}

func valueText(v any, indent string, used int) string {
	short := inline(v)
	if len(indent)+used+len(short) <= inlineWidth {
		return short
	}
	switch v := v.(type) {
	case []member:
		return lines(v, indent)
	case []any:
		if len(v) == 1 {
			return "[" + valueText(v[0], indent, used) + "]"
		}
		return elementLines(v, indent)
	default:
		return short
	}
}

func elementLines(elements []any, indent string) string {
	out := make([]string, 0, len(elements))
	for _, element := range elements {
		out = append(out, indent+" "+inline(element))
	}
	return "[\n" + strings.Join(out, ",\n") + "\n" + indent + "]"
}

func inline(v any) string {
	var parts []string
	switch v := v.(type) {
	case []member:
		for _, m := range v {
			parts = append(parts, jsonText(m.name)+": "+inline(m.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, element := range v {
			parts = append(parts, inline(element))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		return jsonText(v)
	}
}

// jsonText is json.Marshal without the escapes for HTML.
func jsonText(v any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // v was decoded from JSON
	}
	return strings.TrimSuffix(out.String(), "\n")
}
