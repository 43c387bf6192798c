// SPDX-License-Identifier: Apache-2.0

package canonical

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// block writes the ordinary nodes of this package as block YAML, with the very
// bytes of the YAML library in a fraction of its time: a bundle is mostly
// encoding. It gives up (ok is false) at the first node that is not ordinary,
// such as a text that needs escapes; the library then encodes the whole.
type block struct {
	out []byte
	ok  bool
}

func encodeBlock(n *yaml.Node) ([]byte, bool) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return nil, false
	}
	b := block{out: make([]byte, 0, textSize(n)), ok: true}
	b.mapping(n, 0, false)
	return b.out, b.ok
}

// value writes what follows "key:" or "-", the line break included. The parent
// begins at column indent.
func (b *block) value(n *yaml.Node, indent int) {
	switch {
	case !b.ok || n.HeadComment != "" || dressed(n):
		b.ok = false
	case n.Kind == yaml.ScalarNode:
		b.out = append(b.out, ' ')
		b.scalar(n, indent+2)
	case len(n.Content) == 0 && n.Kind == yaml.MappingNode:
		b.out = append(b.out, " {}\n"...)
	case len(n.Content) == 0 && n.Kind == yaml.SequenceNode:
		b.out = append(b.out, " []\n"...)
	case n.Kind == yaml.MappingNode:
		b.out = append(b.out, '\n')
		b.mapping(n, indent+2, false)
	case n.Kind == yaml.SequenceNode:
		b.out = append(b.out, '\n')
		b.sequence(n, indent+2)
	default:
		b.ok = false
	}
}

// dressed reports whether a node carries what this package never sets.
func dressed(n *yaml.Node) bool {
	return n.Anchor != "" || n.LineComment != "" || n.FootComment != "" || n.Kind != yaml.ScalarNode && n.Style != 0
}

// mapping writes the entries at column indent; the first one continues the
// line if it follows a dash.
func (b *block) mapping(n *yaml.Node, indent int, afterDash bool) {
	for i := 0; b.ok && i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		const longestKey = 100 // the library writes longer keys in another form
		if dressed(key) || !plainText(key) || len(key.Value) > longestKey {
			b.ok = false
			return
		}
		if inline := afterDash && i == 0; !inline {
			b.comment(key.HeadComment, indent)
			b.pad(indent)
		} else if key.HeadComment != "" {
			b.ok = false
			return
		}
		b.out = append(b.out, key.Value...)
		b.out = append(b.out, ':')
		b.value(n.Content[i+1], indent)
	}
}

func (b *block) sequence(n *yaml.Node, indent int) {
	for _, item := range n.Content {
		b.pad(indent)
		b.out = append(b.out, '-')
		switch {
		case item.Kind == yaml.MappingNode && len(item.Content) > 0:
			b.ok = b.ok && item.HeadComment == "" && !dressed(item)
			b.out = append(b.out, ' ')
			b.mapping(item, indent+2, true)
		case item.Kind == yaml.SequenceNode && len(item.Content) > 0:
			b.ok = false
		default:
			b.value(item, indent)
		}
	}
}

func (b *block) pad(indent int) {
	for range indent {
		b.out = append(b.out, ' ')
	}
}

// comment writes lines that begin with "#", as Comment returns them.
func (b *block) comment(text string, indent int) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		b.ok = b.ok && strings.HasPrefix(line, "# ")
		b.pad(indent)
		b.out = append(b.out, line...)
		b.out = append(b.out, '\n')
	}
}

// scalar writes a scalar whose continuation lines begin at column indent.
func (b *block) scalar(n *yaml.Node, indent int) {
	switch {
	case n.Style == 0 && slices.Contains([]string{"!!int", "!!float", "!!bool", "!!null"}, n.Tag):
		b.out = append(b.out, n.Value...)
	case n.Tag == "!!str" && n.Style == yaml.DoubleQuotedStyle && !strings.ContainsFunc(n.Value, needsEscape):
		b.out = append(b.out, '"')
		b.out = append(b.out, n.Value...)
		b.out = append(b.out, '"')
	case n.Tag == "!!str" && n.Style == yaml.LiteralStyle:
		b.literal(n.Value, indent)
		return
	case plainText(n):
		b.out = append(b.out, n.Value...)
	case isQuoted(n):
		b.out = append(b.out, '\'')
		b.out = append(b.out, n.Value...)
		b.out = append(b.out, '\'')
	default:
		b.ok = false
	}
	b.out = append(b.out, '\n')
}

func needsEscape(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// literal writes a text of several lines that ends in exactly one line break.
func (b *block) literal(text string, indent int) {
	body, ended := strings.CutSuffix(text, "\n")
	if !ended || body == "" || strings.HasSuffix(body, "\n") || strings.HasPrefix(body, " ") {
		b.ok = false
		return
	}
	b.out = append(b.out, "|\n"...)
	for line := range strings.SplitSeq(body, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
			b.ok = false
			return
		}
		if line != "" {
			b.pad(indent)
			b.out = append(b.out, line...)
		}
		b.out = append(b.out, '\n')
	}
}

// plainText reports whether a string is written as it stands in every place:
// a letter, a slash or an underscore, then characters without a meaning in YAML.
func plainText(n *yaml.Node) bool {
	s := n.Value
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" || n.Style != 0 || s == "" || !plainStart(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		c := s[i]
		last := i == len(s)-1
		switch {
		case plainStart(c), '0' <= c && c <= '9', strings.IndexByte("-.@%+=(),", c) >= 0:
		case c == ':' && !last && s[i+1] != ' ':
		case c == ' ' && !last && s[i+1] != ' ' && s[i+1] != '#':
		default:
			return false
		}
	}
	return true
}

// isQuoted reports whether a string is one that the library puts into single
// quotes, such as ">= 1.30" and "[cpu io]".
func isQuoted(n *yaml.Node) bool {
	return n.Tag == "!!str" && n.Style == 0 && n.Value != "" && strings.IndexByte("[>", n.Value[0]) >= 0 &&
		!strings.ContainsFunc(n.Value, needsEscape) && !strings.Contains(n.Value, "'")
}

func plainStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '/' || c == '_'
}
