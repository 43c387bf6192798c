// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// schemaType is the type of a field in a custom resource.
type schemaType string

const (
	objectType  schemaType = "object" // with fields, or, without any, of any content
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
	fields   []field // of an object, by name; nil for an object of any content
	element  *schema // of an array or a map
	enum     []string
	pattern  func() (*regexp.Regexp, error) // compiled when a text is first checked
	min, max *int64                         // of an integer's value or a string's length
}

// field is one of an object.
type field struct {
	name     string
	required bool // it has no default of its own
	schema   schema
}

// field returns the schema at a path of field names, or nil.
func (s *schema) field(path string) *schema {
	for name := range tree.Names(path) {
		if s == nil {
			return nil
		}
		s = s.member(name)
	}
	return s
}

// member returns the schema of a field, or of any value of a map, or nil.
func (s *schema) member(name string) *schema {
	if s.typ == mapType {
		return s.element
	}
	i, found := slices.BinarySearchFunc(s.fields, name, func(f field, name string) int { return strings.Compare(f.name, name) })
	if !found {
		return nil
	}
	return &s.fields[i].schema
}

// schemaReader reads the data's notation.
type schemaReader struct {
	*reader
	patterns map[string]func() (*regexp.Regexp, error) // so that equal ones are compiled once
	fields   []field                                   // of the objects that are being read
}

func newSchemaReader(notation raw) *schemaReader {
	return &schemaReader{reader: notation.reader(), patterns: map[string]func() (*regexp.Regexp, error){}}
}

func readSchema(notation raw) (schema, error) {
	r := newSchemaReader(notation)
	s, err := r.read()
	return s, cmp.Or(err, r.err)
}

func (r *schemaReader) read() (schema, error) {
	switch r.next() {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		return r.leaf(r.text())
	default:
		return schema{}, fmt.Errorf("want a text, a list of one or an object, got %.60s", r.skip())
	}
}

func (r *schemaReader) array() (schema, error) {
	var elements []schema
	for range r.elements() {
		element, err := r.read()
		if err != nil {
			return schema{}, err
		}
		elements = append(elements, element)
	}
	if len(elements) != 1 {
		return schema{}, fmt.Errorf("an array has one element schema, got %d", len(elements))
	}
	return schema{typ: arrayType, element: &elements[0]}, nil
}

// object reads fields, or the values of a map; a name that ends in ! is required.
func (r *schemaReader) object() (schema, error) {
	first := len(r.fields)
	for name := range r.members() {
		below, err := r.read()
		name, required := strings.CutSuffix(name, "!")
		if err != nil {
			return schema{}, fmt.Errorf("field %s: %w", name, err)
		}
		r.fields = append(r.fields, field{name, required, below})
	}
	fields := slices.Clone(r.fields[first:])
	r.fields = r.fields[:first]
	if len(fields) == 1 && fields[0].name == "*" {
		return schema{typ: mapType, element: &fields[0].schema}, nil
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return schema{typ: objectType, fields: fields}, nil
}

// leaf reads "type [min..max] [enum a|b] [pattern re]", in this order, or the name
// of a type of Kubernetes' own.
func (r *schemaReader) leaf(notation string) (schema, error) {
	if known, ok := typeNotations()[notation]; ok {
		return readSchema(known)
	}
	word, rest, _ := strings.Cut(notation, " ")
	s := schema{typ: schemaType(word)}
	switch s.typ {
	case objectType, stringType, integerType, int32Type, booleanType, eitherType:
	case quantity:
		s.typ, rest = eitherType, "pattern "+QuantityPattern
	default:
		return s, fmt.Errorf("unknown type %q", word)
	}
	for rest != "" {
		word, rest, _ = strings.Cut(rest, " ")
		switch word {
		case "enum":
			word, rest, _ = strings.Cut(rest, " ")
			s.enum = strings.Split(word, "|")
		case "pattern":
			s.pattern = r.pattern(rest)
			return s, nil
		default:
			if err := s.bounds(word); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

func (r *schemaReader) pattern(text string) func() (*regexp.Regexp, error) {
	if r.patterns[text] == nil {
		r.patterns[text] = sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(text) })
	}
	return r.patterns[text]
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

// verify compiles the patterns of a schema and of all below it.
func (s *schema) verify() error {
	if s.pattern != nil {
		if _, err := s.pattern(); err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
	}
	if s.element != nil {
		return s.element.verify()
	}
	for i := range s.fields {
		if err := s.fields[i].schema.verify(); err != nil {
			return fmt.Errorf("field %s: %w", s.fields[i].name, err)
		}
	}
	return nil
}
