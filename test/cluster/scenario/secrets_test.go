// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

const stateFile = "terraform.tfstate"

// tracedWorkspace keeps everything that Terraform and the provider log.
type tracedWorkspace struct {
	*terraform.Workspace
	log string
}

func newTracedWorkspace(t *testing.T, config string) tracedWorkspace {
	t.Helper()
	log := filepath.Join(t.TempDir(), "trace.log")
	return tracedWorkspace{newWorkspace(t, config, "TF_LOG=TRACE", "TF_LOG_PATH="+log), log}
}

// checkHides wants none of the secrets in the log and in the state, if there is
// one, neither as they are nor encoded.
func (w tracedWorkspace) checkHides(t *testing.T, secrets ...string) {
	t.Helper()
	log, err := os.ReadFile(w.log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "data.eidos_snapshot.this") || !strings.Contains(string(log), "terraform-provider-eidos") {
		t.Error("the log does not trace the provider")
	}
	texts := map[string]string{"log": string(log)}
	if _, err := os.Stat(w.Path(stateFile)); err == nil {
		texts["state"] = w.Read(t, stateFile)
	}
	for _, secret := range secrets {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
			for place, text := range texts {
				if at := strings.Index(text, form); at >= 0 {
					t.Errorf("a secret is in the %s: %.300q", place, text[max(0, at-200):at])
				}
			}
		}
	}
}

// signature is the part of a service account's token that makes it one.
func signature(token string) string { return token[strings.LastIndex(token, ".")+1:] }

// keyBody is a line from the middle of a PEM key.
func keyBody(key []byte) string { return strings.Split(string(key), "\n")[2] }

func TestSecretsOfWorkingConnections(t *testing.T) {
	t.Parallel()
	populate(t)
	token := account(t, server, "secrets", everything()...)
	user := server.CreateUser(t, "secrets", "system:masters")
	certificate := reach(server.URL(), server.CA()).
		with("client_certificate", strconv.Quote(string(user.CertData))).
		with("client_key", strconv.Quote(string(user.KeyData)))
	for name, tt := range map[string]struct {
		connection connection
		secrets    []string
	}{
		"token":      {withToken(server, token), []string{token, signature(token)}},
		"client key": {certificate, []string{keyBody(user.KeyData)}},
		"exec":       {withPlugin(printCredentials, token), []string{token, signature(token)}},
		"kubeconfig": {withKubeconfig(t, server.TokenConfig(token)), []string{token, signature(token)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, config := range []string{
				snapshotBy(tt.connection, "cluster = {}"),
				requireEidos + snapshot("cluster = {}\n  kubernetes = "+tt.connection.String()),
			} {
				w := newTracedWorkspace(t, config)
				w.Apply(t)
				checkWhole(t, readFacts(t, w.Workspace))
				w.checkHides(t, tt.secrets...)
			}
		})
	}
}

func TestSecretsOfFailingConnections(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-of-the-test"
	basic := reach(server.URL(), server.CA()).with("username", `"admin"`).with("password", strconv.Quote(secret))
	for name, tt := range map[string]struct {
		connection connection
		want       string
	}{
		"password":  {basic, "system:anonymous"}, // it knows no passwords
		"token":     {withToken(server, secret), "does not accept the credentials (401)"},
		"proxy":     {basic.with("proxy_url", fmt.Sprintf("%q", "http://user:"+secret+"@127.0.0.1:1")), "the proxy on the way cannot be reached: dial tcp 127.0.0.1:1"},
		"exec":      {withPlugin(`echo "$TOKEN" >&2; exit 1`, secret), "(sensitive)"},
		"exec said": {withPlugin(`echo "$TOKEN"`, secret), "exec plugin sh"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTracedWorkspace(t, snapshotBy(tt.connection, `cluster = {}
  required_collectors = ["K8s/node"]`))
			if r := w.ApplyFails(t, tt.want); r.Says(secret) {
				t.Errorf("the error tells the secret:\n%s", r.Stderr)
			}
			w.checkHides(t, secret)
		})
	}
}
