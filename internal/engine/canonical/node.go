// SPDX-License-Identifier: Apache-2.0

// Package canonical writes values as YAML and JSON in one fixed form: sorted
// keys, 2-space indent, LF, a final newline. Equal values give equal bytes on
// every machine, and a string stays a string for readers of YAML 1.1 (Helm)
// and YAML 1.2 alike.
package canonical

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// String returns the node of a string, quoted whenever a YAML 1.1 or 1.2
// reader could take the plain text for something else.
func String(s string) *yaml.Node {
	n := new(yaml.Node)
	setString(n, s)
	return n
}

func setString(n *yaml.Node, s string) {
	n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!str", s
	switch {
	case strings.Contains(s, "\n"):
		n.Style = multilineStyle(s)
	case ambiguous(s):
		n.Style = yaml.DoubleQuotedStyle
	}
}

// Scalar returns the node of a scalar that is not a string. The tag is one of
// !!int, !!float, !!bool and !!null, the text what YAML reads as such.
func Scalar(tag, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
}

// Pair is one entry of a mapping whose order is fixed by its writer.
type Pair struct {
	Key   string
	Value *yaml.Node
}

// Mapping returns the node of a mapping in the given order.
func Mapping(pairs ...Pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: make([]*yaml.Node, 0, 2*len(pairs))}
	keys := make([]yaml.Node, len(pairs))
	for i, p := range pairs {
		setString(&keys[i], p.Key)
		n.Content = append(n.Content, &keys[i], p.Value)
	}
	return n
}

// Sequence returns the node of a list.
func Sequence(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

// Value returns the node of a tree of string, bool, int, int64, uint64,
// float64, nil, []any and map[string]any. Keys are sorted. Any other type is an
// error that names the place.
func Value(v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case nil:
		return Scalar("!!null", "null"), nil
	case string:
		return String(v), nil
	case bool:
		return Scalar("!!bool", strconv.FormatBool(v)), nil
	case int:
		return Scalar("!!int", strconv.Itoa(v)), nil
	case int64:
		return Scalar("!!int", strconv.FormatInt(v, 10)), nil
	case uint64:
		return Scalar("!!int", strconv.FormatUint(v, 10)), nil
	case float64:
		return Scalar("!!float", Float(v)), nil
	case []any:
		return list(v)
	case map[string]any:
		return object(v)
	default:
		return nil, fmt.Errorf("a value of type %T has no YAML form", v)
	}
}

func list(items []any) (*yaml.Node, error) {
	n := Sequence()
	for i, item := range items {
		child, err := Value(item)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		n.Content = append(n.Content, child)
	}
	return n, nil
}

func object(m map[string]any) (*yaml.Node, error) {
	pairs := make([]Pair, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		child, err := Value(m[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		pairs = append(pairs, Pair{key, child})
	}
	return Mapping(pairs...), nil
}

// Float returns the text of a float, always with a point or an exponent, so
// that it never reads as an integer.
func Float(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

// ambiguous reports whether the plain text could be read as a bool, null,
// number, date or merge key. It errs on the side of quoting: everything that
// begins like a number is quoted.
func ambiguous(s string) bool {
	if s == "" {
		return true
	}
	if strings.ContainsRune("0123456789+-.~=<", rune(s[0])) {
		return true
	}
	if len(s) > len("false") {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return true
	}
	return false
}

// multilineStyle picks the literal block style for ordinary text and double
// quotes for text whose line breaks or blanks a block would not keep.
func multilineStyle(s string) yaml.Style {
	if strings.ContainsAny(s, "\r\t\u0085\u2028\u2029\ufeff") || strings.ContainsRune(" \n", rune(s[0])) {
		return yaml.DoubleQuotedStyle
	}
	for line := range strings.Lines(s) {
		if strings.HasSuffix(strings.TrimSuffix(line, "\n"), " ") {
			return yaml.DoubleQuotedStyle
		}
	}
	return yaml.LiteralStyle
}

// commentWidth is the width, in characters, to which comments are wrapped.
const commentWidth = 96

// Comment returns text as the lines of a YAML comment, each beginning with "#",
// without a final newline: the form of yaml.Node.HeadComment. Everything in the
// text, line breaks and control characters included, stays inside the comment.
// A text without a printable character gives "".
func Comment(text string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, "\ufffd"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
	var out strings.Builder
	width := 0
	for _, word := range words {
		length := utf8.RuneCountInString(word)
		switch {
		case width == 0:
			out.WriteString("# ")
			width = 2
		case width+1+length > commentWidth:
			out.WriteString("\n# ")
			width = 2
		default:
			out.WriteByte(' ')
			width++
		}
		out.WriteString(word)
		width += length
	}
	return out.String()
}
