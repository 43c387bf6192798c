// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// view is what settings decide of a rest.Config.
type view struct {
	Host, ServerName, CA, Proxy            string
	Token, User, Password, Cert, Key, Boss string
	Insecure                               bool
	Exec                                   *clientcmdapi.ExecConfig
}

func viewOf(t *testing.T, c *rest.Config) view {
	t.Helper()
	v := view{
		Host: c.Host, ServerName: c.ServerName, CA: string(c.CAData), Insecure: c.Insecure,
		Token: c.BearerToken, User: c.Username, Password: c.Password, Cert: string(c.CertData), Key: string(c.KeyData),
		Boss: c.Impersonate.UserName, Exec: c.ExecProvider,
	}
	if c.Proxy != nil {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Host, nil)
		if err != nil {
			t.Fatal(err)
		}
		proxy, err := c.Proxy(req)
		if err != nil {
			t.Fatal(err)
		}
		v.Proxy = proxy.String()
	}
	return v
}

const host = "https://api.example.com:6443"

func TestRESTConfig(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	file := write(t, "config", kubeconfig("dev", "prod"))
	other := write(t, "other", strings.ReplaceAll(kubeconfig("stage", "dev"), "dev.example.com", "shadow.example.com"))
	empty := write(t, "empty", "apiVersion: v1\nkind: Config\n")
	home := filepath.Dir(file)
	dev := view{Host: "https://dev.example.com:6443", ServerName: "dev-sni", Insecure: true, Token: "dev-token", Boss: "dev-boss"}
	prod := view{Host: "https://prod.example.com:6443", ServerName: "prod-sni", Insecure: true, Token: "prod-token", Boss: "prod-boss"}
	exec := &cluster.Exec{APIVersion: "client.authentication.k8s.io/v1beta1", Command: "aws", Args: []string{"eks", "get-token"}, Env: map[string]string{"B": "2", "A": "1"}}
	wantExec := &clientcmdapi.ExecConfig{
		APIVersion: "client.authentication.k8s.io/v1beta1", Command: "aws", Args: []string{"eks", "get-token"},
		Env:             []clientcmdapi.ExecEnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}},
		InteractiveMode: clientcmdapi.IfAvailableExecInteractiveMode,
	}
	with := func(v view, change func(*view)) view { change(&v); return v }

	for name, test := range map[string]struct {
		settings cluster.Settings
		env      func(string) string
		want     view
	}{
		"host and token":           {cluster.Settings{Host: new(host), Token: new("t")}, env(), view{Host: host, Token: "t"}},
		"host without a scheme":    {cluster.Settings{Host: new("10.0.0.1:6443"), Token: new("t")}, env(), view{Host: "https://10.0.0.1:6443", Token: "t"}},
		"host with a path":         {cluster.Settings{Host: new("https://rancher.example.com/k8s/clusters/c-1"), Token: new("t")}, env(), view{Host: "https://rancher.example.com/k8s/clusters/c-1", Token: "t"}},
		"anonymous http":           {cluster.Settings{Host: new("http://127.0.0.1:8001")}, env(), view{Host: "http://127.0.0.1:8001"}},
		"basic":                    {cluster.Settings{Host: new(host), Username: new("u"), Password: new("p")}, env(), view{Host: host, User: "u", Password: "p"}},
		"certificate":              {cluster.Settings{Host: new(host), ClientCertificate: &id.cert, ClientKey: &id.key, ClusterCACertificate: &id.cert}, env(), view{Host: host, Cert: id.cert, Key: id.key, CA: id.cert}},
		"certificate and token":    {cluster.Settings{Host: new(host), ClientCertificate: &id.cert, ClientKey: &id.key, Token: new("t")}, env(), view{Host: host, Cert: id.cert, Key: id.key, Token: "t"}},
		"exec":                     {cluster.Settings{Host: new(host), Exec: exec}, env(), view{Host: host, Exec: wantExec}},
		"insecure, name and proxy": {cluster.Settings{Host: new(host), Insecure: new(true), TLSServerName: new("sni"), ProxyURL: new("socks5://proxy:1080")}, env(), view{Host: host, Insecure: true, ServerName: "sni", Proxy: "socks5://proxy:1080"}},

		"variables only": {
			cluster.Settings{},
			env("KUBE_HOST", host, "KUBE_USER", "u", "KUBE_PASSWORD", "p", "KUBE_CLIENT_CERT_DATA", id.cert, "KUBE_CLIENT_KEY_DATA", id.key, "KUBE_CLUSTER_CA_CERT_DATA", id.cert, "KUBE_TLS_SERVER_NAME", "sni", "KUBE_PROXY_URL", "http://proxy:3128", "KUBE_INSECURE", "false"),
			view{Host: host, User: "u", Password: "p", Cert: id.cert, Key: id.key, CA: id.cert, ServerName: "sni", Proxy: "http://proxy:3128"},
		},
		"attributes beat variables": {
			cluster.Settings{Host: new(host), Token: new("t"), TLSServerName: new("sni"), ProxyURL: new("http://proxy:3128"), Insecure: new(false)},
			env("KUBE_HOST", "https://wrong", "KUBE_TOKEN", "wrong", "KUBE_TLS_SERVER_NAME", "wrong", "KUBE_PROXY_URL", "http://wrong", "KUBE_INSECURE", "true"),
			view{Host: host, Token: "t", ServerName: "sni", Proxy: "http://proxy:3128"},
		},
		"an empty attribute beats its variable": {
			cluster.Settings{Host: new(host), Token: new(""), ProxyURL: new("")},
			env("KUBE_TOKEN", "wrong", "KUBE_PROXY_URL", "http://wrong"),
			view{Host: host},
		},
		"the variable of an attribute's partner counts": {
			cluster.Settings{Host: new(host), Username: new("u")}, env("KUBE_PASSWORD", "p"), view{Host: host, User: "u", Password: "p"},
		},
		"a token beats the variables of other credentials": {
			cluster.Settings{Host: new(host), Token: new("t")}, env("KUBE_USER", "u", "KUBE_PASSWORD", "p", "KUBE_CLIENT_CERT_DATA", id.cert), view{Host: host, Token: "t"},
		},
		"exec beats the variables of other credentials": {
			cluster.Settings{Host: new(host), Exec: exec}, env("KUBE_TOKEN", "t", "KUBE_CLIENT_CERT_DATA", id.cert, "KUBE_CLIENT_KEY_DATA", id.key), view{Host: host, Exec: wantExec},
		},
		"a password beats the variable of the token": {
			cluster.Settings{Host: new(host), Username: new("u"), Password: new("p")}, env("KUBE_TOKEN", "t"), view{Host: host, User: "u", Password: "p"},
		},
		"insecure beats the variable of the CA": {
			cluster.Settings{Host: new(host), Insecure: new(true)}, env("KUBE_CLUSTER_CA_CERT_DATA", id.cert), view{Host: host, Insecure: true},
		},
		"the CA beats the variable of insecure": {
			cluster.Settings{Host: new(host), ClusterCACertificate: &id.cert}, env("KUBE_INSECURE", "1"), view{Host: host, CA: id.cert},
		},

		"config_path":                  {cluster.Settings{ConfigPath: &file}, env(), dev},
		"KUBE_CONFIG_PATH":             {cluster.Settings{}, env("KUBE_CONFIG_PATH", file), dev},
		"config_path beats variables":  {cluster.Settings{ConfigPath: &file}, env("KUBE_CONFIG_PATH", "/wrong", "KUBE_CONFIG_PATHS", "/wrong"), dev},
		"config_paths beats variables": {cluster.Settings{ConfigPaths: []string{file}}, env("KUBE_CONFIG_PATH", "/wrong", "KUBE_CONFIG_PATHS", "/wrong"), dev},
		"KUBE_CONFIG_PATH comes first": {cluster.Settings{}, env("KUBE_CONFIG_PATH", file, "KUBE_CONFIG_PATHS", other), dev},
		"home":                         {cluster.Settings{ConfigPath: new("~/config")}, env("HOME", home, "USERPROFILE", home), dev},
		"config_path stated to be none": {
			cluster.Settings{ConfigPath: new(""), Host: new(host), Token: new("t")}, env("KUBE_CONFIG_PATH", file), view{Host: host, Token: "t"},
		},
		"config_context":                     {cluster.Settings{ConfigPath: &file, ConfigContext: new("prod")}, env("KUBE_CTX", "dev"), prod},
		"KUBE_CTX":                           {cluster.Settings{ConfigPath: &file}, env("KUBE_CTX", "prod"), prod},
		"the first file wins":                {cluster.Settings{ConfigPaths: []string{file, other}}, env(), dev},
		"the first file's context wins":      {cluster.Settings{ConfigPaths: []string{other, file}}, env("KUBE_CTX", "dev"), with(dev, func(v *view) { v.Host = "https://shadow.example.com:6443" })},
		"a later file adds":                  {cluster.Settings{}, env("KUBE_CONFIG_PATHS", strings.Join([]string{other, "", file}, string(os.PathListSeparator)), "KUBE_CTX", "prod"), prod},
		"cluster and user of other contexts": {cluster.Settings{ConfigPath: &file, ConfigContextCluster: new("prod-cluster")}, env("KUBE_CTX_AUTH_INFO", "prod-user"), prod},
		"cluster without a context":          {cluster.Settings{ConfigPaths: []string{empty, file}, ConfigContext: new("prod"), ConfigContextAuthInfo: new("dev-user")}, env(), with(prod, func(v *view) { v.Token, v.Boss = "dev-token", "dev-boss" })},
		"a token replaces the user's":        {cluster.Settings{ConfigPath: &file, Token: new("t")}, env(), with(dev, func(v *view) { v.Token = "t" })},
		"a host replaces the cluster's":      {cluster.Settings{ConfigPath: &file, Host: new(host)}, env(), with(dev, func(v *view) { v.Host = host })},
		"a host with an empty kubeconfig":    {cluster.Settings{ConfigPath: &empty, Host: new(host)}, env(), view{Host: host}},
		"a CA replaces insecure":             {cluster.Settings{ConfigPath: &file, ClusterCACertificate: &id.cert}, env(), with(dev, func(v *view) { v.CA, v.Insecure = id.cert, false })},
		"insecure = false replaces insecure": {cluster.Settings{ConfigPath: &file, Insecure: new(false)}, env(), with(dev, func(v *view) { v.Insecure = false })},
		"exec replaces the user's token":     {cluster.Settings{ConfigPath: &file, Exec: exec}, env(), with(dev, func(v *view) { v.Token, v.Exec = "", wantExec })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := cluster.RESTConfig(test.settings, test.env, "1.2.3")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, viewOf(t, config)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if config.UserAgent != "eidos/1.2.3" || config.QPS >= 0 || config.Timeout != 0 {
				t.Errorf("got user agent %q, QPS %v, timeout %v", config.UserAgent, config.QPS, config.Timeout)
			}
		})
	}
}

