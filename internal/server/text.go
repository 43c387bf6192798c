// SPDX-License-Identifier: Apache-2.0

package server

import "unicode/utf8"

// shorten bounds a word of a client in messages and logs.
func shorten(text string) string { return cut(text, 128) }

// cut bounds a text to a number of bytes, of whole characters, and dots.
func cut(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	end := longest
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}
