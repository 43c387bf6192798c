// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	key := newIdentity(t).key
	line := strings.Split(key, "\n")[1]
	for name, test := range map[string]struct {
		text   string
		values []string
		want   string
	}{
		"nothing":                {"plain", nil, "plain"},
		"every occurrence":       {"a s3cr3t, s3cr3t", []string{"s3cr3t"}, "a (sensitive), (sensitive)"},
		"the longest first":      {"s3cr3t-long s3cr3t", []string{"s3cr3t", "s3cr3t-long"}, "(sensitive) (sensitive)"},
		"too short to be one":    {"prod 1", []string{"", "1", "prod"}, "prod 1"},
		"without its line break": {"token s3cr3t!", []string{"s3cr3t\n"}, "token (sensitive)!"},
		"a line of a key":        {"near " + line, []string{key}, "near (sensitive)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cluster.Redact(test.text, test.values...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRedactOutput(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"The SSO session has expired. Run aws sso login":                    "The SSO session has expired. Run aws sso login",
		"cannot reach eks.us-east-1.amazonaws.com":                          "cannot reach eks.us-east-1.amazonaws.com",
		"password=hunter2 rejected":                                         "password=(sensitive) rejected",
		`{"token": "abc", "user": "u"}`:                                     `{"token": "(sensitive)", "user": "u"}`,
		"Authorization: Bearer abc":                                         "Authorization: (sensitive)",
		"AWS_SECRET_ACCESS_KEY=abc":                                         "AWS_SECRET_ACCESS_KEY=(sensitive)",
		"got eyJhbGciOiJSUzI1NiIsImtpZCI6.eyJpc3MiOiJrdWJlcm5ldGVz1.c2lnbm": "got (sensitive)",
		"k8s-aws-v1.aHR0cHM6Ly9zdHMudXMtZWFzdC0xLmFtYXpvbmF3cy5jb20":        "(sensitive)",
	} {
		if got := cluster.RedactOutput(text); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
