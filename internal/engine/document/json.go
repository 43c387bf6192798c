// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// parseJSON reads one JSON value into the same tree as YAML, with the line and
// column of every value, duplicate keys kept and numbers as written.
func parseJSON(data []byte) (*yaml.Node, error) {
	p := jsonParser{data: data, dec: json.NewDecoder(bytes.NewReader(data)), lines: newLineIndex(data)}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, p.errorHere("text follows the end of the JSON document")
	}
	return root, nil
}

type jsonParser struct {
	data  []byte
	dec   *json.Decoder
	lines lineIndex
}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	start := p.next()
	if depth > maxDepth {
		return nil, p.errorHere(fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, p.syntaxError(err)
	}
	n := &yaml.Node{}
	n.Line, n.Column = p.lines.position(start)
	switch token := token.(type) {
	case json.Delim:
		return n, p.collection(n, token, depth)
	case string:
		n.Kind, n.Tag, n.Value, n.Style = yaml.ScalarNode, "!!str", token, yaml.DoubleQuotedStyle
	case json.Number:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, numberTag(token.String()), token.String()
	case bool:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!bool", fmt.Sprint(token)
	default:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!null", "null"
	}
	return n, nil
}

func (p *jsonParser) collection(n *yaml.Node, open json.Delim, depth int) error {
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if open == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for p.dec.More() {
		// A key is a string token like any value.
		child, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, child)
	}
	if _, err := p.dec.Token(); err != nil {
		return p.syntaxError(err)
	}
	return nil
}

func numberTag(s string) string {
	if strings.ContainsAny(s, ".eE") {
		return "!!float"
	}
	return "!!int"
}

// next returns the offset of the next token.
func (p *jsonParser) next() int {
	i := int(p.dec.InputOffset())
	for i < len(p.data) && strings.IndexByte(" \t\r\n,:", p.data[i]) >= 0 {
		i++
	}
	return i
}

func (p *jsonParser) errorHere(message string) *Error {
	return errorAt(p.data, p.next(), message)
}

func (p *jsonParser) syntaxError(err error) *Error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return errorAt(p.data, int(syntax.Offset)-1, "invalid JSON: "+syntax.Error())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errorAt(p.data, len(p.data), "invalid JSON: the document ends too early")
	default:
		return p.errorHere("invalid JSON: " + err.Error())
	}
}

// lineIndex turns byte offsets into lines and columns in one pass, for offsets
// asked in ascending order.
type lineIndex struct {
	data   []byte
	offset *int
	line   *int
	start  *int
}

func newLineIndex(data []byte) lineIndex {
	line := 1
	return lineIndex{data: data, offset: new(int), line: &line, start: new(int)}
}

func (l lineIndex) position(offset int) (line, column int) {
	for *l.offset < offset {
		if l.data[*l.offset] == '\n' {
			*l.line++
			*l.start = *l.offset + 1
		}
		*l.offset++
	}
	return *l.line, 1 + len([]rune(string(l.data[*l.start:offset])))
}
