// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Value is one value of a parsed document together with its place. Its methods
// convert strictly: a value of another shape is an *Error that says what was
// expected.
type Value struct {
	node *yaml.Node
	at   *place
	// sparse says that a null field is a missing one, and that lists and mappings
	// may be empty.
	sparse bool
}

// Sparse returns the value as languages such as HCL make it, which write each
// field of an object: a null field is taken for a missing one, and lists and
// data may be empty. A null among data keeps its meaning.
func (v Value) Sparse() Value {
	v.sparse = true
	return v
}

// Field is one entry of a mapping.
type Field struct {
	Key   string
	Value Value

	key *yaml.Node
}

// Errorf returns an *Error at this value's place.
func (v Value) Errorf(format string, args ...any) error {
	return nodeError(v.target(), v.at, fmt.Sprintf(format, args...))
}

// Node returns the node of the value, behind an alias.
func (v Value) Node() *yaml.Node { return v.target() }

// DocumentKind returns the kind that a document states, "" where it states none.
func (v Value) DocumentKind() string {
	fields, _ := v.Fields()
	for _, f := range fields {
		if f.Key == "kind" {
			text, _ := f.Value.Text()
			return text
		}
	}
	return ""
}

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.target().ShortTag() == "!!null" }

// Fields returns the entries of a mapping in written order. Keys are unique
// strings.
func (v Value) Fields() ([]Field, error) {
	n := v.target()
	if n.Kind != yaml.MappingNode {
		return nil, v.Errorf("got %s, want a mapping", v.kind())
	}
	fields := make([]Field, 0, len(n.Content)/2)
	places := make([]place, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key, err := v.key(n.Content[i])
		if err != nil {
			return nil, err
		}
		if seen[key] {
			return nil, nodeError(n.Content[i], v.at, fmt.Sprintf("the key %s is given twice", words.Quote(key)))
		}
		seen[key] = true
		at := &places[len(fields)]
		*at = place{above: v.at, key: key, item: -1}
		fields = append(fields, Field{
			Key: key, Value: Value{node: n.Content[i+1], at: at, sparse: v.sparse},
			key: n.Content[i],
		})
	}
	return fields, nil
}

func (v Value) key(n *yaml.Node) (string, error) {
	k := Value{node: n, at: v.at}
	switch {
	case k.target().Kind != yaml.ScalarNode:
		return "", k.Errorf("a key must be a string, got %s", k.kind())
	case k.target().ShortTag() == "!!merge":
		return "", k.Errorf("merge keys (<<) are not supported; write the entries out")
	}
	return k.target().Value, nil
}

// Items returns the elements of a list.
func (v Value) Items() ([]Value, error) {
	n := v.target()
	if n.Kind != yaml.SequenceNode {
		return nil, v.Errorf("got %s, want a list", v.kind())
	}
	items := make([]Value, len(n.Content))
	for i, child := range n.Content {
		items[i] = Value{node: child, at: &place{above: v.at, item: i}, sparse: v.sparse}
	}
	return items, nil
}

// Text returns a scalar exactly as written: 24.04 without quotes is "24.04".
func (v Value) Text() (string, error) {
	n, err := v.scalar()
	if err != nil {
		return "", err
	}
	return n.Value, nil
}

// Bool returns a bool.
func (v Value) Bool() (bool, error) {
	n, err := v.scalar()
	if err != nil {
		return false, err
	}
	if n.ShortTag() != "!!bool" {
		return false, v.Errorf("got %s, want true or false", words.Quote(n.Value))
	}
	return strings.EqualFold(n.Value, "true"), nil
}

//nolint:gochecknoglobals // compiled once, on first use
var digitsOnly = words.Pattern(`^[-+]?[0-9_]+$`)

// Reading returns a scalar with its type. Integers keep all 64 bits; larger
// ones are an error, and so are infinities. A date is a string.
func (v Value) Reading() (measurement.Reading, error) {
	n, err := v.scalar()
	if err != nil {
		return nil, err
	}
	switch tag := n.ShortTag(); tag {
	case "!!str", "!!timestamp", "!!merge":
		return measurement.Str(n.Value), nil
	case "!!bool", "!!int", "!!float":
		return v.number(n, tag)
	default:
		return nil, v.Errorf("the tag %s is not supported; write a plain string, number or bool", words.Quote(n.Tag))
	}
}

func (v Value) number(n *yaml.Node, tag string) (measurement.Reading, error) {
	if tag != "!!bool" && digitsOnly().MatchString(n.Value) && n.Style == 0 {
		tag = "!!int"
	}
	var decoded any
	err := n.Decode(&decoded)
	_, isFloat := decoded.(float64)
	switch {
	case tag == "!!int" && (isFloat || err != nil && digitsOnly().MatchString(n.Value)):
		return nil, v.Errorf("the integer %s does not fit 64 bits; quote it if it is a text", words.Quote(n.Value))
	case err != nil:
		return nil, v.Errorf("%s is not a valid %s", words.Quote(n.Value), strings.TrimPrefix(tag, "!!"))
	}
	reading, err := measurement.FromAny(decoded)
	if err != nil {
		return nil, v.Errorf("%s: %v", words.Quote(n.Value), err)
	}
	return reading, nil
}

func (v Value) scalar() (*yaml.Node, error) {
	n := v.target()
	switch {
	case n.Kind != yaml.ScalarNode:
		return nil, v.Errorf("got %s, want a single value (string, number or bool)", v.kind())
	case v.IsNull():
		return nil, v.Errorf("got null, want a value")
	}
	return n, nil
}

// target follows an alias.
func (v Value) target() *yaml.Node {
	if v.node.Kind == yaml.AliasNode {
		return v.node.Alias
	}
	return v.node
}

func (v Value) kind() string {
	switch n := v.target(); {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case v.IsNull():
		return "null"
	default:
		return words.Quote(n.Value)
	}
}
