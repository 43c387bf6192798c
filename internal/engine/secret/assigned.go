// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// assignment matches a name, the quote behind it, what separates it from its value, and
// the quote before that.
//
//nolint:gochecknoglobals // compiled once, on first use
var (
	assignment = words.Pattern(`([A-Za-z0-9_.-]+)(\\*["']?)([ \t]*[=:,][ \t]*|[ \t]+)(\\*["']?)`)
	nextName   = words.Pattern(`^[A-Za-z0-9_.-]+=`)
	plainWord  = words.Pattern(`^[a-z]*[.,;:]?$`)
)

// withoutAssigned returns the text without the values that it gives to names of
// secrets.
func withoutAssigned(text string) string {
	if !strings.ContainsAny(text, "=:-") && !strings.Contains(text, "earer ") {
		return text
	}
	var b strings.Builder
	done := 0
	for next := 0; ; {
		at := assignment().FindStringSubmatchIndex(text[next:])
		if at == nil {
			break
		}
		group := func(n int) string { return text[next+at[2*n] : next+at[2*n+1]] }
		p := pair{text: text, nameAt: next + at[0], name: group(1), quote: group(2), separator: group(3), open: group(4), valueAt: next + at[1]}
		next += at[1]
		shown, hidden := p.shown()
		if !hidden {
			continue
		}
		from, end := p.valueAt, p.valueEnd(len(text))
		if p.kind() == '=' && p.open == `"` && strings.HasPrefix(text[end:], p.open) {
			from, end = from-1, end+1 // quotes hold together what is not one anymore
		}
		b.WriteString(text[done:from])
		b.WriteString(shown)
		done, next = end, end
	}
	b.WriteString(text[done:])
	return b.String()
}

// pair is a name and a value in a text.
type pair struct {
	text                         string
	name, quote, separator, open string
	nameAt, valueAt              int
}

func (p pair) kind() byte { return (strings.TrimSpace(p.separator) + " ")[0] }

// shown returns the value as it is shown where some of it is hidden.
func (p pair) shown() (shown string, hidden bool) {
	found, user := p.sort(), isOption(p.name) && userOption().MatchString(p.name)
	if !p.assigns(found) || found == ordinary && !user {
		return p.credentials()
	}
	value := p.text[p.valueAt:p.valueEnd(longest)]
	switch {
	case strings.HasPrefix(value, Redacted), strings.TrimSpace(p.separator) != "=" && isOption(p.name) && isOption(value):
		return "", false
	case p.isMapping(value), found != password && p.isProse(value):
		return "", false
	case user:
		return withoutPassword(value)
	default:
		return Redacted, found.hides(value)
	}
}

// isMapping recognizes what has names of its own: key: {name: value}.
func (p pair) isMapping(value string) bool {
	return p.open == "" && value != "" && strings.IndexByte("{[", value[0]) >= 0 && (p.separator != "=" || strings.Trim(value, "{[") == "")
}

// isProse recognizes a sentence behind a colon.
func (p pair) isProse(value string) bool {
	return p.kind() == ':' && p.open == "" && len(strings.Fields(value)) > 2 && !looksRandom(value)
}

// sort is that of the name. In the query of a URL a key is one.
func (p pair) sort() sort {
	found := sortOf(p.name)
	if found == vague && p.kind() == '=' && p.nameAt > 0 && strings.IndexByte("?&", p.text[p.nameAt-1]) >= 0 {
		return parameter
	}
	return found
}

// assigns reports whether a value is given to the name: name=value, name = value,
// name: value, "name":"value", --name value and "--name","value". A name and a
// colon may also be the beginning of an address, unless it is a password.
func (p pair) assigns(found sort) bool {
	switch p.kind() {
	case '=':
		return p.separator == "=" || strings.Trim(p.separator, " \t") == "=" && len(p.separator) > 2
	case ':':
		return p.quote != "" || strings.HasSuffix(p.separator, " ") || p.assignsAtOnce(found)
	case ',':
		return isOption(p.name) && p.quote != "" && p.open != ""
	default:
		return isOption(p.name) && p.quote == ""
	}
}

// assignsAtOnce is for name:value, which mostly is a part of a name: of an image
// or of a resource in a cloud.
func (p pair) assignsAtOnce(found sort) bool {
	part := p.nameAt > 0 && strings.IndexByte(":/", p.text[p.nameAt-1]) >= 0
	value := p.text[p.valueAt:p.valueEnd(longest)]
	return !strings.HasPrefix(value, "//") && (found == password || found == telling && !part && looksRandom(value))
}

// credentials are those of a header: Bearer abc.
func (p pair) credentials() (shown string, hidden bool) {
	const shortest = 8
	bearer, basic := strings.EqualFold(p.name, "bearer"), strings.EqualFold(p.name, "basic")
	if p.kind() != ' ' || p.quote != "" || p.open != "" || !bearer && !basic {
		return "", false
	}
	value := p.text[p.valueAt:p.valueEnd(longest)]
	plain := len(value) < shortest || plainWord().MatchString(value) || isReference(value)
	return Redacted, !plain && (bearer || looksRandom(value) || strings.HasSuffix(value, "="))
}

// valueEnd returns where the value ends: at the quote that it begins with; else at
// a blank, or at the end of the line behind a colon. It does not look further than
// so many bytes.
func (p pair) valueEnd(most int) int {
	rest := p.text[p.valueAt:]
	rest = rest[:min(most, len(rest))]
	switch {
	case p.open != "":
		return p.valueAt + quotedLength(rest, p.open)
	case p.kind() == ':' && p.quote == "" && sortOf(p.name) != vague:
		return p.valueAt + len(strings.TrimRight(rest[:lengthUntil(rest, "\r\n\"'}")], " \t,"))
	case p.kind() == ':':
		return p.valueAt + lengthUntil(rest, ", \t\r\n\"'}]")
	default:
		return p.valueAt + wordLength(rest)
	}
}

func quotedLength(text, quote string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], quote)
		if at < 0 {
			return len(text)
		}
		if at += from; len(quote) > 1 || at == 0 || text[at-1] != '\\' {
			return at
		}
		from = at + 1
	}
}

// wordLength is up to a blank or a quote, or to what separates the next
// assignment. A bracket that was opened before does not belong to it.
func wordLength(text string) int {
	word := text[:lengthUntil(text, " \t\r\n\"'`")]
	for i := 0; i < len(word); i++ {
		if strings.IndexByte("&;,", word[i]) < 0 {
			continue
		}
		next := word[i+1:]
		if until := lengthUntil(next, "=&;,"); next == "" || until < len(next) && nextName().MatchString(next[:until+1]) {
			return i
		}
	}
	for _, brackets := range []string{"()", "[]", "{}"} {
		if !strings.Contains(word, brackets[:1]) {
			word = strings.TrimRight(word, brackets[1:])
		}
	}
	return len(word)
}
