// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// schemaType is the type of a field in a custom resource.
type schemaType string

const (
	objectType  schemaType = "object" // with fields, or, without any, of whatever content
	mapType     schemaType = "map"    // any names, values of one schema
	arrayType   schemaType = "array"
	stringType  schemaType = "string"
	integerType schemaType = "integer"
	int32Type   schemaType = "int32"
	booleanType schemaType = "boolean"
	eitherType  schemaType = "int-or-string"
)

// quantity is the notation for the int-or-string of a Kubernetes quantity.
const quantity = "quantity"

// QuantityPattern is the pattern that the data's notation calls quantity.
const QuantityPattern = `^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$`

// schema is what the API server checks a field against.
type schema struct {
	typ      schemaType
	fields   map[string]*schema // of an object
	required []string           // fields without a default of their own
	element  *schema            // of an array or a map
	enum     []string
	pattern  *regexp.Regexp
	min, max *int64 // of an integer's value or a string's length
}

// field returns the schema at a path of field names, or nil.
func (s *schema) field(path []string) *schema {
	for _, name := range path {
		if s == nil {
			return nil
		}
		s = s.fields[name]
	}
	return s
}

// member returns the schema of a field, or of any value of a map, or nil.
func (s *schema) member(name string) *schema {
	if s.typ == mapType {
		return s.element
	}
	return s.fields[name]
}

// schemaReader reads the data's notation; equal patterns are compiled once.
type schemaReader struct {
	patterns map[string]*regexp.Regexp
}

func (r *schemaReader) read(notation any) (*schema, error) {
	switch n := notation.(type) {
	case string:
		return r.leaf(n)
	case []any:
		if len(n) != 1 {
			return nil, fmt.Errorf("an array has one element schema, got %d", len(n))
		}
		element, err := r.read(n[0])
		return &schema{typ: arrayType, element: element}, err
	case map[string]any:
		if values, ok := n["*"]; ok && len(n) == 1 {
			element, err := r.read(values)
			return &schema{typ: mapType, element: element}, err
		}
		return r.object(n)
	default:
		return nil, fmt.Errorf("want a text, a list of one or an object, got %v", notation)
	}
}

// object reads fields; a name that ends in ! is required.
func (r *schemaReader) object(notation map[string]any) (*schema, error) {
	s := &schema{typ: objectType, fields: make(map[string]*schema, len(notation))}
	for name, below := range notation {
		name, required := strings.CutSuffix(name, "!")
		field, err := r.read(below)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		s.fields[name] = field
		if required {
			s.required = append(s.required, name)
		}
	}
	slices.Sort(s.required)
	return s, nil
}

// leaf reads "type [min..max] [enum a|b] [pattern re]", in this order.
func (r *schemaReader) leaf(notation string) (*schema, error) {
	word, rest, _ := strings.Cut(notation, " ")
	s := &schema{typ: schemaType(word)}
	switch s.typ {
	case objectType, stringType, integerType, int32Type, booleanType, eitherType:
	case quantity:
		s.typ, rest = eitherType, "pattern "+QuantityPattern
	default:
		return nil, fmt.Errorf("unknown type %q", word)
	}
	for rest != "" {
		word, rest, _ = strings.Cut(rest, " ")
		switch word {
		case "enum":
			word, rest, _ = strings.Cut(rest, " ")
			s.enum = strings.Split(word, "|")
		case "pattern":
			return s, r.compile(s, rest)
		default:
			if err := s.bounds(word); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (r *schemaReader) compile(s *schema, pattern string) error {
	if r.patterns[pattern] == nil {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
		r.patterns[pattern] = compiled
	}
	s.pattern = r.patterns[pattern]
	return nil
}

func (s *schema) bounds(word string) error {
	low, high, ok := strings.Cut(word, "..")
	if !ok {
		return fmt.Errorf("unknown word %q", word)
	}
	for _, bound := range []struct {
		text string
		to   **int64
	}{{low, &s.min}, {high, &s.max}} {
		if bound.text == "" {
			continue
		}
		n, err := strconv.ParseInt(bound.text, 10, 64)
		if err != nil {
			return fmt.Errorf("bounds %q: %w", word, err)
		}
		*bound.to = &n
	}
	return nil
}
