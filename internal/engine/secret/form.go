// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

//nolint:gochecknoglobals // compiled once, on first use
var (
	privateKey = words.Pattern(`-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----`)
	// To its end, or to that of the text.
	wholeKey = words.Pattern(`(?s)-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----.*?(-----END ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----|$)`)
	// Keys of tools that have forms of their own.
	otherKey = words.Pattern(`AGE-SECRET-KEY-1[A-Z0-9]{20,}|\bb3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{20,}`)
	// A document in PEM or in JSON, in base64.
	inBase64 = words.Pattern(`\b(LS0tLS1CRUdJTi|eyJ|ewo|eyA)[A-Za-z0-9+/]{20,}=*`)
	webToken = words.Pattern(`\beyJ[A-Za-z0-9_-]{10,}\.([A-Za-z0-9_-]*\.[A-Za-z0-9_-]{10,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*)(\.[A-Za-z0-9_-]+)*`)
	// As crypt(3) and htpasswd write them.
	passwordHash = words.Pattern(`\$(1|2[abxy]?|5|6|7|y|gy|apr1|argon2id?|scrypt)\$[A-Za-z0-9./$,=+*_-]{16,}`)
	// Addresses that are a key.
	keyAddress = words.Pattern(`https://(hooks\.slack\.com/(services|workflows|triggers)|discord(app)?\.com/api/webhooks|[a-z0-9.-]+\.webhook\.office\.com/webhookb2)/[^\s"'<>]+`)
	// The prefixes by which issuers mark their tokens.
	issuedToken = words.Pattern(`\b(` + strings.Join([]string{
		`gh[opusr]_[A-Za-z0-9]{16,}`,                                      // GitHub
		`github_pat_[A-Za-z0-9_]{22,}`,                                    // GitHub
		`gl[a-z]{2,6}-[A-Za-z0-9_.-]{20,}`,                                // GitLab
		`nvapi-[A-Za-z0-9_-]{10,}`,                                        // NVIDIA NGC
		`hf_[A-Za-z0-9]{16,}`,                                             // Hugging Face
		`(AKIA|ASIA)[A-Z0-9]{16}\b`,                                       // AWS
		`k8s-aws-v1\.[A-Za-z0-9_-]{16,}`,                                  // AWS
		`AIza[A-Za-z0-9_-]{35}`,                                           // Google
		`ya29\.[A-Za-z0-9_-]{20,}`,                                        // Google
		`GOCSPX-[A-Za-z0-9_-]{20,}`,                                       // Google
		`xox[a-z](-[0-9])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}`,      // Slack
		`dckr_(pat|oat)_[A-Za-z0-9_-]{20,}`,                               // Docker
		`npm_[A-Za-z0-9]{36}`,                                             // npm
		`pypi-[A-Za-z0-9_-]{50,}`,                                         // PyPI
		`hv[sbr]\.[A-Za-z0-9_-]{16,}`,                                     // Vault
		`[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}`,                    // HCP Terraform
		`sk-(ant|proj|svcacct|or)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{40,}`, // Anthropic, OpenAI
		`(sk|rk|whsec)_(live|test)_[A-Za-z0-9]{20,}`,                      // Stripe
		`gl(sa|c)_[A-Za-z0-9_=]{20,}`,                                     // Grafana
		`SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`,                      // SendGrid
		`(dop|doo|dor)_v1_[0-9a-f]{40,}`,                                  // DigitalOcean
		`dapi[0-9a-f]{32}`,                                                // Databricks
		`(gsk|rpa)_[A-Za-z0-9]{30,}`,                                      // Groq, RunPod
		`[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}`,                 // Azure
		`LTAI[A-Za-z0-9]{16,20}\b`,                                        // Alibaba
		`sha256~[A-Za-z0-9_-]{30,}`,                                       // OpenShift
		`lin_api_[A-Za-z0-9]{30,}|atlasv1\.[A-Za-z0-9_-]{40,}|key-[0-9a-f]{32}\b|r8_[A-Za-z0-9]{30,}`, // others
	}, "|") + `)`)
)

// form is a way in which secrets look.
type form struct {
	what    string
	pattern func() *regexp.Regexp
	// counts looks closer at what the pattern matches; nil is enough for all.
	counts func(match string) bool
}

func forms() []form {
	return []form{
		{"a private key", wholeKey, nil},
		{"a private key", otherKey, nil},
		{"a private key", inBase64, func(match string) bool { return privateKey().MatchString(decoded(match)) }},
		{"credentials of registries", inBase64, func(match string) bool { return strings.Contains(decoded(match), `"auths"`) }},
		{"a JSON Web Token", webToken, nil},
		{"an access token", issuedToken, nil},
		{"an access token", keyAddress, nil},
		{"the hash of a password", passwordHash, nil},
	}
}

// without returns the text without what has the form.
func (f form) without(text string) string {
	return replaceAll(f.pattern(), text, func(match string) bool { return f.counts == nil || f.counts(match) })
}

// Form says what the form of a text shows it to be: "a private key", "a JSON Web
// Token", "an access token" and others; "" for anything else, such as the name of
// a Secret.
func Form(text string) string {
	if !mayHaveForm(text) {
		return ""
	}
	for _, form := range forms() {
		if form.without(text) != text {
			return form.what
		}
	}
	return ""
}

func withoutForms(text string) string {
	if !mayHaveForm(text) {
		return text
	}
	for _, form := range forms() {
		text = form.without(text)
	}
	return text
}

// mayHaveForm spares most texts the patterns: each form has a long word without
// blanks, or a line that begins a document.
func mayHaveForm(text string) bool {
	const shortest = 15
	length := 0
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c == '"' || c == '\'' {
			length = 0
		} else if length++; length == shortest {
			return true
		}
	}
	return strings.Contains(text, "-----BEGIN")
}

// decoded returns what a text is in base64, as far as it is.
func decoded(text string) string {
	const group = 4
	text = strings.TrimRight(text, "=")
	if len(text)%group == 1 {
		text = text[:len(text)-1]
	}
	plain, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		plain, _ = base64.RawStdEncoding.DecodeString(text[:len(text)/group*group]) // bits are left at the end
	}
	return string(plain)
}
