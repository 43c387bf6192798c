// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"TOKEN": true, "AWS_ACCESS_KEY_ID": true, "db-password": true, "luks-passphrase": true, "apikey": true,
		"rd.luks.key": true, "systemd.set_credential": true, "clientSecret": true,
		"vconsole.keymap": false, "KeyringMode": false, "console": false, "BOOT_IMAGE": false, "": false,
	} {
		if got := secret.Named(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain":                             "plain",
		"user@host":                         "user@host",
		"http://user:pw@proxy:3128/x?a=b":   "http://user:(redacted)@proxy:3128/x?a=b",
		"https://host/c?token=abc&arch=x":   "https://host/c?token=(redacted)&arch=x",
		"nocloud;s=http://u:p@h/":           "nocloud;s=http://u:(redacted)@h/",
		"/bin/agent --api-key=abc --port=1": "/bin/agent --api-key=(redacted) --port=1",
		`password="two words" rest`:         "password=(redacted) rest",
		"dir=/etc/ssl":                      "dir=/etc/ssl",
		"iscsi:user:pw@10.0.0.1::3260":      "iscsi:user:(redacted)@10.0.0.1::3260",
	} {
		if got := secret.Text(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
