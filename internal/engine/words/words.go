// SPDX-License-Identifier: Apache-2.0

// Package words writes the parts of messages: quoted texts, and lists of words.
// It also tells the forms of texts apart.
package words

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// longest is how much of a text a message shows, in characters, so that a
// broken input does not fill the screen.
const longest = 80

// Quote returns a text quoted for a message, cut after 80 characters.
func Quote(text string) string {
	if short := Cut(text, longest); short != text {
		return strconv.Quote(short) + "..."
	}
	return strconv.Quote(text)
}

// Cut returns the first characters of a text, at most so many.
func Cut(text string, most int) string {
	for i := range text {
		if most == 0 {
			return text[:i]
		}
		most--
	}
	return text
}

// Or joins words: "a", "a or b", "a, b or c".
func Or(list []string) string { return join(list, " or ") }

// And joins words: "a", "a and b", "a, b and c".
func And(list []string) string { return join(list, " and ") }

func join(list []string, last string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	end := len(list) - 1
	return strings.Join(list[:end], ", ") + last + list[end]
}

// Lines lists at most so many texts, each on an indented line of its own, and
// counts the rest.
func Lines(list []string, most int) string {
	shown := list[:min(len(list), most)]
	text := "  " + strings.Join(shown, "\n  ")
	if more := len(list) - len(shown); more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return text
}

// The letters and digits of ASCII, for Of.
const (
	LowerCase = "abcdefghijklmnopqrstuvwxyz"
	Letters   = LowerCase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Digits    = "0123456789"
)

// Of reports whether a text is of some characters alone, and not empty.
func Of(text, characters string) bool {
	return text != "" && strings.Trim(text, characters) == ""
}

// Pattern returns what compiles a regular expression when it is first needed:
// compiling all of a program's takes a tenth of its start.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
