// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

//nolint:gochecknoglobals // compiled once, on first use
var (
	// iscsi:user:password@target, user:password@tcp(host) and user:password@host:port.
	bareUser = words.Pattern(`((?:^|[\s"'=,;(])(?:[A-Za-z0-9+.-]*:)?[^/@:\s"'=]*:)([^/@\s"']+)(@(?:tcp\(|unix\(|[A-Za-z0-9._-]+:[0-9]+(?:[/\s"',;)]|$))|@[A-Za-z0-9._-]+::)`)
	hostForm = words.Pattern(`^(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+)(:[0-9]*)?$`)
	// That of a whole host: with dots, with a port, or the machine itself.
	fullHost = words.Pattern(`^(localhost|\[.*\]|.*\..*|.*:[0-9]+)$`)
	portForm = words.Pattern(`^[0-9]*$`)
	webName  = words.Pattern(`^([a-z]{1,12}|[A-Z]{1,3}|oauth2|x-access-token|x-token-auth|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)
)

// withoutUsers returns the text without the passwords of URLs, and without users
// that are tokens: http://user:(redacted)@proxy:3128.
func withoutUsers(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	for {
		begin := strings.Index(text, "://")
		if begin < 0 {
			break
		}
		begin += len("://")
		b.WriteString(text[:begin])
		scheme := schemeOf(text[:begin-len("://")])
		text = text[begin:]
		address := text[:addressLength(text)]
		if at := userLength(address); at > 0 {
			b.WriteString(shownUser(scheme, address[:at]))
			text = text[at:]
		}
	}
	b.WriteString(text)
	return bareUser().ReplaceAllString(b.String(), "${1}"+Redacted+"${3}")
}

func schemeOf(before string) string {
	return before[strings.LastIndexAny(before, " \t\n\"'=,;(<>:/[")+1:]
}

// addressLength returns where a URL ends that begins behind its scheme: at a
// blank, at a quote, or where another one begins.
func addressLength(text string) int {
	for i := range len(text) {
		rest := text[i:] // a domain may be before the user: corp\user
		if strings.IndexByte(" \t\r\n\"'<>`", rest[0]) >= 0 || strings.HasPrefix(rest, "://") || strings.HasPrefix(rest, `\"`) {
			return i
		}
	}
	return len(text)
}

// userLength returns where the @ is behind user and password, 0 where an address
// has none. A password may have an @ and a / that should have been escaped: then
// the last @ before a whole host is taken.
func userLength(address string) int {
	authority := address[:lengthUntil(address, "/?#")]
	at := strings.LastIndexByte(authority, '@')
	_, password, colon := strings.Cut(authority, ":")
	switch {
	case at >= 0 && fullHost().MatchString(authority[at+1:]):
		return at
	case at < 0 && (!colon || portForm().MatchString(password) || strings.HasPrefix(authority, "[")):
		return 0
	}
	path := address
	if at >= 0 {
		path = address[:lengthUntil(address, "?#")]
	}
	for last := len(path); ; {
		last = strings.LastIndexByte(path[:last], '@')
		if last <= at {
			return max(at, 0)
		}
		if host := path[last+1:][:lengthUntil(path[last+1:], "/?#@")]; hostForm().MatchString(host) && (at < 0 || fullHost().MatchString(host)) {
			return last
		}
	}
}

func lengthUntil(text, characters string) int {
	if end := strings.IndexAny(text, characters); end >= 0 {
		return end
	}
	return len(text)
}

// shownUser returns user and password as they are shown. A user without a
// password is mostly a token in the address of a web server, and elsewhere the
// name of an account.
func shownUser(scheme, user string) string {
	name, password, _ := strings.Cut(user, ":")
	const long = 20
	web := strings.HasPrefix(scheme, "http") || strings.HasSuffix(scheme, "+http") || strings.HasSuffix(scheme, "+https")
	isToken := web && password == "" || len(name) >= long && looksRandom(name)
	if name != "" && isToken && !webName().MatchString(name) && name != Redacted && !isReference(name) {
		name = Redacted
	}
	switch {
	case password == "":
		return name
	case isReference(password):
		return name + ":" + password
	default:
		return name + ":" + Redacted
	}
}
