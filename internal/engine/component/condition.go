// SPDX-License-Identifier: Apache-2.0

package component

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// Env returns the value of an operand, false where it has none.
type Env func(Operand) (any, bool)

// Condition is a list of alternatives, of which one must hold. An empty
// condition always holds. In YAML one alternative is a mapping, several are a
// list of mappings.
type Condition []Alternative

// Alternative is a list of clauses that must all hold, in the order in which they
// are written.
type Alternative []Clause

// Clause is an operand and what its value must be.
type Clause struct {
	Operand Operand `json:"o"`
	// Test is a scalar that the value equals, null for no value, or a list of a
	// word and what it is about:
	//
	//	any TEST...      one of several tests
	//	not TEST
	//	empty            null, "", [] or {}
	//	same OPERAND     equal to another operand's value
	//	below VERSION    older
	//	atLeast VERSION  this version or a newer one
	//	in RANGE         a version in a range, such as ">= 1.30, < 1.33"
	//	form TYPE        a string of the form of a ValueType
	//	contains TEXT    a string with a text in it
	//	lacks NAME       a list with a map in it that has no value of that name
	Test any `json:"t,omitzero"`
	Line int `json:"-"` // in the YAML file
}

// Holds reports whether the condition holds.
func (c Condition) Holds(env Env) bool {
	_, holds := c.Held(env)
	return holds
}

// Held returns the first alternative that holds, nil for that of an empty
// condition.
func (c Condition) Held(env Env) (Alternative, bool) {
	if len(c) == 0 {
		return nil, true
	}
	for _, alternative := range c {
		if alternative.holds(env) {
			return alternative, true
		}
	}
	return nil, false
}

func (a Alternative) holds(env Env) bool {
	for i := range a {
		value, ok := env(a[i].Operand)
		if !ok {
			value = nil
		}
		if !passes(env, a[i].Test, value) {
			return false
		}
	}
	return true
}

// Clauses returns the clauses of all alternatives.
func (c Condition) Clauses() []Clause {
	var all []Clause
	for _, alternative := range c {
		all = append(all, alternative...)
	}
	return all
}

func passes(env Env, test, have any) bool {
	list, isList := test.([]any)
	if !isList {
		return same(have, test)
	}
	word, about := list[0], list[1:]
	switch word {
	case "any":
		return slices.ContainsFunc(about, func(one any) bool { return passes(env, one, have) })
	case "not":
		return !passes(env, about[0], have)
	case "empty":
		return isEmpty(have)
	}
	text, _ := about[0].(string)
	if word == "lacks" {
		items, _ := have.([]any)
		return slices.ContainsFunc(items, func(item any) bool { fields, isMap := item.(map[string]any); return isMap && isEmpty(fields[text]) })
	}
	if word == "same" {
		other, ok := env(Operand(text))
		return ok && same(have, other)
	}
	value, isText := have.(string)
	return isText && passesText(word, text, value)
}

// passesText is about versions and forms, which strings alone have. What does
// not begin with a number is not a version: no comparison holds for it.
func passesText(word any, about, have string) bool {
	switch v := version.Lenient(have); {
	case word == "form":
		return ValueType(about).Check(have) == nil
	case word == "contains":
		return strings.Contains(have, about)
	case v.Numbers() == 0:
		return false
	case word == "below":
		return below(v, version.Lenient(about))
	case word == "atLeast":
		return !below(v, version.Lenient(about))
	default:
		allowed, err := version.ParseRange(about) // as decoding has checked
		return err == nil && allowed.Contains(v)
	}
}

// below compares a version with a bound. One number alone, such as the driver
// branch 580, stands for the newest version that begins with it.
func below(v, bound version.Version) bool {
	if v.Numbers() == 1 && v.Agree(bound) {
		return false
	}
	return v.Compare(bound) < 0
}

// same compares scalars; lists and maps equal nothing.
func same(a, b any) bool {
	switch a.(type) {
	case []any, map[string]any:
		return false
	default:
		return a == Plain(b)
	}
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	default:
		return false
	}
}

// UnmarshalYAML reads a mapping of operands and tests, or a list of them.
func (c *Condition) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.SequenceNode:
		return n.Decode((*[]Alternative)(c))
	case yaml.MappingNode:
	default:
		return fmt.Errorf("line %d: a condition is a mapping of operands and tests, or a list of such mappings", n.Line)
	}
	*c = make(Condition, 1)
	return (*c)[0].UnmarshalYAML(n)
}

// UnmarshalYAML reads a mapping of operands and tests, and keeps its order.
func (a *Alternative) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a condition is a mapping of operands and tests", n.Line)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		test, err := readTest(n.Content[i+1])
		clause := Clause{Test: test, Line: n.Content[i].Line}
		if err := cmp.Or(clause.Operand.UnmarshalYAML(n.Content[i]), err); err != nil {
			return err
		}
		*a = append(*a, clause)
	}
	return nil
}

// readTest reads a scalar, a list of tests of which one must hold, or a mapping
// of a word to what it is about.
func readTest(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return readTest(n.Alias)
	case yaml.SequenceNode:
		list := []any{"any"}
		for _, item := range n.Content {
			test, err := readTest(item)
			if err != nil {
				return nil, err
			}
			list = append(list, test)
		}
		return list, nil
	case yaml.MappingNode:
		return readWord(n)
	default:
		var value any
		err := n.Decode(&value)
		return Plain(value), err
	}
}

func readWord(n *yaml.Node) (any, error) {
	if len(n.Content) != 2 {
		return nil, fmt.Errorf("line %d: a test has one key", n.Line)
	}
	word, value := n.Content[0].Value, n.Content[1]
	if value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	if word != "not" && (value.Kind == yaml.MappingNode || value.Kind == yaml.SequenceNode || value.ShortTag() == "!!null") {
		return nil, fmt.Errorf("line %d: %s takes a single value", n.Line, word)
	}
	about, err := any(value.Value), error(nil)
	switch word {
	case "not":
		about, err = readTest(value)
		return []any{word, about}, err
	case "empty":
		if value.Value == "true" {
			return []any{word}, nil
		}
		err = errors.New("empty is true, or not written")
	case "same":
		err = Operand(value.Value).Check()
	case "in":
		_, err = version.ParseRange(value.Value)
	case "below", "atLeast", "form", "lacks":
	case "contains":
		if value.Value == "" {
			err = errors.New("every text contains an empty one")
		}
	default:
		err = fmt.Errorf("unknown test %q; tests are not, empty, same, below, atLeast, in, form, contains and lacks", word)
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", n.Line, err)
	}
	return []any{word, about}, nil
}

// Plain returns a number of data as values have it: a whole one is an int64.
// YAML makes it an int, JSON a float64.
func Plain(value any) any {
	switch n := value.(type) {
	case int:
		return int64(n)
	case float64:
		if whole := int64(n); float64(whole) == n {
			return whole
		}
	}
	return value
}
