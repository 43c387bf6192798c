// SPDX-License-Identifier: Apache-2.0

package admission

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// schema translates the notation of the chart facts into a structural schema.
func schema(notation any) (map[string]any, error) {
	switch n := notation.(type) {
	case string:
		return scalar(n)
	case []any:
		if len(n) != 1 {
			return nil, fmt.Errorf("a list of %d, want one element", len(n))
		}
		items, err := schema(n[0])
		return map[string]any{"type": "array", "items": items}, err
	case map[string]any:
		if values, ok := n["*"]; ok {
			below, err := schema(values)
			return map[string]any{"type": "object", "additionalProperties": below}, err
		}
		return fields(n)
	default:
		return nil, fmt.Errorf("%v is no notation of a schema", notation)
	}
}

func fields(notation map[string]any) (map[string]any, error) {
	properties := map[string]any{}
	var required []string
	for name, below := range notation {
		name, must := strings.CutSuffix(name, "!")
		s, err := schema(below)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		properties[name] = s
		if must {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties}
	if required != nil {
		s["required"] = slices.Sorted(slices.Values(required))
	}
	return s, nil
}

// types are the notation's scalars, and what any content is.
func types(word string) (map[string]any, error) {
	switch word {
	case "string", "integer", "boolean":
		return map[string]any{"type": word}, nil
	case "int32":
		return map[string]any{"type": "integer", "format": "int32"}, nil
	case "int-or-string":
		return map[string]any{"x-kubernetes-int-or-string": true}, nil
	case "quantity":
		return map[string]any{"x-kubernetes-int-or-string": true, "pattern": chart.QuantityPattern}, nil
	case "object":
		return map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}, nil
	default:
		return nil, fmt.Errorf("unknown type %q", word)
	}
}

// scalar reads "type [min..max] [enum a|b] [pattern re]".
func scalar(notation string) (map[string]any, error) {
	word, rest, _ := strings.Cut(notation, " ")
	s, err := types(word)
	for rest != "" && err == nil {
		word, rest, _ = strings.Cut(rest, " ")
		switch word {
		case "pattern":
			s["pattern"] = rest
			return s, nil
		case "enum":
			word, rest, _ = strings.Cut(rest, " ")
			s["enum"] = strings.Split(word, "|")
		default:
			err = bounds(s, word)
		}
	}
	return s, err
}

// bounds are of a number's value or a string's length.
func bounds(s map[string]any, word string) error {
	low, high, ok := strings.Cut(word, "..")
	if !ok {
		return fmt.Errorf("unknown word %q", word)
	}
	names := [2]string{"minimum", "maximum"}
	if s["type"] == "string" {
		names = [2]string{"minLength", "maxLength"}
	}
	for i, text := range []string{low, high} {
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("bounds %q: %w", word, err)
		}
		s[names[i]] = n
	}
	return nil
}
