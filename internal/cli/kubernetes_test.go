// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// apiServer is what the tests need of a cluster: a version, one ConfigMap, and
// 403 for everything else. It keeps the token of the last request and what was
// applied.
type apiServer struct {
	url string

	mu             sync.Mutex
	token, applied string
}

func newAPIServer(t *testing.T, configMapKey, document string) *apiServer {
	t.Helper()
	s := &apiServer{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/version":
			_, _ = io.WriteString(w, `{"gitVersion":"v1.34.1-eks-113cf36","platform":"linux/amd64","goVersion":"go1.24"}`)
		case r.URL.Path == "/api/v1/namespaces/gpus/configmaps/eidos" && r.Method == http.MethodGet:
			_, _ = fmt.Fprintf(w, `{"kind":"ConfigMap","apiVersion":"v1","data":{%q:%q}}`, configMapKey, document)
		case r.URL.Path == "/api/v1/namespaces/gpus/configmaps/eidos" && r.Method == http.MethodPatch:
			body, _ := io.ReadAll(r.Body)
			s.applied = string(body)
			_, _ = w.Write(body)
		default:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"User \"bob\" cannot do that","reason":"Forbidden","code":403}`)
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *apiServer) lastToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

func (s *apiServer) kubeconfig(token string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: here
contexts:
- {name: here, context: {cluster: c, user: u}}
- {name: lost, context: {cluster: none, user: u}}
clusters:
- {name: c, cluster: {server: %q, insecure-skip-tls-verify: true}}
users:
- {name: u, user: {token: %s}}
`, s.url, token)
}

// TestKubeconfigRules chooses the file as kubectl does.
func TestKubeconfigRules(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, "", "")
	dir := plant(t, map[string]string{
		"flag":              server.kubeconfig("of-flag"),
		"variable":          server.kubeconfig("of-variable"),
		"home/.kube/config": server.kubeconfig("of-home"),
		"terraform":         server.kubeconfig("of-terraform"),
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	home := map[string]string{"HOME": at("home"), "KUBE_CONFIG_PATH": at("terraform"), "KUBE_TOKEN": "of-terraform"}
	variable := with(home, "KUBECONFIG", at("missing")+string(filepath.ListSeparator)+at("variable"))
	for want, test := range map[string]struct {
		env  map[string]string
		args []string
	}{
		"of-flag":     {variable, []string{"--kubeconfig", at("flag")}},
		"of-variable": {variable, nil},
		"of-home":     {home, nil},
		"stated":      {home, []string{"--token", "stated"}},
		"elsewhere":   {nil, []string{"--server", server.url, "--insecure-skip-tls-verify", "--token", "elsewhere"}},
	} {
		o := session{env: test.env}.run(t, append([]string{"snapshot", "--collectors", "K8s/server"}, test.args...)...)
		o.check(t, cli.ExitOK)
		equal(t, want, server.lastToken())
	}
}

func TestKubernetesFlagErrors(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, "", "")
	dir := plant(t, map[string]string{
		"config":  server.kubeconfig("t"),
		"aimless": strings.Replace(server.kubeconfig("t"), "current-context: here\n", "", 1),
		"broken":  "kind: [",
		"ca.pem":  "no certificate",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, test := range map[string]struct {
		args  []string
		texts []string
	}{
		"no file":       {[]string{"--kubeconfig", at("none")}, []string{"--kubeconfig: " + at("none") + ": no such file"}},
		"broken file":   {[]string{"--kubeconfig", at("broken")}, []string{"is not a kubeconfig"}},
		"no context":    {[]string{"--kubeconfig", at("aimless")}, []string{"has no current-context: set --kube-context to here or lost"}},
		"other context": {[]string{"--kubeconfig", at("config"), "--kube-context", "there"}, []string{`--kube-context: ` + at("config") + ` has no context "there", but here or lost`}},
		"lost context":  {[]string{"--kubeconfig", at("config"), "--kube-context", "lost"}, []string{`cluster "none"`}},
		"no server":     {[]string{"--token", "t"}, []string{"--server: --token is set, but no server: set --server, or --kubeconfig"}},
		"no authority":  {[]string{"--server", server.url, "--certificate-authority", at("none")}, []string{"--certificate-authority: ", "no such file"}},
		"no PEM":        {[]string{"--server", server.url, "--certificate-authority", at("ca.pem")}, []string{"--certificate-authority: holds no PEM certificate"}},
		"both":          {[]string{"--server", server.url, "--certificate-authority", at("ca.pem"), "--insecure-skip-tls-verify"}, []string{"--insecure-skip-tls-verify: a server that is not verified has no use for --certificate-authority"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, append([]string{"snapshot", "--collectors", "k8s"}, test.args...)...)
			o.check(t, cli.ExitUsage, test.texts...)
			for _, word := range []string{"config_", "KUBE_", "cluster_ca", "host:"} {
				if strings.Contains(o.stderr, word) {
					t.Errorf("the message speaks of Terraform's %s:\n%s", word, o.stderr)
				}
			}
		})
	}
}

// TestPathsInErrors shows a path as it was given, though it holds the names of
// Terraform's attributes.
func TestPathsInErrors(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config_path host: token: client_key", "none")
	run(t, "snapshot", "--collectors", "k8s", "--kubeconfig", path).check(t, cli.ExitUsage, "--kubeconfig: "+path+": no such file")
}

// TestClusterSnapshotIsPartial has the right to read the version alone.
func TestClusterSnapshotIsPartial(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, "", "")
	config := filepath.Join(plant(t, map[string]string{"config": server.kubeconfig("t")}), "config")
	o := run(t, "snapshot", "--collectors", "k8s", "--kubeconfig", config)
	o.check(t, cli.ExitPartial, "eidos snapshot: error: K8s/image: cannot list pods: forbidden", "K8s/node: ", "K8s/policy: ", `User "bob" cannot do that`)
	equal(t, 3, strings.Count(o.stderr, "\n"))
	equal(t, "v1.34.1-eks-113cf36", decodeSnapshot(t, o.stdout).Measurements.Text(measurement.K8s, "server", "version"))
}

