// SPDX-License-Identifier: Apache-2.0

// Package secret recognizes what should not be written into a document, and
// takes it out.
package secret

import (
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Redacted stands in the place of a secret.
const Redacted = "(redacted)"

//nolint:gochecknoglobals // compiled once, on first use
var (
	secretName  = words.Pattern(`(?i)token|passw|passphrase|secret|key|credential`)
	layoutName  = words.Pattern(`(?i)key(map|board|table|ring)`)
	urlPassword = words.Pattern(`((?:://|:)[^/@:\s]*:)[^/@\s]+@`)
	assignment  = words.Pattern(`([A-Za-z0-9_.-]+)=("[^"]*"|[^\s&;,]+)`)
)

// Named reports whether a name is that of a secret: TOKEN, AWS_ACCESS_KEY_ID,
// rd.luks.key, but not vconsole.keymap.
func Named(name string) bool {
	return secretName().MatchString(layoutName().ReplaceAllString(name, ""))
}

// Text returns the text without the passwords of its URLs and without the
// values that it assigns to names of secrets, as in "?token=abc" or
// "--api-key=abc".
func Text(text string) string {
	if !strings.Contains(text, "=") && !strings.Contains(text, "@") {
		return text
	}
	text = urlPassword().ReplaceAllString(text, "${1}"+Redacted+"@")
	return assignment().ReplaceAllStringFunc(text, func(pair string) string {
		name, _, _ := strings.Cut(pair, "=")
		if !Named(name) {
			return pair
		}
		return name + "=" + Redacted
	})
}

// Value returns the value of a name: redacted when the name is that of a
// secret, else as Text returns it. An empty value stays empty.
func Value(name, value string) string {
	if value != "" && Named(name) {
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
// option named like a secret is redacted: --token abc.
func Arguments(arguments []string) []string {
	shown := slices.Clone(arguments)
	for i, word := range arguments {
		shown[i] = Text(word)
		if i > 0 && isSecretOption(arguments[i-1]) {
			shown[i] = Redacted
		}
	}
	return shown
}

// isSecretOption recognizes an option whose argument comes next.
func isSecretOption(word string) bool {
	return strings.HasPrefix(word, "-") && !strings.Contains(word, "=") && Named(word)
}

// Tree returns a decoded JSON value in which the environment variables, that is
// the objects with a name and a value, have values as Value returns them.
// References to a Secret (valueFrom) stay: they name where a secret is, not what
// it is.
func Tree(value any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = Tree(item)
		}
		return list
	case map[string]any:
		object := maps.Clone(value)
		for key, inner := range object {
			object[key] = Tree(inner)
		}
		name, named := object["name"].(string)
		if text, valued := object["value"].(string); named && valued {
			object["value"] = Value(name, text)
		}
		return object
	default:
		return value
	}
}
