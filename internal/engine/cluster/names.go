// SPDX-License-Identifier: Apache-2.0

package cluster

import "fmt"

// Setting names a part of Settings, as Terraform's attribute does. Parts of exec
// follow a dot: "exec.command".
type Setting string

// The settings.
const (
	ConfigPath            Setting = "config_path"
	ConfigPaths           Setting = "config_paths"
	ConfigContext         Setting = "config_context"
	ConfigContextAuthInfo Setting = "config_context_auth_info"
	ConfigContextCluster  Setting = "config_context_cluster"
	Host                  Setting = "host"
	Token                 Setting = "token"
	Username              Setting = "username"
	Password              Setting = "password"
	ClientCertificate     Setting = "client_certificate"
	ClientKey             Setting = "client_key"
	ClusterCACertificate  Setting = "cluster_ca_certificate"
	Insecure              Setting = "insecure"
	TLSServerName         Setting = "tls_server_name"
	ProxyURL              Setting = "proxy_url"
	ExecPlugin            Setting = "exec"
	InCluster             Setting = "in_cluster"
)

// names are a setting's in the environment and on the command line.
type names struct {
	setting  Setting
	variable string // that stands in for an absent attribute; "" for none
	flag     string // or what stands in the flag's place
}

// names is the table of all settings.
func (s Setting) names() names {
	for _, row := range [...]names{
		{ConfigPath, "KUBE_CONFIG_PATH", "--kubeconfig"},
		{ConfigPaths, "KUBE_CONFIG_PATHS", "KUBECONFIG or ~/.kube/config"},
		{ConfigContext, "KUBE_CTX", "--kube-context"},
		{ConfigContextAuthInfo, "KUBE_CTX_AUTH_INFO", "--user"},
		{ConfigContextCluster, "KUBE_CTX_CLUSTER", "--cluster"},
		{Host, "KUBE_HOST", "--server"},
		{Token, "KUBE_TOKEN", "--token"},
		{Username, "KUBE_USER", "the kubeconfig's username"},
		{Password, "KUBE_PASSWORD", "the kubeconfig's password"},
		{ClientCertificate, "KUBE_CLIENT_CERT_DATA", "--client-certificate"},
		{ClientKey, "KUBE_CLIENT_KEY_DATA", "--client-key"},
		{ClusterCACertificate, "KUBE_CLUSTER_CA_CERT_DATA", "--certificate-authority"},
		{Insecure, "KUBE_INSECURE", "--insecure-skip-tls-verify"},
		{TLSServerName, "KUBE_TLS_SERVER_NAME", "--tls-server-name"},
		{ProxyURL, "KUBE_PROXY_URL", "the kubeconfig's proxy-url"},
		{ExecPlugin, "", "the kubeconfig's exec"},
		{InCluster, "", "the pod"},
	} {
		if row.setting == s {
			return row
		}
	}
	return names{setting: s, flag: string(s)} // a part of exec, which no flag states
}

// Variable returns the environment variable that stands in for the absent
// attribute, "" when there is none.
func (s Setting) Variable() string { return s.names().variable }

// Door is where settings are stated. It decides how messages name them.
type Door int

// The front doors.
const (
	Terraform Door = iota // attributes, and variables for absent ones
	Flags                 // of the command, which takes no variables
)

// Name returns the name of a setting: config_path, or --kubeconfig.
func (d Door) Name(s Setting) string {
	if d == Flags {
		return s.names().flag
	}
	return string(s)
}

// advise names a setting, and the variable that does as well: "host (or
// KUBE_HOST)".
func (d Door) advise(s Setting) string {
	if variable := s.Variable(); d == Terraform && variable != "" {
		return fmt.Sprintf("%s (or %s)", s, variable)
	}
	return d.Name(s)
}

func (d Door) errorf(s Setting, format string, args ...any) *SettingError {
	return &SettingError{Setting: s, source: d.Name(s), Err: fmt.Errorf(format, args...)}
}

// notConfigured is ErrNotConfigured with the ways to name a cluster.
func (d Door) notConfigured() error {
	if d == Flags {
		return fmt.Errorf("%w: set --kubeconfig, or --server with --certificate-authority and --token; there is no kubeconfig in KUBECONFIG or ~/.kube/config, and this is not a pod", ErrNotConfigured)
	}
	return fmt.Errorf(`%w. Use one of:
  - config_path (or KUBE_CONFIG_PATH), config_paths (or KUBE_CONFIG_PATHS): kubeconfig files, with config_context (or KUBE_CTX) to choose a context
  - host (or KUBE_HOST) with cluster_ca_certificate (or KUBE_CLUSTER_CA_CERT_DATA) and one of token (or KUBE_TOKEN), client_certificate and client_key, username and password, or exec
  - in_cluster = true: the service account of the pod that this runs in
~/.kube/config and KUBECONFIG are not read unless config_path names them`, ErrNotConfigured)
}
