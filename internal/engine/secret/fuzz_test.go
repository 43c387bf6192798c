// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// FuzzText redacts twice, which is to be the same as once, and a secret between
// other texts.
func FuzzText(f *testing.F) {
	for text := range secretTexts() {
		f.Add(text)
	}
	for _, text := range publicTexts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip("long texts are TestLarge's")
		}
		shown := secret.Text(text)
		if again := secret.Text(shown); again != shown {
			t.Errorf("%q becomes %q", shown, again)
		}
		value := secret.Value("password", text)
		if again := secret.Value("password", value); again != value {
			t.Errorf("%q becomes %q", value, again)
		}
		words := secret.Arguments(strings.Fields(text))
		if diff := cmp.Diff(words, secret.Arguments(words)); diff != "" {
			t.Errorf("arguments once and twice (-once +twice):\n%s", diff)
		}
		if shown := secret.Text(text + "\nghp_" + mixed + "abcd\n" + text); strings.Contains(shown, "ghp_"+mixed) {
			t.Errorf("a secret got through: %q", shown)
		}
	})
}

// FuzzTree redacts trees twice.
func FuzzTree(f *testing.F) {
	for _, text := range []string{`{"a":[{"name":"TOKEN","value":"x"}],"args":["--pass","x"]}`, `{"token":{"value":["x",1,null]}}`, `{"auths":{"r":{"auth":"x"}}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var tree any
		if json.Unmarshal([]byte(text), &tree) != nil {
			return
		}
		shown := secret.Tree(tree)
		if diff := cmp.Diff(shown, secret.Tree(shown)); diff != "" {
			t.Errorf("once and twice (-once +twice):\n%s", diff)
		}
	})
}
