// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// sort says what a name makes of its value.
type sort int

const (
	ordinary  sort = iota // nothing
	vague                 // a secret if it looks like one: key
	telling               // a secret: token, secret, credential, API key
	scheme                // a secret or the name of a method: auth
	password              // a secret, also where it looks like a path or a number
	parameter             // a secret: a vague name in the query of a URL
)

// The words of names, in lower case and without digits at their end.
//
//nolint:gochecknoglobals // compiled once, on first use
var (
	passwordWord = wordPattern(`pass`, `pw`, `pin`, `psk`, `presharedkey`, `otp`, `totp`, `[a-z]*pwd`, `[a-z]*(password|passwd|passphrase|passcode)s?`,
		`(admin|bind|bmc|db|ftp|git|http|ipmi|key|ldap|my|proxy|redis|root|smb|smtp|sql|ssh|sudo|user|vnc)pass`)
	tellingWord = wordPattern(`[a-z]*tokens?`, `[a-z]*secrets?`, `[a-z]*credentials?`, `creds?`, `jwts?`, `bearer`, `cookie`, `sas`,
		`(access|account|api|auth|encryption|host|license|luks|master|private|secret|shared|signing|ssh|storage|tls)keys?`, `dockercfg`, `dockerconfig`, `dockerconfigjson`)
	schemeWord = wordPattern(`auths?`, `oauth`, `basicauth`, `authorization`)
	keyWord    = wordPattern(`keys?`)
	// Secrets where nothing follows: sig-storage is a group.
	lastWord = wordPattern(`pat`, `sig`, `signature`)
	// What before "key" makes it a secret.
	keyOfSecret = wordPattern(`access`, `account`, `aes`, `api`, `app`, `auth`, `client`, `consumer`, `crypt`, `deploy`, `encryption`, `gpg`, `hmac`, `license`, `luks`, `master`,
		`pgp`, `priv`, `private`, `product`, `rsa`, `secret`, `security`, `service`, `session`, `shared`, `sign`, `signing`, `ssh`, `storage`, `subscription`, `wg`, `wireguard`)
	// What before a word makes it something that may be shown.
	publicWord = wordPattern(`existing`, `image`, `pub`, `public`, `pull`, `max`, `min`, `num`)
	// What after a word makes the name one of something about a secret.
	aboutWord = wordPattern(`address`, `age`, `alg`, `algo`, `algorithm`, `at`, `attempts`, `audiences?`, `backend`, `bits`, `ca`, `cert`, `certificate`, `class`, `count`, `crt`,
		`(dir|directory|folder)`, `driver`, `enabled?`, `disabled?`, `endpoints?`, `enforce`, `env`, `environment`, `errors?`, `exist(s|ing)?`, `expir(y|es?|ation)`, `fields?`, `files?`, `fingerprint`, `format`,
		`groups?`, `hosts?`, `hostname`, `ids?`, `index`, `info`, `interval`, `issuer`, `kind`, `labels?`, `len`, `length`, `level`, `life`, `lifetime`, `limit`, `location`, `lookup`,
		`manager`, `map`, `max`, `min`, `methods?`, `mode`, `mount`, `names?`, `namespace`, `number`, `offset`, `owner`, `pair`, `path`, `paths`, `period`, `plugins?`, `policy`, `port`, `prefix`,
		`providers?`, `purpose`, `refs?`, `references?`, `refresh`, `required?`, `retries`, `review`, `ring`, `roles?`, `rotat(e|ion)`, `scopes?`, `selector`, `server`, `sizes?`, `slot`,
		`source`, `state`, `status`, `stdin`, `store`, `strength`, `suffix`, `table`, `through`, `thru`, `thumbprint`, `time`, `timeout`, `ttl`, `types?`, `ur[il]s?`, `usages?`, `users?`, `username`,
		`version`, `volumes?`, `webhook`)
	// The same, except after a password: it can be guessed from its hash.
	hashWord = wordPattern(`checksum`, `digest`, `hash`, `sha`, `sum`)
	// Parts of names that say nothing by themselves: password.value.
	emptyPart = words.Pattern(`(?i)^(value|data|raw|content|text|string|literal|plain|base64|[0-9]+)$`)
)

func wordPattern(alternatives ...string) func() *regexp.Regexp {
	return words.Pattern(`^(` + strings.Join(alternatives, "|") + `)$`)
}

// sortOf goes by the words of the last part of a name: that of a path, a file or
// a key with dots.
func sortOf(name string) sort {
	const longest = 200 // what is longer has more parts than a name
	name = name[max(0, len(name)-longest):]
	if name == "PWD" {
		return telling // of a shell: the working directory
	}
	found := ordinary
	list := wordsOf(lastPart(name))
	for i := range list {
		found = max(found, sortOfWord(list, i))
	}
	return found
}

func sortOfWord(list []string, i int) sort {
	word, after, before := list[i], list[i+1:], ""
	if i > 0 {
		before = list[i-1]
	}
	found := plainSort(before, word)
	if len(after) == 0 && lastWord().MatchString(word) {
		found = telling
	}
	switch {
	case found == ordinary, word == "oldpwd", word == "tokens" && slices.ContainsFunc(list[:i], publicWord().MatchString):
		return ordinary
	case found != password && slices.ContainsFunc(after, hashWord().MatchString):
		return ordinary
	case before == "access" && strings.HasPrefix(word, "key") && slices.Equal(after, []string{"id"}):
		return telling
	case slices.ContainsFunc(after, aboutWord().MatchString), publicWord().MatchString(before):
		return ordinary
	}
	return found
}

func plainSort(before, word string) sort {
	switch {
	case passwordWord().MatchString(word):
		return password
	case schemeWord().MatchString(word):
		return scheme
	case tellingWord().MatchString(word), keyWord().MatchString(word) && keyOfSecret().MatchString(before):
		return telling
	case keyWord().MatchString(word):
		return vague
	default:
		return ordinary
	}
}

// sortInTree is that of a name in a tree, where "secret" often has the name of a
// Secret.
func sortInTree(name string) sort {
	list := wordsOf(lastPart(name))
	last := len(list) - 1
	if last < 0 || strings.TrimSuffix(list[last], "s") != "secret" || strings.ToUpper(name) == name || last > 0 && keyOfSecret().MatchString(list[last-1]) {
		return sortOf(name)
	}
	return min(sortOf(name), vague)
}

// lastPart returns what follows the last slash and the last dot, with the part
// before where it says nothing by itself.
func lastPart(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	for end := len(name); ; {
		dot := strings.LastIndexByte(name[:end], '.')
		if dot < 0 || !emptyPart().MatchString(name[dot+1:end]) {
			return name[dot+1:]
		}
		end = dot
	}
}

// wordsOf returns the words of API_KEY, apiKey, api-key and APIKey1, in lower
// case.
func wordsOf(name string) []string {
	var list []string
	runes := []rune(name)
	start := 0
	add := func(end int) {
		word := strings.TrimRight(strings.ToLower(string(runes[start:end])), words.Digits)
		if word != "" {
			list = append(list, word)
		}
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			add(i)
			start = i + 1
		case i > start && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			add(i)
			start = i
		}
	}
	add(len(runes))
	return list
}
