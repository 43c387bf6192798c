// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// validation checks a value against a schema and collects the problems.
type validation struct {
	problems []Problem
	// partial takes the value for a part that is yet to be merged over
	// defaults: nulls and missing fields are not a problem there.
	partial bool
	owner   string // whose schema it is, e.g. "ClusterPolicy of gpu-operator v26.7.0"
}

func (c *validation) report(path string, kind Kind, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

func (c *validation) check(s *schema, v any, path string) {
	if v == nil {
		if !c.partial {
			c.report(path, Null, "is null, which server-side apply refuses; leave the field out")
		}
		return
	}
	if !s.admits(v) {
		c.report(path, Type, "is %s in the %s, got %s%s", s.article(), c.owner, describe(v), s.advice(v))
		return
	}
	switch v := v.(type) {
	case map[string]any:
		c.members(s, v, path)
	case []any:
		c.elements(s, v, path)
	case string:
		c.text(s, v, path)
	case int64:
		c.number(s, float64(v), path)
	}
}

func (c *validation) members(s *schema, v map[string]any, path string) {
	for _, name := range sortedNames(v) {
		at := memberPath(path, name)
		if below := s.member(name); below != nil {
			c.check(below, v[name], at)
		} else if s.fields != nil {
			c.unknownField(s, path, name)
		}
	}
	if c.partial {
		return
	}
	for _, f := range s.fields {
		if _, ok := v[f.name]; f.required && !ok {
			c.report(memberPath(path, f.name), Required, "is required by the %s", c.owner)
		}
	}
}

func (c *validation) unknownField(s *schema, path, name string) {
	c.report(memberPath(path, name), Unknown, "is not a field of the %s; the API server refuses it", c.owner)
	var names []string
	for _, f := range s.fields {
		names = append(names, f.name)
	}
	if near := suggest.Nearest(name, names, suggest.Name); near != "" {
		c.problems[len(c.problems)-1].Suggestion = memberPath(path, near)
	}
}

// elements checks a list, which replaces its default as a whole.
func (c *validation) elements(s *schema, v []any, path string) {
	whole := validation{owner: c.owner}
	for i, element := range v {
		whole.check(s.element, element, elementPath(path, i))
	}
	c.problems = append(c.problems, whole.problems...)
}

// lasting finds the nulls in a part of the values that no default gives way to:
// Helm keeps them.
func (c *validation) lasting(r *Release, v any, path string) {
	members, _ := v.(map[string]any)
	for _, name := range sortedNames(members) {
		at := memberPath(path, name)
		_, hasDefault := r.Default(at)
		if members[name] == nil && !hasDefault {
			c.report(at, Null, "is null, which server-side apply refuses; leave it out")
		}
		c.lasting(r, members[name], at)
	}
}

func (c *validation) text(s *schema, v, path string) {
	if s.enum != nil && !slices.Contains(s.enum, v) {
		c.report(path, Enum, "is one of %s in the %s, got %q", quoted(s.enum), c.owner, v)
	}
	if s.pattern != nil {
		c.match(s, v, path)
	}
	if s.typ == stringType && !s.within(float64(utf8.RuneCountInString(v))) {
		c.report(path, Bounds, "is %s characters in the %s, got %d", s.span(), c.owner, utf8.RuneCountInString(v))
	}
}

func (c *validation) match(s *schema, v, path string) {
	pattern, err := s.pattern()
	switch {
	case err != nil:
		c.report(path, Pattern, "cannot be checked: the facts about the %s are broken: %v", c.owner, err)
	case !pattern.MatchString(v):
		c.report(path, Pattern, "has to match %s in the %s, got %q", pattern, c.owner, v)
	}
}

func (c *validation) number(s *schema, v float64, path string) {
	if !s.within(v) {
		c.report(path, Bounds, "is a number %s in the %s, got %.0f", s.span(), c.owner, v)
	}
	if s.typ == int32Type && (v < math.MinInt32 || v > math.MaxInt32) {
		c.report(path, Bounds, "is a 32-bit integer in the %s, got %.0f", c.owner, v)
	}
}

// admits reports whether the type of a value fits. A number that YAML does not
// read as an integer, such as 08 or one of twenty digits, is not one.
func (s *schema) admits(v any) bool {
	switch s.typ {
	case objectType, mapType:
		return typeName(v) == "map"
	case arrayType:
		return typeName(v) == "list"
	case stringType:
		return typeName(v) == "string"
	case booleanType:
		return typeName(v) == "bool"
	case integerType, int32Type:
		return typeName(v) == "integer"
	default: // eitherType
		return typeName(v) == "integer" || typeName(v) == "string"
	}
}

// advice for a number that is whole, but not written like that: 08 or 8.0.
func (s *schema) advice(v any) string {
	const most = 1 << 53 // beyond it a float64 is not exact
	f, isNumber := v.(float64)
	if !isNumber || f != math.Trunc(f) || math.Abs(f) > most || !s.admits(int64(f)) {
		return ""
	}
	return fmt.Sprintf("; write %.0f, without a leading zero or a decimal point", f)
}

// article names the type with its article, in the words used for values.
func (s *schema) article() string {
	switch s.typ {
	case objectType, mapType:
		return "a map"
	case arrayType:
		return "a list"
	case booleanType:
		return "a bool"
	case integerType, int32Type:
		return "an integer"
	case eitherType:
		return "an integer or a string"
	default:
		return "a string"
	}
}

func (s *schema) within(v float64) bool {
	return (s.min == nil || v >= float64(*s.min)) && (s.max == nil || v <= float64(*s.max))
}

func (s *schema) span() string {
	switch {
	case s.max == nil:
		return fmt.Sprintf("of at least %d", *s.min)
	case s.min == nil:
		return fmt.Sprintf("of at most %d", *s.max)
	default:
		return fmt.Sprintf("of %d to %d", *s.min, *s.max)
	}
}

// describe shows a value's type, and a short scalar itself.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 40 {
			return "a string"
		}
		return "the string " + strconv.Quote(v)
	case bool, int64, float64:
		return fmt.Sprintf("the %s %v", typeName(v), v)
	case nil:
		return "null"
	default:
		return "a " + typeName(v)
	}
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = strconv.Quote(word)
	}
	return strings.Join(out, ", ")
}