func TestRESTConfigErrors(t *testing.T) {
	t.Parallel()
	id, stranger := newIdentity(t), newIdentity(t)
	file := write(t, "config", kubeconfig("dev", "prod"))
	noContext := write(t, "none", strings.Replace(kubeconfig("dev"), "current-context: dev", "", 1))
	dangling := write(t, "dangling", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: gone, user: gone}}]\n")
	danglingUser := write(t, "user", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: gone}}]\nclusters: [{name: c, cluster: {server: 'https://c'}}]\n")
	noServer := write(t, "server", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {}}]\n")
	legacy := write(t, "legacy", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://c'}}]\nusers: [{name: u, user: {auth-provider: {name: oidc}}}]\n")
	broken := write(t, "broken", "users: hunter2-hunter2\n")
	const v1 = "client.authentication.k8s.io/v1"

	for name, test := range map[string]struct {
		settings cluster.Settings
		env      func(string) string
		setting  cluster.Setting
		want     string
	}{
		"two kinds of paths":          {cluster.Settings{ConfigPath: &file, ConfigPaths: []string{file}}, env(), "config_paths", "either config_path or config_paths"},
		"insecure and CA":             {cluster.Settings{Host: new(host), Insecure: new(true), ClusterCACertificate: &id.cert}, env(), "insecure", "cluster_ca_certificate"},
		"insecure and CA, variables":  {cluster.Settings{Host: new(host)}, env("KUBE_INSECURE", "true", "KUBE_CLUSTER_CA_CERT_DATA", id.cert), "insecure", "KUBE_INSECURE: a server that is not verified has no use for KUBE_CLUSTER_CA_CERT_DATA"},
		"token and password":          {cluster.Settings{Host: new(host), Token: new("t"), Username: new("u"), Password: new("p")}, env(), "token", "either token or username"},
		"token and password, vars":    {cluster.Settings{Host: new(host)}, env("KUBE_TOKEN", "t", "KUBE_PASSWORD", "p"), "token", "either KUBE_TOKEN or KUBE_PASSWORD"},
		"exec and token":              {cluster.Settings{Host: new(host), Exec: &cluster.Exec{}, Token: new("t")}, env(), "exec", "either exec or token"},
		"exec and password":           {cluster.Settings{Host: new(host), Exec: &cluster.Exec{Command: "c"}, Username: new("u"), Password: new("p")}, env(), "exec", "either exec or username"},
		"exec and certificate":        {cluster.Settings{Host: new(host), Exec: &cluster.Exec{Command: "c"}, ClientKey: &id.key}, env(), "exec", "either exec or client_key"},
		"username alone":              {cluster.Settings{Host: new(host), Username: new("u")}, env(), "username", "needs password (or KUBE_PASSWORD)"},
		"password alone":              {cluster.Settings{Host: new(host), Password: new("p")}, env(), "password", "needs username (or KUBE_USER)"},
		"certificate alone":           {cluster.Settings{Host: new(host), ClientCertificate: &id.cert}, env(), "client_certificate", "needs client_key"},
		"key alone":                   {cluster.Settings{Host: new(host)}, env("KUBE_CLIENT_KEY_DATA", id.key), "client_key", "needs client_certificate"},
		"key of another":              {cluster.Settings{Host: new(host), ClientCertificate: &id.cert, ClientKey: &stranger.key}, env(), "client_certificate", "private key does not match"},
		"encoded certificate":         {cluster.Settings{Host: new(host), ClientCertificate: new(base64Of(id.cert)), ClientKey: &id.key}, env(), "client_certificate", "base64-encoded"},
		"CA that is none":             {cluster.Settings{Host: new(host), ClusterCACertificate: new("x")}, env(), "cluster_ca_certificate", "no PEM certificate"},
		"encoded CA":                  {cluster.Settings{Host: new(host)}, env("KUBE_CLUSTER_CA_CERT_DATA", base64Of(id.cert)), "cluster_ca_certificate", "base64decode"},
		"insecure, neither":           {cluster.Settings{Host: new(host)}, env("KUBE_INSECURE", "yes"), "insecure", `KUBE_INSECURE: "yes" is neither`},
		"exec version":                {cluster.Settings{Host: new(host), Exec: &cluster.Exec{APIVersion: "client.authentication.k8s.io/v1alpha1", Command: "c"}}, env(), "exec.api_version", "not supported"},
		"exec without a command":      {cluster.Settings{Host: new(host), Exec: &cluster.Exec{APIVersion: v1}}, env(), "exec.command", "names no command"},
		"host, no URL":                {cluster.Settings{Host: new("https://")}, env(), "host", "is not a URL"},
		"host, port only":             {cluster.Settings{Host: new("https://:6443")}, env(), "host", "is not a URL"},
		"host, scheme":                {cluster.Settings{Host: new("ftp://example.com")}, env(), "host", `"ftp"`},
		"host with credentials":       {cluster.Settings{Host: new("https://u:hunter2-hunter2@example.com")}, env(), "host", "must not carry credentials"},
		"host with a query":           {cluster.Settings{Host: new("https://example.com/?a=b")}, env(), "host", "no query"},
		"credentials in clear text":   {cluster.Settings{Host: new("http://example.com"), Token: new("t")}, env(), "host", "clear text"},
		"proxy, no URL":               {cluster.Settings{Host: new(host), ProxyURL: new("http://u:hunter2-hunter2@%zz")}, env(), "proxy_url", "is not a URL"},
		"proxy, scheme":               {cluster.Settings{Host: new(host)}, env("KUBE_PROXY_URL", "ftp://u:hunter2-hunter2@proxy"), "proxy_url", `"ftp"`},
		"missing file":                {cluster.Settings{ConfigPath: new("/does/not/exist")}, env(), "config_path", "no such file"},
		"missing file among several":  {cluster.Settings{ConfigPaths: []string{file, "/does/not/exist"}}, env(), "config_paths", "/does/not/exist"},
		"missing file, variable":      {cluster.Settings{}, env("KUBE_CONFIG_PATH", "/does/not/exist"), "config_path", "KUBE_CONFIG_PATH: /does/not/exist"},
		"empty element":               {cluster.Settings{ConfigPaths: []string{file, ""}}, env(), "config_paths", "element 1 is empty"},
		"no home":                     {cluster.Settings{ConfigPath: new("~/config")}, env(), "config_path", "~ needs the variable"},
		"broken file":                 {cluster.Settings{ConfigPath: &broken}, env(), "config_path", "is not a kubeconfig"},
		"unknown context":             {cluster.Settings{ConfigPath: &file, ConfigContext: new("test")}, env(), "config_context", `no context "test", but dev or prod`},
		"unknown context, variable":   {cluster.Settings{ConfigPath: &file}, env("KUBE_CTX", "test"), "config_context", "KUBE_CTX: "},
		"unknown cluster":             {cluster.Settings{ConfigPath: &file, ConfigContextCluster: new("x")}, env(), "config_context_cluster", "dev-cluster or prod-cluster"},
		"unknown user":                {cluster.Settings{ConfigPath: &file, ConfigContextAuthInfo: new("x")}, env(), "config_context_auth_info", "dev-user or prod-user"},
		"no current context":          {cluster.Settings{ConfigPath: &noContext}, env(), "config_context", "set config_context (or KUBE_CTX) to dev"},
		"context without its cluster": {cluster.Settings{ConfigPath: &dangling}, env(), "config_path", `refers to the cluster "gone" and has none`},
		"context without its user":    {cluster.Settings{ConfigPath: &danglingUser}, env(), "config_path", `refers to the user "gone"`},
		"cluster without a server":    {cluster.Settings{ConfigPath: &noServer}, env(), "config_path", "no server"},
		"auth-provider":               {cluster.Settings{ConfigPath: &legacy}, env(), "config_path", `auth-provider "oidc" is not supported`},
		"context without kubeconfig":  {cluster.Settings{Host: new(host), ConfigContext: new("dev")}, env(), "config_context", "set config_path"},
		"token without a server":      {cluster.Settings{}, env("KUBE_TOKEN", "hunter2-hunter2"), "host", "KUBE_TOKEN is set, but no server"},
		"exec without a server":       {cluster.Settings{Exec: &cluster.Exec{APIVersion: v1, Command: "c"}}, env(), "host", "exec is set, but no server"},
		"in_cluster and host":         {cluster.Settings{InCluster: new(true), Host: new(host)}, env(), "in_cluster", "either in_cluster = true or host"},
		"in_cluster and paths":        {cluster.Settings{InCluster: new(true), ConfigPaths: []string{file}}, env(), "in_cluster", "config_paths"},
		"in_cluster and insecure":     {cluster.Settings{InCluster: new(true), Insecure: new(true)}, env(), "in_cluster", "insecure"},
		"in_cluster and exec":         {cluster.Settings{InCluster: new(true), Exec: &cluster.Exec{}}, env(), "in_cluster", "exec"},
		"in_cluster, in no pod":       {cluster.Settings{InCluster: new(true)}, env("KUBE_HOST", host), "in_cluster", "does not run in a pod"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cluster.RESTConfig(test.settings, test.env, "test")
			var setting *cluster.SettingError
			if !errors.As(err, &setting) {
				t.Fatalf("got %v, want a *cluster.SettingError", err)
			}
			if setting.Setting != test.setting {
				t.Errorf("got setting %q, want %q", setting.Setting, test.setting)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q shows a secret", err)
			}
		})
	}
}

