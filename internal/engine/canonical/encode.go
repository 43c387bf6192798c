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
	var out bytes.Buffer
	out.Grow(textSize(n))
	if err := writeJSON(&out, n, "\n"); err != nil {
		return nil, fmt.Errorf("encoding JSON: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
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

// writeJSON writes a value whose own lines begin with newline: a line break and
// the indentation.
func writeJSON(out *bytes.Buffer, n *yaml.Node, newline string) error {
	switch n.Kind {
	case yaml.MappingNode:
		return writeObject(out, n, newline)
	case yaml.SequenceNode:
		return writeArray(out, n, newline)
	case yaml.ScalarNode:
		if n.Tag == "!!str" {
			return writeString(out, n.Value)
		}
		out.WriteString(n.Value)
		return nil
	default:
		return fmt.Errorf("a node of kind %d has no JSON form", n.Kind)
	}
}

const jsonIndent = "  "

func writeObject(out *bytes.Buffer, n *yaml.Node, newline string) error {
	if len(n.Content) == 0 {
		out.WriteString("{}")
		return nil
	}
	separator := "{" + newline + jsonIndent
	for i := 0; i < len(n.Content); i += 2 {
		out.WriteString(separator)
		separator = "," + newline + jsonIndent
		if err := writeString(out, n.Content[i].Value); err != nil {
			return err
		}
		out.WriteString(": ")
		if err := writeJSON(out, n.Content[i+1], newline+jsonIndent); err != nil {
			return err
		}
	}
	out.WriteString(newline + "}")
	return nil
}

func writeArray(out *bytes.Buffer, n *yaml.Node, newline string) error {
	if len(n.Content) == 0 {
		out.WriteString("[]")
		return nil
	}
	separator := "[" + newline + jsonIndent
	for _, item := range n.Content {
		out.WriteString(separator)
		separator = "," + newline + jsonIndent
		if err := writeJSON(out, item, newline+jsonIndent); err != nil {
			return err
		}
	}
	out.WriteString(newline + "]")
	return nil
}

func writeString(out *bytes.Buffer, s string) error {
	if !strings.ContainsFunc(s, needsEscape) {
		out.WriteString(`"` + s + `"`)
		return nil
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the newline that Encode appends
	return nil
}
