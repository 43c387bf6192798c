// SPDX-License-Identifier: Apache-2.0

// Package secret recognizes what should not be written into a document, and
// takes it out. There are two ways to know a secret: by the name that it is given
// to (name.go) and by its own form (form.go). Taking out twice is the same as
// taking out once, and takes time in proportion to the text.
package secret

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Redacted stands in the place of a secret.
const Redacted = "(redacted)"

// Named reports whether a name is that of a secret: TOKEN, AWS_ACCESS_KEY_ID,
// rd.luks.key, but not vconsole.keymap or tokenFile.
func Named(name string) bool { return sortOf(name) != ordinary }

// Text returns the text without what has the form of a secret, without the
// passwords of its URLs and without what it gives to names of secrets, as in
// "?token=abc", "--api-key abc", "Authorization: Bearer abc" and {"token":"abc"}.
func Text(text string) string {
	return withoutAssigned(withoutUsers(withoutForms(text)))
}

// Value returns the value of a name: redacted when the name is that of a
// secret, else as Text returns it. What cannot be a secret stays, such as nothing,
// a bool, a public key or the path of a key.
func Value(name, value string) string {
	return sortOf(name).value(value)
}

func (s sort) value(value string) string {
	if s.hides(value) {
		return Redacted
	}
	return Text(value)
}

// Variable keeps the name of NAME=value. Anything else is redacted as a whole.
func Variable(variable string) string {
	name, _, assigned := strings.Cut(variable, "=")
	if !assigned || !words.Of(name, words.Letters+words.Digits+"_") {
		return Redacted
	}
	return name + "=" + Redacted
}

// Arguments returns the arguments of a command as Text returns each. That of an
// option named like a secret is redacted, --token abc, and the password of
// -u user:password.
func Arguments(arguments []string) []string {
	shown := slices.Clone(arguments)
	for i, word := range arguments {
		shown[i] = Text(word)
		if i > 0 && isOption(arguments[i-1]) && !isOption(word) {
			shown[i] = optionValue(arguments[i-1], word)
		}
	}
	return shown
}

//nolint:gochecknoglobals // compiled once, on first use
var (
	option     = words.Pattern(`^--?[A-Za-z][A-Za-z0-9_.-]*$`)
	userOption = words.Pattern(`^(-u|-U|--user|--proxy-user|--userpwd)$`)
	userAndPwd = words.Pattern(`^([^\s:/"']+):([^\s"']+)$`)
	numericIDs = words.Pattern(`^[0-9]+:[0-9]+$`)
)

// isOption recognizes an option whose argument comes next.
func isOption(word string) bool { return option().MatchString(word) }

func optionValue(name, value string) string {
	if userOption().MatchString(name) {
		if shown, hidden := withoutPassword(value); hidden {
			return shown
		}
		return Text(value)
	}
	return Value(name, value)
}

// withoutPassword hides the password of user:password. Users of Kubernetes, such
// as system:node:a, and pairs of user and group have a colon but no password.
func withoutPassword(value string) (shown string, hidden bool) {
	parts := userAndPwd().FindStringSubmatch(value)
	if parts == nil || numericIDs().MatchString(value) || parts[1] == "system" || isReference(parts[1]) || parts[1] == parts[2] || parts[2] == Redacted || isReference(parts[2]) {
		return "", false
	}
	return parts[1] + ":" + Redacted, true
}

// replaceAll replaces what a pattern matches where a function says so.
func replaceAll(pattern *regexp.Regexp, text string, hidden func(match string) bool) string {
	return pattern.ReplaceAllStringFunc(text, func(match string) string {
		if hidden(match) {
			return Redacted
		}
		return match
	})
}
