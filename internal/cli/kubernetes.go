// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// kubernetesFlags say how to reach a cluster, in the names of kubectl's flags
// where --context, --cluster and --user are free.
type kubernetesFlags struct {
	flags *pflag.FlagSet

	kubeconfig, context, cluster, user string
	server, token, tlsServerName       string
	authority, certificate, key        string // paths of PEM files
	insecure                           bool
}

const kubernetesGroup = "Kubernetes flags, as kubectl has them"

func (k *kubernetesFlags) register(flags *pflag.FlagSet) {
	k.flags = pflag.NewFlagSet("kubernetes", pflag.ContinueOnError)
	k.flags.SortFlags = false
	text := func(p *string, name, help string) { k.flags.StringVar(p, name, "", help) }
	text(&k.kubeconfig, "kubeconfig", "kubeconfig `file` (default: those of KUBECONFIG, else ~/.kube/config, else the service account of the pod)")
	text(&k.context, "kube-context", "`context` of the kubeconfig")
	text(&k.cluster, "cluster", "`cluster` of the kubeconfig")
	text(&k.user, "user", "`user` of the kubeconfig")
	text(&k.server, "server", "`URL` of the API server")
	text(&k.token, "token", "bearer `token`; it shows in lists of processes, so prefer a kubeconfig")
	text(&k.authority, "certificate-authority", "PEM `file` with the authority that signs the server's certificate")
	text(&k.certificate, "client-certificate", "PEM `file` with a certificate of this client")
	text(&k.key, "client-key", "PEM `file` with the key of the client's certificate")
	text(&k.tlsServerName, "tls-server-name", "`name` that the server's certificate has")
	k.flags.BoolVar(&k.insecure, "insecure-skip-tls-verify", false, "do not check the server's certificate")
	k.flags.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{groupAnnotation: {kubernetesGroup}}
		flags.AddFlag(f)
	})
}

// stated reports whether any of the flags is set.
func (k *kubernetesFlags) stated() bool {
	stated := false
	k.flags.VisitAll(func(f *pflag.Flag) { stated = stated || f.Changed })
	return stated
}

// client returns a client that connects on first use by these flags and the
// rules of kubectl. Unlike in Terraform no KUBE_* variable counts.
func (k *kubernetesFlags) client(p Process) *cluster.Client {
	return cluster.NewClient(func() (*rest.Config, error) {
		settings, err := k.settings(p.Getenv)
		if err != nil {
			return nil, err
		}
		return cluster.RESTConfig(settings, withoutTerraform(p.Getenv), p.Version)
	})
}

// withoutTerraform hides the variables that are the provider's.
func withoutTerraform(getenv func(string) string) func(string) string {
	return func(name string) string {
		if strings.HasPrefix(name, "KUBE_") {
			return ""
		}
		return getenv(name)
	}
}

func (k *kubernetesFlags) settings(getenv func(string) string) (cluster.Settings, error) {
	settings := cluster.Settings{
		ConfigContext:        stringOrNil(k.context),
		ConfigContextCluster: stringOrNil(k.cluster), ConfigContextAuthInfo: stringOrNil(k.user),
		Host: stringOrNil(k.server), Token: stringOrNil(k.token), TLSServerName: stringOrNil(k.tlsServerName),
	}
	if k.insecure {
		settings.Insecure = &k.insecure
	}
	for _, file := range []struct {
		flag, path string
		into       **string
	}{
		{"certificate-authority", k.authority, &settings.ClusterCACertificate},
		{"client-certificate", k.certificate, &settings.ClientCertificate},
		{"client-key", k.key, &settings.ClientKey},
	} {
		if file.path == "" {
			continue
		}
		content, err := os.ReadFile(file.path)
		if err != nil {
			return settings, fmt.Errorf("--%s: %w", file.flag, err)
		}
		text := string(content)
		*file.into = &text
	}
	files := k.kubeconfigs(getenv)
	if k.kubeconfig != "" {
		settings.ConfigPath = &k.kubeconfig
	} else {
		settings.ConfigPaths = files
	}
	if len(files) == 0 && !k.stated() && inPod(getenv) {
		on := true
		settings.InCluster = &on
	}
	return settings, nil
}

// kubeconfigs returns the files that kubectl would read. Like kubectl it passes
// over missing ones, but not over one that is named by the flag.
func (k *kubernetesFlags) kubeconfigs(getenv func(string) string) []string {
	if k.kubeconfig != "" {
		return []string{k.kubeconfig}
	}
	files := filepath.SplitList(getenv("KUBECONFIG"))
	if home := getenv("HOME"); getenv("KUBECONFIG") == "" && home != "" {
		files = []string{filepath.Join(home, ".kube", "config")}
	}
	var present []string
	for _, file := range files {
		if _, err := os.Stat(file); err == nil {
			present = append(present, file)
		}
	}
	return present
}

func inPod(getenv func(string) string) bool { return getenv("KUBERNETES_SERVICE_HOST") != "" }

// configured reports whether there is anything that names a cluster.
func (k *kubernetesFlags) configured(getenv func(string) string) bool {
	return k.stated() || len(k.kubeconfigs(getenv)) > 0 || inPod(getenv)
}

func stringOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// inFlags puts an error of package cluster, which speaks of Terraform's
// attributes and variables, into the words of the flags.
func inFlags(err error) string {
	var setting *cluster.Error
	var call *cluster.CallError
	if errors.Is(err, cluster.ErrNotConfigured) {
		text, _, _ := strings.Cut(err.Error(), cluster.ErrNotConfigured.Error())
		return text + "no cluster is configured: set --kubeconfig, or --server with --certificate-authority and --token; " +
			"there is no kubeconfig in KUBECONFIG or ~/.kube/config, and this is no pod"
	}
	if !errors.As(err, &setting) && !errors.As(err, &call) {
		return err.Error()
	}
	return flagWords().Replace(err.Error())
}

// flagWords names flags for attributes. Longer names come before those that
// they begin with.
func flagWords() *strings.Replacer {
	return strings.NewReplacer(
		"config_context_auth_info (or KUBE_CTX_AUTH_INFO)", "--user", "config_context_auth_info", "--user",
		"config_context_cluster (or KUBE_CTX_CLUSTER)", "--cluster", "config_context_cluster", "--cluster",
		"config_context (or KUBE_CTX)", "--kube-context", "config_context", "--kube-context",
		"config_path (or KUBE_CONFIG_PATH)", "--kubeconfig", "config_paths", "KUBECONFIG or ~/.kube/config", "config_path", "--kubeconfig",
		"host (or KUBE_HOST)", "--server", "host: ", "--server: ",
		"cluster_ca_certificate", "--certificate-authority", "client_certificate", "--client-certificate", "client_key", "--client-key",
		"tls_server_name", "--tls-server-name", "proxy_url", "the kubeconfig's proxy-url",
		"insecure: ", "--insecure-skip-tls-verify: ", "token: ", "--token: ", "token is set", "--token is set", "in_cluster: ", "the pod: ",
		" (base64decode in Terraform)", "",
	)
}
