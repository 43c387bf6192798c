// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Kind says what is wrong with a value or a field.
type Kind string

// The kinds of problems. Dead and Refused exist for values only.
const (
	Unknown  Kind = "unknown"  // no such key, field or object kind: Helm drops the key, the API server refuses the field
	Dead     Kind = "dead"     // the chart declares the key, but nothing reads it
	Type     Kind = "type"     // a value of another type
	Null     Kind = "null"     // a null that makes Helm or server-side apply fail
	Required Kind = "required" // a field that the schema requires is missing
	Enum     Kind = "enum"     // not one of the values that the schema lists
	Pattern  Kind = "pattern"  // a string that does not match the schema's pattern
	Bounds   Kind = "bounds"   // a number out of the schema's range, or a string of a wrong length
	Refused  Kind = "refused"  // a value with which the chart's templates fail on purpose
)

// Problem is one thing wrong in a values tree or an object.
type Problem struct {
	Path       string // e.g. driver.env[0].value, operator.annotations["openshift.io/scc"]
	Kind       Kind
	Message    string // a sentence that names neither path nor suggestion
	Suggestion string // the path of the nearest valid key, or empty

	Places []string // of what is refused: all values that it depends on, Path the last
}

func (p Problem) String() string {
	if p.Suggestion == "" {
		return p.Path + ": " + p.Message
	}
	return fmt.Sprintf("%s: %s; did you mean %s?", p.Path, p.Message, p.Suggestion)
}

func memberPath(parent, name string) string {
	if !plainName(name) {
		return parent + "[" + strconv.Quote(name) + "]"
	}
	if parent == "" {
		return name
	}
	return parent + "." + name
}

// plainName reports whether a path can show a name without quotes.
func plainName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return name != ""
}

func elementPath(parent string, index int) string {
	return parent + "[" + strconv.Itoa(index) + "]"
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "bool"
	case int64:
		return "integer"
	case float64:
		return "number"
	case []any:
		return "list"
	case map[string]any:
		return "map"
	default:
		return fmt.Sprintf("%T", v)
	}
}

// sortedNames lists the names in a map.
func sortedNames(m map[string]any) []string {
	names := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(names)
	return names
}
