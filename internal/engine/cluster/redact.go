// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

const (
	masked = "(sensitive)"

	// Shorter values cannot be told from ordinary text: an environment
	// variable of an exec plugin is often "1" or "prod".
	minSecret = 6
	// Shorter lines of a PEM block are its last or its border.
	minSecretLine = 20
)

// redactor replaces secrets in texts. It may be used by several goroutines.
type redactor struct {
	mu      sync.Mutex
	secrets []string // longest first, so that no secret hides a part of another
}

func newRedactor(values ...string) *redactor {
	r := &redactor{}
	r.add(values...)
	return r
}

// add adds secrets. Earlier ones stay, since an error may still carry them.
func (r *redactor) add(values ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	secrets := slices.Clone(r.secrets)
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
	r.secrets = slices.Compact(secrets)
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

func (r *redactor) redact(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.secrets {
		text = strings.ReplaceAll(text, known, masked)
	}
	return text
}

// hide returns err as it is, or with its text redacted when it has to be.
func (r *redactor) hide(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if redacted := r.redact(text); redacted != text {
		return &redactedError{text: redacted, err: err}
	}
	return err
}

// redactedError is an error whose text is shown without its secrets.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

// urlPassword returns the password in a URL, "" when there is none.
func urlPassword(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}

// redactOutput masks what looks like a credential in a text whose secrets are
// not known: what package secret recognizes, and long words of letters and digits,
// as the parts of every cloud token are.
func redactOutput(text string) string {
	// Compiled here, as plugins seldom fail and every command would pay for it.
	longWord := regexp.MustCompile(`[0-9A-Za-z_+=-]{20,}`)
	text = strings.ReplaceAll(secret.Text(text), secret.Redacted, masked)
	return longWord.ReplaceAllStringFunc(text, func(word string) string {
		if strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter) {
			return masked
		}
		return word
	})
}
