// SPDX-License-Identifier: Apache-2.0

package component

import (
	"bytes"
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// Env returns the value of an operand, false where it has none.
type Env func(Operand) (any, bool)

// Condition is a list of alternatives, of which one must hold. An empty
// condition always holds. In YAML one alternative is a mapping, several are a
// list of mappings.
type Condition []Alternative

// Alternative is what must all hold, in the order in which it is written.
type Alternative []Clause

// Clause says what an operand is.
type Clause struct {
	Operand Operand `json:"o"`
	Test    Test    `json:"t"`
	Line    int     `json:"-"` // in the YAML file
}

// Test says what a value is. Exactly one field is set. An operand without a
// value passes a null, a Not of what it does not pass, and Empty.
type Test struct {
	Is      *Literal  `json:"is,omitempty"` // equal
	Null    bool      `json:"null,omitempty"`
	Any     []Test    `json:"any,omitempty"` // one of several tests
	Not     *Test     `json:"not,omitempty"`
	Empty   bool      `json:"empty,omitempty"`   // null, "", [] or {}
	Same    *Operand  `json:"same,omitempty"`    // equal to another operand's value
	Below   string    `json:"below,omitempty"`   // an older version
	AtLeast string    `json:"atLeast,omitempty"` // this version or a newer one
	In      string    `json:"in,omitempty"`      // a version in a range, such as ">= 1.30, < 1.33"
	Form    ValueType `json:"form,omitempty"`    // a string of this form
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
		if !a[i].Test.passes(env, value) {
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

func (t *Test) passes(env Env, have any) bool {
	switch {
	case t.Is != nil:
		return same(have, t.Is.Value)
	case t.Null:
		return have == nil
	case t.Any != nil:
		for i := range t.Any {
			if t.Any[i].passes(env, have) {
				return true
			}
		}
		return false
	case t.Not != nil:
		return !t.Not.passes(env, have)
	case t.Empty:
		return isEmpty(have)
	case t.Same != nil:
		other, ok := env(*t.Same)
		return ok && same(have, other)
	default:
		text, isText := have.(string)
		return isText && t.passesText(text)
	}
}

// passesText is about versions and forms, which strings alone have. What does
// not begin with a number is not a version: no comparison holds for it.
func (t *Test) passesText(text string) bool {
	switch v := version.Lenient(text); {
	case t.Form != "":
		return t.Form.Check(text) == nil
	case v.Numbers() == 0:
		return false
	case t.Below != "":
		return below(v, version.Lenient(t.Below))
	case t.AtLeast != "":
		return !below(v, version.Lenient(t.AtLeast))
	default:
		allowed, err := version.ParseRange(t.In) // as decoding has checked
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
		return a == b
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
	if n.Kind != yaml.MappingNode {
		return n.Decode((*[]Alternative)(c))
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
		clause := Clause{Line: n.Content[i].Line}
		if err := clause.Operand.UnmarshalYAML(n.Content[i]); err != nil {
			return err
		}
		if err := clause.Test.UnmarshalYAML(n.Content[i+1]); err != nil {
			return err
		}
		*a = append(*a, clause)
	}
	return nil
}

// UnmarshalYAML reads a scalar, a list of tests, or a mapping with one of not,
// empty, same, below, atLeast, in and form. It is called directly, because a
// decoder calls it for no null.
func (t *Test) UnmarshalYAML(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.SequenceNode:
		t.Any = make([]Test, len(n.Content))
		for i, one := range n.Content {
			if err := t.Any[i].UnmarshalYAML(one); err != nil {
				return err
			}
		}
		return nil
	case n.Kind == yaml.MappingNode:
		return t.decodeMapping(n)
	case n.Tag == "!!null":
		t.Null = true
		return nil
	default:
		t.Is = &Literal{}
		return n.Decode(t.Is)
	}
}

func (t *Test) decodeMapping(n *yaml.Node) error {
	if len(n.Content) != 2 {
		return fmt.Errorf("line %d: a test has one key", n.Line)
	}
	word, value := n.Content[0].Value, n.Content[1]
	switch word {
	case "not":
		t.Not = &Test{}
		return t.Not.UnmarshalYAML(value)
	case "empty":
		return value.Decode(&t.Empty)
	case "same":
		t.Same = &Operand{}
		return value.Decode(t.Same)
	case "below":
		return value.Decode(&t.Below)
	case "atLeast":
		return value.Decode(&t.AtLeast)
	case "form":
		return value.Decode(&t.Form)
	case "in":
		t.In = value.Value
		if _, err := version.ParseRange(t.In); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		return nil
	default:
		return fmt.Errorf("line %d: unknown test %q; tests are not, empty, same, below, atLeast, in and form", n.Line, word)
	}
}

// Literal is a value that data states: null, string, bool, int64, float64, list
// or map. A map {from: OPERAND} in it stands for the operand's value.
type Literal struct{ Value any }

// UnmarshalYAML reads any value.
func (l *Literal) UnmarshalYAML(n *yaml.Node) error {
	if err := n.Decode(&l.Value); err != nil {
		return err
	}
	l.Value = plain(l.Value)
	return nil
}

// plain turns the integers that a decoder made into int64.
func plain(value any) any {
	switch value := value.(type) {
	case int:
		return int64(value)
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return n
		}
		f, _ := value.Float64() // a number that JSON accepted
		return f
	case []any:
		for i := range value {
			value[i] = plain(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = plain(value[key])
		}
	}
	return value
}

// MarshalJSON writes the value.
func (l Literal) MarshalJSON() ([]byte, error) { return json.Marshal(l.Value) }

// UnmarshalJSON reads a value whose integers stay exact.
func (l *Literal) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case 't', 'f':
		l.Value = text[0] == 't'
		return nil
	case '"':
		var s string
		err := json.Unmarshal(text, &s)
		l.Value = s
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&l.Value)
	l.Value = plain(l.Value)
	return err
}
