// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	masked = "(sensitive)"

	// Shorter values cannot be told from ordinary text: an environment
	// variable of an exec plugin is often "1" or "prod".
	minSecret = 6
	// Shorter lines of a PEM block are its last or its border.
	minSecretLine = 20
)

// redactor replaces secrets in texts.
type redactor struct {
	secrets []string // longest first, so that no secret hides a part of another
}

func newRedactor(values ...string) redactor {
	var secrets []string
	for _, v := range values {
		v = strings.TrimSpace(v)
		if len(v) >= minSecret {
			secrets = append(secrets, v)
		}
		secrets = append(secrets, secretLines(v)...)
	}
	slices.SortFunc(secrets, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return redactor{secrets: slices.Compact(secrets)}
}

// secretLines returns the lines of a PEM block or other long text, which
// errors may quote one by one.
func secretLines(v string) []string {
	lines := strings.Split(v, "\n")
	if len(lines) < 2 {
		return nil
	}
	return slices.DeleteFunc(lines, func(line string) bool {
		return len(line) < minSecretLine || strings.HasPrefix(line, "-----")
	})
}

func (r redactor) redact(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, masked)
	}
	return text
}

// urlPassword returns the password in a URL, "" when there is none.
func urlPassword(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}

var (
	namedSecret = regexp.MustCompile(`(?i)((?:token|password|passwd|secret|credential|authorization|access_?key|private_?key)[a-z_-]*["']?\s*[:=]\s*(?:bearer\s+|basic\s+)?["']?)[^\s"',;]+`)
	longWord    = regexp.MustCompile(`[0-9A-Za-z_+=-]{20,}`)
	hasDigit    = regexp.MustCompile(`[0-9]`)
	hasLetter   = regexp.MustCompile(`[A-Za-z]`)
)

// redactOutput masks what looks like a credential in a text whose secrets are
// not known: values named token, password and the like, and long words of
// letters and digits, as the parts of every JWT and cloud token are.
func redactOutput(text string) string {
	text = namedSecret.ReplaceAllString(text, "${1}"+masked)
	return longWord.ReplaceAllStringFunc(text, func(word string) string {
		if hasDigit.MatchString(word) && hasLetter.MatchString(word) {
			return masked
		}
		return word
	})
}