func TestNothingConfigured(t *testing.T) {
	// What other clients fall back to must not count.
	t.Setenv("KUBECONFIG", write(t, "config", kubeconfig("wrong")))
	t.Setenv("KUBERNETES_MASTER", "http://localhost:8080")
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".kube"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".kube", "config"), []byte(kubeconfig("wrong")), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)

	for name, settings := range map[string]cluster.Settings{
		"nothing":  {},
		"negative": {InCluster: new(false), Insecure: new(false), ConfigPath: new(""), Host: new(""), Token: new("")},
	} {
		config, err := cluster.RESTConfig(settings, os.Getenv, "test")
		if !errors.Is(err, cluster.ErrNotConfigured) {
			t.Fatalf("%s: got %v, %v, want ErrNotConfigured", name, config, err)
		}
		for _, way := range []string{"config_path", "KUBE_CONFIG_PATH", "host", "exec", "in_cluster"} {
			if !strings.Contains(err.Error(), way) {
				t.Errorf("%q does not name %s", err, way)
			}
		}
	}
}

func TestVariable(t *testing.T) {
	t.Parallel()
	got := map[cluster.Setting]string{}
	for _, setting := range []cluster.Setting{
		"config_path", "config_paths", "config_context", "config_context_auth_info", "config_context_cluster", "host", "token", "username", "password",
		"client_certificate", "client_key", "cluster_ca_certificate", "insecure", "tls_server_name", "proxy_url", "exec", "in_cluster",
	} {
		got[setting] = setting.Variable()
	}
	want := map[cluster.Setting]string{
		"config_path": "KUBE_CONFIG_PATH", "config_paths": "KUBE_CONFIG_PATHS", "config_context": "KUBE_CTX",
		"config_context_auth_info": "KUBE_CTX_AUTH_INFO", "config_context_cluster": "KUBE_CTX_CLUSTER",
		"host": "KUBE_HOST", "token": "KUBE_TOKEN", "username": "KUBE_USER", "password": "KUBE_PASSWORD",
		"client_certificate": "KUBE_CLIENT_CERT_DATA", "client_key": "KUBE_CLIENT_KEY_DATA",
		"cluster_ca_certificate": "KUBE_CLUSTER_CA_CERT_DATA", "insecure": "KUBE_INSECURE",
		"tls_server_name": "KUBE_TLS_SERVER_NAME", "proxy_url": "KUBE_PROXY_URL", "exec": "", "in_cluster": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRelativePathsOfAKubeconfig(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	file := write(t, "config", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://c', certificate-authority: ca.crt}}]\nusers: [{name: u, user: {tokenFile: token}}]\n")
	for name, content := range map[string]string{"ca.crt": id.cert, "token": "from-a-file"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, err := cluster.RESTConfig(cluster.Settings{ConfigPath: &file}, env(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if config.CAFile != filepath.Join(filepath.Dir(file), "ca.crt") || config.BearerToken != "from-a-file" {
		t.Errorf("got CA file %q, token %q", config.CAFile, config.BearerToken)
	}
}
