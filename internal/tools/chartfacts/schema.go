// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// schema is the part of openAPIV3Schema that the charts' resources use. A
// keyword that is not listed is an error: whoever adds one decides what it means.
type schema struct {
	Type                 string            `json:"type"`
	Format               string            `json:"format"`
	Properties           map[string]schema `json:"properties"`
	AdditionalProperties *schema           `json:"additionalProperties"`
	Items                *schema           `json:"items"`
	Required             []string          `json:"required"`
	Enum                 []string          `json:"enum"`
	Pattern              string            `json:"pattern"`
	Minimum              *int64            `json:"minimum"`
	Maximum              *int64            `json:"maximum"`
	MinLength            *int64            `json:"minLength"`
	MaxLength            *int64            `json:"maxLength"`
	Default              json.RawMessage   `json:"default"`
	AnyOf                []schema          `json:"anyOf"`
	IntOrString          bool              `json:"x-kubernetes-int-or-string"`

	// Left out: they say nothing about a single object's form.
	Description string          `json:"description"`
	ListType    string          `json:"x-kubernetes-list-type"`
	ListMapKeys []string        `json:"x-kubernetes-list-map-keys"`
	MapType     string          `json:"x-kubernetes-map-type"`
	Validations json.RawMessage `json:"x-kubernetes-validations"` // rules in CEL
	Nullable    bool            `json:"nullable"`                 // a null, which nobody has to write
	Example     json.RawMessage `json:"example"`
}

// notation writes an object as its fields, an array as a list of its element,
// a map as {"*": its value}, and anything else as a text.
func (s schema) notation() (any, error) {
	switch {
	case s.IntOrString:
		return s.intOrString()
	case s.Type == "object" && s.Properties != nil:
		return s.object()
	case s.Type == "object" && s.AdditionalProperties != nil:
		value, err := s.AdditionalProperties.notation()
		return []member{{"*", value}}, err
	case s.Type == "object":
		return "object", nil
	case s.Type == "array" && s.Items != nil:
		element, err := s.Items.notation()
		return []any{element}, err
	default:
		return s.leaf()
	}
}

// object marks required fields with !. One with a default is not required of
// whoever writes the object: the API server fills it in first.
func (s schema) object() (any, error) {
	out := []member{}
	for _, name := range sortedKeys(s.Properties) {
		if name == "*" || strings.HasSuffix(name, "!") {
			return nil, fmt.Errorf("field %q cannot be written down", name)
		}
		field := s.Properties[name]
		notation, err := field.notation()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if field.Default == nil && slices.Contains(s.Required, name) {
			name += "!"
		}
		out = append(out, member{name, notation})
	}
	return out, nil
}

func (s schema) intOrString() (string, error) {
	if len(s.AnyOf) != 2 || s.AnyOf[0].Type != "integer" || s.AnyOf[1].Type != "string" {
		return "", fmt.Errorf("an int-or-string of an unknown form")
	}
	switch s.Pattern {
	case "":
		return "int-or-string", nil
	case chart.QuantityPattern:
		return "quantity", nil
	default:
		return "int-or-string pattern " + s.Pattern, nil
	}
}

func (s schema) leaf() (string, error) {
	if len(s.AnyOf) > 0 {
		return "", fmt.Errorf("anyOf of an unknown form")
	}
	words := []string{s.Type}
	switch {
	case s.Type == "string" && (s.Format == "" || s.Format == "date-time"):
		words = append(words, bounds(s.MinLength, s.MaxLength)...)
	case s.Type == "boolean" && s.Format == "":
	case s.Type == "integer" && (s.Format == "" || s.Format == "int64"):
		words = append(words, bounds(s.Minimum, s.Maximum)...)
	case s.Type == "integer" && s.Format == "int32":
		words = append([]string{"int32"}, bounds(s.Minimum, s.Maximum)...)
	default:
		return "", fmt.Errorf("unknown type %q with format %q", s.Type, s.Format)
	}
	if s.Enum != nil {
		joined := strings.Join(s.Enum, "|")
		if strings.Contains(joined, " ") || strings.Count(joined, "|") != len(s.Enum)-1 {
			return "", fmt.Errorf("enum %q cannot be written down", s.Enum)
		}
		words = append(words, "enum", joined)
	}
	if s.Pattern != "" {
		words = append(words, "pattern", s.Pattern)
	}
	return strings.Join(words, " "), nil
}

func bounds(low, high *int64) []string {
	if low == nil && high == nil {
		return nil
	}
	return []string{number(low) + ".." + number(high)}
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
