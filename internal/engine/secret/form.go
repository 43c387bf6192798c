// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"encoding/base64"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

//nolint:gochecknoglobals // compiled once, on first use
var (
	privateKey = words.Pattern(`-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----`)
	webToken   = words.Pattern(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)
	// The prefixes by which issuers mark their tokens.
	issuedToken = words.Pattern(`\b(` + strings.Join([]string{
		`gh[opusr]_[A-Za-z0-9]{36,}`,                   // GitHub
		`github_pat_[A-Za-z0-9_]{22,}`,                 // GitHub
		`gl(pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{20,}`,     // GitLab
		`nvapi-[A-Za-z0-9_-]{20,}`,                     // NVIDIA NGC
		`hf_[A-Za-z0-9]{30,}`,                          // Hugging Face
		`(AKIA|ASIA)[A-Z2-7]{16}\b`,                    // AWS
		`AIza[A-Za-z0-9_-]{35}`,                        // Google
		`ya29\.[A-Za-z0-9_-]{20,}`,                     // Google
		`xox[abeoprs]-[A-Za-z0-9-]{10,}`,               // Slack
		`dckr_(pat|oat)_[A-Za-z0-9_-]{20,}`,            // Docker
		`npm_[A-Za-z0-9]{36}`,                          // npm
		`pypi-[A-Za-z0-9_-]{50,}`,                      // PyPI
		`hv[sbr]\.[A-Za-z0-9_-]{24,}`,                  // Vault
		`[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}`, // HCP Terraform
		`sk-(ant|proj|svcacct)-[A-Za-z0-9_-]{20,}`,     // Anthropic, OpenAI
		`(sk|rk)_live_[A-Za-z0-9]{20,}`,                // Stripe
	}, "|") + `)`)
)

// Form says what the form of a text shows it to be: "a private key", "a JSON Web
// Token" or "an access token"; "" for anything else, such as the name of a Secret.
func Form(text string) string {
	switch {
	case privateKey().MatchString(text) || privateKey().MatchString(decoded(text)):
		return "a private key"
	case webToken().MatchString(text):
		return "a JSON Web Token"
	case issuedToken().MatchString(text):
		return "an access token"
	default:
		return ""
	}
}

// decoded returns the beginning of a document in PEM that is in base64, as
// Kubernetes keeps it, "" for any other text.
func decoded(text string) string {
	const begin, length = "LS0tLS1CRUdJTi", 64 // "-----BEGIN " in base64; a multiple of 4
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, begin) || len(text) < length {
		return ""
	}
	pem, err := base64.StdEncoding.DecodeString(text[:length])
	if err != nil {
		return ""
	}
	return string(pem)
}
