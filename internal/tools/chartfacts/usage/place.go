// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
)

// cursor is where in a manifest a template writes, judged by the text that it
// has written: by the names before colons and their indentation.
type cursor struct {
	kind   string
	above  []level // what the place is inside of, outermost first
	line   string  // the text of the line so far
	indent int     // of what is written, by include and nindent

	written int      // texts so far
	pending *landing // of a value that may be all that follows a colon
}

// landing is where a value lands.
type landing struct {
	of *Key
	at Place
}

// level is a name, or a dash, and how far to the right it stands. A dash stands
// right of a name at the same column: it is inside of it.
type level struct {
	column int
	name   string
	open   bool // nothing follows it on its line
	block  bool // begins a text of several lines
}

// dash is the name of a list's elements.
const dash = "[]"

// write takes a text that a template has written.
func (c *cursor) write(text string) {
	c.written++
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			c.land()
			c.line = strings.Repeat(" ", c.indent)
		}
		if strings.TrimSpace(part) != "" {
			c.pending = nil
		}
		c.line += part
		c.read()
	}
}

// read finds out what the line so far begins.
func (c *cursor) read() {
	rest := strings.TrimLeft(c.line, " ")
	column := len(c.line) - len(rest)
	if rest == "" || strings.HasPrefix(rest, "#") || c.inBlock(column) {
		return
	}
	if strings.HasPrefix(rest, "---") {
		*c = cursor{line: c.line, indent: c.indent}
		return
	}
	for strings.HasPrefix(rest, "- ") {
		c.leave(2*column + 1)
		c.above = append(c.above, level{column: 2*column + 1, name: dash})
		column += 2
		rest = rest[2:]
	}
	name, after, ok := strings.Cut(rest, ":")
	if !ok || strings.ContainsAny(name, " {") || after != "" && after[0] != ' ' {
		return
	}
	after = strings.TrimSpace(after)
	c.leave(2 * column)
	isBlock := strings.HasPrefix(after, "|") || strings.HasPrefix(after, ">")
	c.above = append(c.above, level{2 * column, strings.Trim(name, `"'`), after == "", isBlock})
	if name == "kind" && column == 0 {
		c.kind = after
	}
}

// inBlock reports whether a line at the column is part of a text.
func (c *cursor) inBlock(column int) bool {
	return slices.ContainsFunc(c.above, func(l level) bool { return l.block && 2*column > l.column })
}

// leave goes out of all that does not stand left of a column.
func (c *cursor) leave(column int) {
	c.above = slices.DeleteFunc(slices.Clone(c.above), func(l level) bool { return l.column >= column })
}

// place is where YAML lands that is written next, "" for a text and where that
// is not known. A negative indentation means: where the line stands.
func (c *cursor) place(indent int) (kind, path string) {
	at, column := *c, indent
	if indent >= 0 {
		column += c.indent
	} else if strings.TrimSpace(at.line) == "" {
		column = len(at.line)
	}
	if column >= 0 {
		at.leave(2*column + at.listAt(column))
	} else if !strings.HasSuffix(strings.TrimRight(at.line, " "), ":") {
		return "", "" // in the middle of a line
	}
	for _, l := range at.above {
		if l.block {
			return "", ""
		}
		path = strings.TrimPrefix(path+"."+l.name, ".")
	}
	return at.kind, strings.ReplaceAll(path, "."+dash, dash)
}

// listAt is 1 where what is written at a column is the elements of a list whose
// name stands at the same column, else 0.
func (c *cursor) listAt(column int) int {
	i := slices.IndexFunc(c.above, func(l level) bool { return l.column == 2*column })
	if i < 0 {
		return 0
	}
	isLast := i == len(c.above)-1
	if isLast && c.above[i].open || !isLast && c.above[i+1].column == 2*column+1 {
		return 1
	}
	return 0
}

// bare takes a value that is printed. Where it is all that follows a colon, it
// is what the field gets.
func (c *cursor) bare(v value, when condition.Condition) {
	kind, path := c.place(-1)
	c.pending = nil
	of := v.quoted
	if v.isKey() {
		of = v.keys[0]
	}
	if of != nil && kind != "" {
		c.pending = &landing{of, Place{Kind: kind, Path: path, Bare: true, Quoted: v.quoted != nil, When: when}}
	}
	c.fill()
}

// fill takes a text that is not known.
func (c *cursor) fill() {
	c.line += "?"
	c.read()
}

// land ends a line.
func (c *cursor) land() {
	if c.pending != nil {
		c.pending.of.land(c.pending.at)
		c.pending = nil
	}
}
