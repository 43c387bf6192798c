// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Limits of what is read. They bound time and memory for hostile input and are
// far above what a real cluster's snapshot needs (about 100 KiB).
const (
	// MaxSize is the largest document, in bytes.
	MaxSize = 32 << 20
	// maxDepth is the deepest nesting; documents of this product need 6.
	maxDepth = 64
	// maxNodes bounds the values of a document, by a count of the characters that may
	// begin one. A snapshot of 100 KiB has about 10,000.
	maxNodes = 1_000_000
	// nodeMemory is the most memory, in bytes, that reading and working on a value
	// and its key takes: 560 were seen.
	nodeMemory = 600
	// maxAliased is the number of nodes that aliases may stand for in all, and
	// maxAliasedBytes that of the bytes of their texts.
	maxAliased      = 100_000
	maxAliasedBytes = 1 << 20
)

// Parse reads one YAML or JSON document into a tree of located values. Text
// that begins with "{" and is valid JSON is read as JSON, all else as YAML 1.2.
// It refuses what is empty, larger than MaxSize, not UTF-8, holds a NUL byte or
// a second document, is cut, nests too deeply or expands too many aliases; every
// refusal is an *Error. It ends soon after its context does, with the cause.
func Parse(ctx context.Context, data []byte) (Value, error) {
	root, err := parse(ctx, data)
	if ctx.Err() != nil {
		return Value{}, context.Cause(ctx)
	}
	return root, err
}