func TestConfigMaps(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, "snapshot.yaml", snapshotDocument)
	config := filepath.Join(plant(t, map[string]string{"config": server.kubeconfig("t")}), "config")
	args := []string{"recipe", "--kubeconfig", config, "--snapshot", "cm://gpus/eidos", "--output", "cm://gpus/eidos"}
	o := run(t, append(args, "--force")...)
	o.check(t, cli.ExitOK)
	o.silent(t)
	for _, want := range []string{`"recipe.yaml":"apiVersion: recipe.dgxc.io/v1\n`, `"format":"yaml"`, `"timestamp":"` + created + `"`, `gpu: h100`} {
		if !strings.Contains(server.applied, want) {
			t.Errorf("%s was not applied:\n%s", want, server.applied)
		}
	}
	run(t, "bundle", "--kubeconfig", config, "--recipe", "cm://gpus/eidos").
		check(t, cli.ExitFailure, `--recipe: cm://gpus/eidos: the ConfigMap has no key "recipe.yaml", but: snapshot.yaml`)
	run(t, "recipe", "--kubeconfig", config, "--snapshot", "cm://others/eidos").
		check(t, cli.ExitFailure, `cannot get configmaps "eidos" in namespace "others": forbidden`)
}

func TestUnreachableCluster(t *testing.T) {
	t.Parallel()
	o := run(t, "recipe", "--server", "https://127.0.0.1:1", "--token", "hunter2", "--snapshot", "cm://ns/name")
	o.check(t, cli.ExitFailure, "connection refused. Check the host and the port")
	if strings.Contains(o.stderr, "hunter2") {
		t.Errorf("the token is shown:\n%s", o.stderr)
	}
}
