// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// parseJSON reads one JSON value into the same tree as YAML, with the line and
// column of every value, duplicate keys kept and numbers as written.
func parseJSON(data []byte, ended func() error) (*yaml.Node, error) {
	p := &jsonParser{data: data, dec: json.NewDecoder(untilEnded{bytes.NewReader(data), ended}), lines: lineIndex{data: data, line: 1, column: 1}}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	after := p.skip(" \t\r\n")
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errorAt(data, after, "text follows the end of the JSON document")
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
func (p *jsonParser) next() int { return p.skip(" \t\r\n,:") }

// skip returns the offset of the first unread byte that is not one of these.
func (p *jsonParser) skip(bytes string) int {
	i := int(p.dec.InputOffset())
	for i < len(p.data) && strings.IndexByte(bytes, p.data[i]) >= 0 {
		i++
	}
	return i
}

func (p *jsonParser) errorHere(message string) *Error {
	return errorAt(p.data, p.next(), message)
}

// syntaxError places an error where the broken value begins: the offsets of the
// library count from other places than the document's start.
func (p *jsonParser) syntaxError(err error) *Error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errorAt(p.data, len(p.data), "invalid JSON: the document ends too early")
	}
	return errorAt(p.data, p.skip(" \t\r\n"), "invalid JSON: "+err.Error())
}

// lineIndex turns byte offsets into lines and columns. It reads on from the
// last offset, so that a document on one long line costs no more than others;
// offsets must not descend.
type lineIndex struct {
	data         []byte
	offset       int
	line, column int
}

func (l *lineIndex) position(offset int) (line, column int) {
	for ; l.offset < offset; l.offset++ {
		switch b := l.data[l.offset]; {
		case b == '\n':
			l.line, l.column = l.line+1, 1
		case utf8.RuneStart(b):
			l.column++
		}
	}
	return l.line, l.column
}
