// SPDX-License-Identifier: Apache-2.0

package canonical

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// YAML encodes a node.
func YAML(n *yaml.Node) ([]byte, error) {
	if text, ok := encodeBlock(n); ok {
		return text, nil
	}
	return encodeAny(n)
}

func encodeAny(n *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return nil, fmt.Errorf("encoding YAML: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("encoding YAML: %w", err)
	}
	return out.Bytes(), nil
}

// JSON encodes a node of mappings, sequences and scalars. Integers keep every
// digit, and <, > and & are not escaped.
func JSON(n *yaml.Node) ([]byte, error) {
	w := jsonWriter{indent: "  ", colon: ": "}
	w.out.Grow(textSize(n))
	if err := w.value(n, "\n"); err != nil {
		return nil, fmt.Errorf("encoding JSON: %w", err)
	}
	w.out.WriteByte('\n')
	return w.out.Bytes(), nil
}

// JSONLine encodes as JSON does, on one line and without a line break at its end:
// for what a program keeps, such as a state.
func JSONLine(n *yaml.Node) ([]byte, error) {
	w := jsonWriter{colon: ":"}
	if err := w.value(n, ""); err != nil {
		return nil, fmt.Errorf("encoding JSON: %w", err)
	}
	return w.out.Bytes(), nil
}

// textSize estimates the bytes of an encoded node, so that a buffer need not
// grow.
func textSize(n *yaml.Node) int {
	const around = 16 // indentation, punctuation and line break
	size := around + len(n.Value) + len(n.HeadComment)
	for _, child := range n.Content {
		size += textSize(child)
	}
	return size
}

type jsonWriter struct {
	out           bytes.Buffer
	indent, colon string
}

// value writes a value whose own lines begin with newline: a line break and the
// indentation, or nothing.
func (w *jsonWriter) value(n *yaml.Node, newline string) error {
	switch n.Kind {
	case yaml.MappingNode:
		return w.object(n, newline)
	case yaml.SequenceNode:
		return w.array(n, newline)
	case yaml.ScalarNode:
		if n.Tag == "!!str" {
			return w.text(n.Value)
		}
		w.out.WriteString(n.Value)
		return nil
	default:
		return fmt.Errorf("a node of kind %d has no JSON form", n.Kind)
	}
}

func (w *jsonWriter) object(n *yaml.Node, newline string) error {
	if len(n.Content) == 0 {
		w.out.WriteString("{}")
		return nil
	}
	below := newline + w.indent
	separator := "{" + below
	for i := 0; i < len(n.Content); i += 2 {
		w.out.WriteString(separator)
		separator = "," + below
		if err := w.text(n.Content[i].Value); err != nil {
			return err
		}
		w.out.WriteString(w.colon)
		if err := w.value(n.Content[i+1], below); err != nil {
			return err
		}
	}
	w.out.WriteString(newline + "}")
	return nil
}

func (w *jsonWriter) array(n *yaml.Node, newline string) error {
	if len(n.Content) == 0 {
		w.out.WriteString("[]")
		return nil
	}
	below := newline + w.indent
	separator := "[" + below
	for _, item := range n.Content {
		w.out.WriteString(separator)
		separator = "," + below
		if err := w.value(item, below); err != nil {
			return err
		}
	}
	w.out.WriteString(newline + "]")
	return nil
}

func (w *jsonWriter) text(s string) error {
	if !strings.ContainsFunc(s, needsEscape) {
		w.out.WriteString(`"` + s + `"`)
		return nil
	}
	enc := json.NewEncoder(&w.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return err
	}
	w.out.Truncate(w.out.Len() - 1) // the newline that Encode appends
	return nil
}
