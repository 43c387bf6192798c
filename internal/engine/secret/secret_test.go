// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"TOKEN", "abc", "(redacted)"}, {"TOKEN", "", ""}, {"PROXY", "http://u:p@h", "http://u:(redacted)@h"}, {"HOME", "/root", "/root"},
	} {
		if got := secret.Value(tt.name, tt.value); got != tt.want {
			t.Errorf("%s=%s: got %s, want %s", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestVariable(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]string{
		"FOO=bar baz": "FOO=(redacted)", "EMPTY=": "EMPTY=(redacted)", "abc": "(redacted)", "=x": "(redacted)", `odd " name=x`: "(redacted)",
	} {
		if got := secret.Variable(variable); got != want {
			t.Errorf("%s: got %s, want %s", variable, got, want)
		}
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	given := []string{"x", "--token", "abc", "--token=abc", "rest", "-v", "http://u:p@h"}
	want := []string{"x", "--token", "(redacted)", "--token=(redacted)", "rest", "-v", "http://u:(redacted)@h"}
	if diff := cmp.Diff(want, secret.Arguments(given)); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if given[2] != "abc" {
		t.Error("the arguments were changed in place")
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	reference := map[string]any{"name": "KEY", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"key": "k", "name": "s"}}}
	given := map[string]any{"env": []any{map[string]any{"name": "KEY", "value": "abc"}, map[string]any{"name": "A", "value": "b"}, reference}, "n": 1}
	want := map[string]any{"env": []any{map[string]any{"name": "KEY", "value": "(redacted)"}, map[string]any{"name": "A", "value": "b"}, reference}, "n": 1}
	if diff := cmp.Diff(want, secret.Tree(given)); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
}
