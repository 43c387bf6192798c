// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

//nolint:gochecknoglobals // compiled once, on first use
var (
	setting    = words.Pattern(`(?i)^([0-9]|true|false|yes|no|y|n|on|off|none|null|nil|enabled|disabled|\[\]|\{\}|\*+|<[a-z _-]+>|\(sensitive\))$`)
	reference  = words.Pattern(`^(\$\([A-Za-z_][A-Za-z0-9_]*\)|\$\{[A-Za-z_][^{}]*\}|\$[A-Z_][A-Z0-9_]*|%[a-zA-Z]|\{\{[^{}]*\}\}|\$oauthtoken)$`)
	methodName = words.Pattern(`(?i)^(basic|bearer|digest|none|node|chap|mutual_chap|password|token|tokens|cert|certificate|x509|mtls|tls|oidc|oauth2?|jwt|ldap|krb5|kerberos|gssapi|pam|rbac|webhook|kubernetes|k8s|iam|sys|unix|scram(-sha)?(-[0-9]+)?)(,[a-zA-Z0-9]+)*$`)
	filePath   = words.Pattern(`^(file://)?(/|\./|~/)[A-Za-z0-9._@-]+(/[A-Za-z0-9._@-]+)*/?(:[A-Za-z0-9=/._-]+)?$`)
	publicName = words.Pattern(`^(arn:aws[a-z-]*:[a-z-]+:|projects/[^/]+/|sha(256|512):[0-9a-f]{32,}$|(UUID|LABEL|PARTUUID)=[A-Za-z0-9-]+$|pkcs11:|ssh-(rsa|dss|ed25519)$|ecdsa-sha2-[a-z0-9-]+$)`)
	plainName  = words.Pattern(`^[A-Za-z0-9]+([./_:-]+[A-Za-z0-9]+)*$`)
	publicKey  = words.Pattern(`^\s*((ssh-(rsa|dss|ed25519)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) AAAA|-----BEGIN (CERTIFICATE|([A-Z0-9]+ )*PUBLIC KEY)|LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS|LS0tLS1CRUdJTiBQVUJMSUMgS0VZ)`)
)

// longest is how much of a value is looked at, in bytes: a longer one is neither a
// setting nor a name.
const longest = 512

// hides reports whether a value of a name of this sort is a secret.
func (s sort) hides(value string) bool {
	switch {
	case s == ordinary, value == "", value == Redacted, len(value) < longest && (setting().MatchString(value) || isReference(value)):
		return false
	case s == password:
		return true
	case publicKey().MatchString(value):
		return privateKey().MatchString(value)
	case len(value) >= longest:
		return true
	case s != parameter && isPublic(value):
		return false
	case s == scheme:
		return !methodName().MatchString(value)
	case s == vague:
		return !plainName().MatchString(value) || looksRandom(value)
	default:
		return true
	}
}

// isReference recognizes what is filled in elsewhere: $(TOKEN), ${TOKEN}.
func isReference(value string) bool { return reference().MatchString(value) }

// isPublic recognizes the place of a secret, and what is made from one.
func isPublic(value string) bool {
	return publicName().MatchString(value) || filePath().MatchString(value) && !looksRandom(value)
}

// looksRandom reports whether one of the words of a text has letters among its
// digits, or is long and of letters of both cases.
func looksRandom(text string) bool {
	const short, long = 6, 20
	apart := func(r rune) bool { return strings.ContainsRune("./_:@=- ", r) }
	for word := range strings.FieldsFuncSeq(text, apart) {
		letters, digits := strings.ContainsFunc(word, unicode.IsLetter), strings.ContainsAny(word, words.Digits)
		cases := strings.ContainsFunc(word, unicode.IsLower) && strings.ContainsFunc(word, unicode.IsUpper)
		if len(word) >= short && letters && digits || len(word) >= long && cases {
			return true
		}
	}
	return false
}
