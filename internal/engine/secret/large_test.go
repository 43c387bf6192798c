// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// TestLarge has texts of which each part makes work: were that work repeated for
// the parts before, they would take very long.
func TestLarge(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		"token: ", "token=", "key=/x:", "key: ssh-rsa AAAA ", "auth='", `token=\"`, `a="`, "key-", "a.0", "://", "a://u:p@", "@", "u:/@a", "://u:p/@", "--token ", "-u a:b ", "Bearer ",
		"-----BEGIN PRIVATE KEY-----", "LS0tLS1CRUdJTi", "eyJ", "eyJaaaaaaaaaaa.", "ghp_", "$6$", "&", ";a", "password:", `{"token":`, "a:b@", "\\", "(", "key=${", "sk-", "é",
	} {
		text := strings.Repeat(part, (1<<17)/len(part))
		if shown := secret.Text(text + "\nTOKEN=hunter2"); strings.HasSuffix(shown, "hunter2") {
			t.Errorf("%q hides a secret", part)
		}
		secret.Value(text, "x")
	}
}
