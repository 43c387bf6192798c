// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
)

// printCredentials prints what $TOKEN holds as an exec plugin does.
const printCredentials = `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$TOKEN"`

// withPlugin reaches the server with a plugin, a line of shell whose $TOKEN holds
// the token.
func withPlugin(line, token string) connection {
	return reach(server.URL(), server.CA()).with("exec", fmt.Sprintf(`{
      api_version = "client.authentication.k8s.io/v1"
      command     = "sh"
      args        = ["-c", %q]
      env         = { TOKEN = %q }
    }`, line, token))
}

// everything is the right to list all that a collection reads.
func everything() []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"nodes", "pods"}, Verbs: []string{"list"}},
		{APIGroups: []string{"nvidia.com"}, Resources: []string{"clusterpolicies"}, Verbs: []string{"list"}},
	}
}

func TestPluginWorks(t *testing.T) {
	t.Parallel()
	populate(t)
	w := newWorkspace(t, snapshotBy(withPlugin(printCredentials, account(t, server, "plugin", everything()...)), "cluster = {}"))
	w.Apply(t)
	checkWhole(t, readFacts(t, w))
}

func TestPluginFails(t *testing.T) {
	t.Parallel()
	const secret = "plugin-s3cr3t"
	for name, tt := range map[string]struct {
		line string
		want []string
	}{
		"exit status":     {`echo "session of $TOKEN expired" >&2; exit 3`, []string{"exec plugin sh", "exit status 3", "session of (sensitive) expired"}},
		"no JSON":         {`echo hello`, []string{"exec plugin sh"}},
		"hangs":           {`exec sleep 600`, []string{"exec plugin sh did not finish before the deadline"}},
		"its child hangs": {`sleep 600; true`, []string{"exec plugin sh did not finish before the deadline"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, snapshotBy(withPlugin(tt.line, secret), twoSeconds))
			if r := w.ApplyFails(t, append(tt.want, "Nothing Collected")...); r.Says(secret) {
				t.Errorf("the secret is in the error:\n%s", r.Stderr)
			}
		})
	}
}