func parse(ctx context.Context, data []byte) (Value, error) {
	if err := checkBytes(data); err != nil {
		return Value{}, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := checkWhole(data); err != nil {
		return Value{}, err
	}
	root, err := parseNode(data, ctx.Err)
	if err != nil {
		return Value{}, err
	}
	c := checker{}
	if err := c.check(root, 0, false); err != nil {
		return Value{}, err
	}
	return Value{node: root}, nil
}

func checkBytes(data []byte) error {
	if len(data) > MaxSize {
		return &Error{Line: 1, Column: 1, Message: fmt.Sprintf("the document has %d bytes; the limit is %d (32 MiB)", len(data), MaxSize)}
	}
	if !utf8.Valid(data) {
		return errorAt(data, invalidOffset(data), "the text is not valid UTF-8; save the document as UTF-8")
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return errorAt(data, i, "the text holds a NUL byte; is this a YAML or JSON file?")
	}
	if i := directive(data); i >= 0 {
		return errorAt(data, i, "a line that begins with % is a directive of YAML, of which only %YAML is read; indent the line if it belongs to a text")
	}
	if n := atMost(data); n > maxNodes {
		return &Error{Line: 1, Column: 1, Message: fmt.Sprintf("the document may have %d values and keys; the limit is %d", n, maxNodes)}
	}
	return nil
}

// directive returns the offset of a line that the YAML parser would take for a
// directive other than %YAML, -1 for none. It takes time in the square of how many
// there are.
func directive(data []byte) int {
	for offset := 0; ; {
		line := data[offset:]
		if bytes.HasPrefix(line, []byte("%")) && !bytes.HasPrefix(line, []byte("%YAML ")) {
			return offset
		}
		i := bytes.IndexByte(line, '\n')
		if i < 0 {
			return -1
		}
		offset += i + 1
	}
}

// atMost returns a bound of how many values and keys a document has: each but the
// first comes after one of these characters.
func atMost(data []byte) int {
	n := 1
	for i, c := range data {
		switch c {
		case '\n', '\r', ',', ':', '?', '[', '{':
			n++
		case '-': // of a list, where nothing else comes after it
			if i+1 == len(data) || bytes.IndexByte([]byte(blanks), data[i+1]) >= 0 {
				n++
			}
		}
	}
	return n
}

// Memory returns a bound of the bytes of memory that a document takes while it is
// read and worked on.
func Memory(data []byte) int64 {
	const texts = 8 // the text itself, those of its values with the buffers for them, and what is made of them
	return int64(atMost(data))*nodeMemory + texts*int64(len(data))
}

func invalidOffset(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// errorAt returns an error located at a byte offset.
func errorAt(data []byte, offset int, message string) *Error {
	before := data[:min(offset, len(data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &Error{Line: line, Column: column, Message: message}
}

const blanks = " \t\r\n"

func parseNode(data []byte, ended func() error) (*yaml.Node, error) {
	if inner, ok := bytes.CutPrefix(bytes.TrimLeft(data, blanks), []byte("{")); ok {
		root, err := parseJSON(data, ended)
		if err == nil {
			return root, nil
		}
		// A flow mapping is YAML that begins like JSON; a bare word is YAML's.
		root, yamlErr := parseYAML(data, ended)
		if yamlErr == nil {
			return root, nil
		}
		if r, _ := utf8.DecodeRune(bytes.TrimLeft(inner, blanks)); unicode.IsLetter(r) {
			return nil, yamlErr
		}
		return nil, err
	}
	return parseYAML(data, ended)
}

func parseYAML(data []byte, ended func() error) (*yaml.Node, error) {
	dec := yaml.NewDecoder(untilEnded{bytes.NewReader(data), ended})
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &Error{Line: 1, Column: 1, Message: "the document is empty"}
	case err != nil:
		return nil, syntaxError(data, err)
	}
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, syntaxError(data, err)
	}
	return nil, &Error{
		Line: second.Line, Column: max(second.Column, 1),
		Message: "a second document begins here; give one document (the part before this \"---\")",
	}
}

// untilEnded reads until ended returns an error: the parsers read on as they go.
type untilEnded struct {
	io.Reader
	ended func() error
}

func (u untilEnded) Read(p []byte) (int, error) {
	if err := u.ended(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}

// syntaxError locates an error of the YAML library, which knows the line only:
// the column is that of the line's first character.
func syntaxError(data []byte, err error) *Error {
	match := regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(?s:(.*))$`).FindStringSubmatch(err.Error())
	line := 1
	if n, convErr := strconv.Atoi(match[1]); convErr == nil {
		line = n
	}
	lines := strings.Split(string(data), "\n")
	line = min(line, len(lines))
	text := lines[line-1]
	column := 1 + len(text) - len(strings.TrimLeft(text, " \t"))
	return &Error{Line: line, Column: column, Message: "invalid YAML: " + match[2]}
}

// NoAliases refuses a document with aliases, which say in a few bytes what takes
// many: nothing that comes from a stranger needs them.
func (v Value) NoAliases() error { return noAliases(v.node) }

func noAliases(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode {
		return nodeError(n, nil, "aliases are not supported here; write the value out")
	}
	for _, child := range n.Content {
		if err := noAliases(child); err != nil {
			return err
		}
	}
	return nil
}

// checker bounds depth and alias expansion, before anything walks the tree.
type checker struct{ aliased, aliasedBytes int }

func (c *checker) check(n *yaml.Node, depth int, aliased bool) error {
	if depth > maxDepth {
		return nodeError(n, nil, fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	if aliased {
		c.aliased++
		c.aliasedBytes += len(n.Value)
		if c.aliased > maxAliased || c.aliasedBytes > maxAliasedBytes {
			return nodeError(n, nil, fmt.Sprintf("aliases expand to more than %d values or %d bytes", maxAliased, maxAliasedBytes))
		}
	}
	if n.Kind == yaml.AliasNode {
		return c.check(n.Alias, depth+1, true)
	}
	for _, child := range n.Content {
		if err := c.check(child, depth+1, aliased); err != nil {
			return err
		}
	}
	return nil
}

func nodeError(n *yaml.Node, at *place, message string) *Error {
	return &Error{Line: max(n.Line, 1), Column: max(n.Column, 1), Path: at.String(), Message: message}
}
