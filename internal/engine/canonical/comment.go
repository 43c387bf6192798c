// SPDX-License-Identifier: Apache-2.0

package canonical

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// commentWidth is the width, in characters, to which comments are wrapped.
const commentWidth = 96

// Comment returns text as the lines of a YAML comment, each beginning with "#",
// without a final newline: the form of yaml.Node.HeadComment. Whatever the text
// holds, line breaks and control characters included, stays inside the comment.
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
