// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// apiServer is what the tests need of a cluster: a version, one ConfigMap, the
// nodes if there are any, and 403 for everything else. It keeps the token of the
// last request and what was applied.
type apiServer struct {
	url string

	mu             sync.Mutex
	nodes          string // JSON of the items
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
		case r.URL.Path == "/api/v1/nodes" && s.nodes != "":
			_, _ = io.WriteString(w, `{"kind":"NodeList","apiVersion":"v1","items":[`+s.nodes+`]}`)
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
		"broken file":   {[]string{"--kubeconfig", at("broken")}, []string{"is not a kubeconfig"}},
		"no context":    {[]string{"--kubeconfig", at("aimless")}, []string{"has no current-context: set --kube-context to here or lost"}},
		"other context": {[]string{"--kubeconfig", at("config"), "--kube-context", "there"}, []string{`--kube-context: ` + at("config") + ` has no context "there", but here or lost`}},
		"lost context":  {[]string{"--kubeconfig", at("config"), "--kube-context", "lost"}, []string{`cluster "none"`}},
		"no server":     {[]string{"--token", "t"}, []string{"--server: --token is set, but no server: set --server, or --kubeconfig"}},
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
	run(t, "snapshot", "--collectors", "k8s", "--kubeconfig", path).check(t, cli.ExitFailure, "--kubeconfig: "+path+": no such file")
}

// clusterOf starts a cluster of nodes and returns a kubeconfig for it.
func clusterOf(t *testing.T, nodes string) string {
	t.Helper()
	server := newAPIServer(t, "", "")
	server.mu.Lock()
	server.nodes = nodes
	server.mu.Unlock()
	return filepath.Join(plant(t, map[string]string{"config": server.kubeconfig("t")}), "config")
}

// TestTwoMachinesAreNeverMixed takes snapshots of a cluster from one of its
// nodes and from elsewhere.
func TestTwoMachinesAreNeverMixed(t *testing.T) {
	t.Parallel()
	const (
		machine = "0123456789abcdef0123456789abcdef"
		boot    = "00000000-0000-4000-8000-000000000001"
		other   = `{"metadata":{"name":"other"},"status":{"nodeInfo":{"osImage":"Ubuntu 22.04.5 LTS","machineID":"f","bootID":"f","systemUUID":"f"}}}`
		warning = "eidos snapshot: warning: this machine is not a node of the cluster, so the snapshot is of the cluster only; set NODE_NAME where it is one"
	)
	node := func(info string) string {
		return other + `,{"metadata":{"name":"gpu-1"},"status":{"addresses":[{"type":"Hostname","address":"host-1"}],"nodeInfo":{"osImage":"Ubuntu 22.04.5 LTS"` + info + `}}}`
	}
	here := func(more map[string]string) map[string]string {
		files := map[string]string{"etc/os-release": "ID=fedora\n", "etc/hostname": "laptop\n", "proc/cmdline": "quiet", "proc/modules": "", "proc/sys/vm/swappiness": "60"}
		maps.Copy(files, more)
		return files
	}
	known := map[string]string{"etc/machine-id": machine + "\n", "proc/sys/kernel/random/boot_id": boot + "\n"}
	for name, test := range map[string]struct {
		nodes string
		files map[string]string
		env   map[string]string
		node  bool
	}{
		"a laptop":                     {nodes: node(`,"machineID":"a","bootID":"b","systemUUID":"c"`), files: known},
		"a laptop that nothing tells":  {nodes: node("")},
		"a node":                       {nodes: node(`,"machineID":"` + machine + `","bootID":"` + boot + `"`), files: known, node: true},
		"by the boot alone":            {nodes: node(`,"bootID":"` + strings.ToUpper(boot) + `"`), files: known, node: true},
		"by the machine id alone":      {nodes: node(`,"machineID":"` + machine + `","bootID":"x"`), files: map[string]string{"etc/machine-id": machine}, node: true},
		"a copy of a node":             {nodes: node(`,"machineID":"` + machine + `","bootID":"x"`), files: known},
		"a node in a container of it":  {nodes: node(`,"machineID":"x","bootID":"` + boot + `"`), files: known},
		"by the UUID of the hardware":  {nodes: node(`,"systemUUID":"ab-cd"`), files: map[string]string{"sys/class/dmi/id/product_uuid": "AB-CD"}, node: true},
		"another UUID, the same name":  {nodes: node(`,"systemUUID":"ab-cd"`), files: map[string]string{"sys/class/dmi/id/product_uuid": "x", "etc/hostname": "gpu-1"}},
		"by the name":                  {nodes: node(`,"machineID":"x"`), files: map[string]string{"etc/hostname": "gpu-1"}, node: true},
		"by the host name of a node":   {nodes: node(""), files: map[string]string{"etc/hostname": "host-1"}, node: true},
		"a pod that its manifest says": {nodes: node(`,"machineID":"x","bootID":"x"`), files: known, env: map[string]string{"NODE_NAME": "gpu-1"}, node: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, root := clusterOf(t, test.nodes), plant(t, here(test.files))
			o := session{env: test.env}.run(t, "snapshot", "--kubeconfig", config, "--host-root", root)
			o.check(t, cli.ExitPartial) // pods and policies are forbidden
			taken := decodeSnapshot(t, o.stdout)
			stated := session{env: test.env}.run(t, "snapshot", "--kubeconfig", config, "--host-root", root, "--collectors", "K8s/node,OS/release")
			if test.node {
				equal(t, "fedora", taken.Measurements.Text(measurement.OS, "release", "ID"))
				stated.check(t, cli.ExitOK)
				if strings.Contains(o.stderr, "warning") || taken.Metadata.Hostname == "" {
					t.Errorf("host name %q, standard error:\n%s", taken.Metadata.Hostname, o.stderr)
				}
				return
			}
			o.check(t, cli.ExitPartial, warning)
			equal(t, "", taken.Metadata.Hostname)
			equal(t, "ubuntu", taken.Measurements.Text(measurement.OS, "release", "ID"))
			if taken.Measurements.Subtype(measurement.OS, "sysctl") != nil {
				t.Error("the snapshot has OS/sysctl of this machine")
			}
			stated.check(t, cli.ExitUsage, "--collectors: OS/release and K8s/node are of two machines: this one is not a node of the cluster")
			stated.silent(t)
		})
	}
}

// TestMachineThatCannotBeCompared may not list nodes.
func TestMachineThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	config := clusterOf(t, "")
	o := run(t, "snapshot", "--kubeconfig", config, "--host-root", hostRoot(t))
	o.check(t, cli.ExitPartial, "warning: cannot find out whether this machine is a node of the cluster, so nothing of it is collected: cannot list nodes: forbidden")
	equal(t, 1, len(decodeSnapshot(t, o.stdout).Measurements))
	o = run(t, "snapshot", "--kubeconfig", config, "--host-root", hostRoot(t), "--collectors", "os,K8s/server")
	o.check(t, cli.ExitFailure, "error: cannot find out whether this machine is a node of the cluster: cannot list nodes: forbidden")
	o.silent(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o = session{}.runContext(ctx, "snapshot", "--kubeconfig", config, "--host-root", hostRoot(t))
	o.check(t, cli.ExitFailure, "eidos snapshot: error: interrupted")
	o.silent(t)
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
	for _, want := range []string{`\napiVersion: recipe.dgxc.io/v1\n`, `\n...\n"`, `"format":"yaml"`, `"timestamp":"` + created + `"`, `gpu: h100`} {
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
