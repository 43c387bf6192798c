// SPDX-License-Identifier: Apache-2.0

// Package secret recognises what should not be written into a document.
package secret

import (
	"regexp"
	"strings"
)

// Redacted stands in the place of a secret.
const Redacted = "(redacted)"

var (
	secretName  = regexp.MustCompile(`(?i)token|passw|passphrase|secret|key|credential`)
	layoutName  = regexp.MustCompile(`(?i)key(map|board|table|ring)`)
	urlPassword = regexp.MustCompile(`((?:://|:)[^/@:\s]*:)[^/@\s]+@`)
	assignment  = regexp.MustCompile(`([A-Za-z0-9_.-]+)=("[^"]*"|[^\s&;,]+)`)
)

// Named reports whether a name is that of a secret: TOKEN, AWS_ACCESS_KEY_ID,
// rd.luks.key, but not vconsole.keymap.
func Named(name string) bool {
	return secretName.MatchString(layoutName.ReplaceAllString(name, ""))
}

// Text returns the text without the passwords of its URLs and without the
// values that it assigns to names of secrets, as in "?token=abc" or
// "--api-key=abc".
func Text(text string) string {
	if !strings.Contains(text, "=") && !strings.Contains(text, "@") {
		return text
	}
	text = urlPassword.ReplaceAllString(text, "${1}"+Redacted+"@")
	return assignment.ReplaceAllStringFunc(text, func(pair string) string {
		name, _, _ := strings.Cut(pair, "=")
		if !Named(name) {
			return pair
		}
		return name + "=" + Redacted
	})
}
