// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"maps"
	"slices"
)

// Settings say how to reach an API server. A nil field is absent: its KUBE_*
// variable counts, if it has one. A field that is stated, also "" or false,
// beats its variable; "" then means none.
type Settings struct {
	ConfigPath            *string  // KUBE_CONFIG_PATH
	ConfigPaths           []string // KUBE_CONFIG_PATHS, a list as in PATH; the first file to name something wins
	ConfigContext         *string  // KUBE_CTX
	ConfigContextAuthInfo *string  // KUBE_CTX_AUTH_INFO
	ConfigContextCluster  *string  // KUBE_CTX_CLUSTER
	Host                  *string  // KUBE_HOST: a URL, or host[:port] for https
	Token                 *string  // KUBE_TOKEN
	Username              *string  // KUBE_USER
	Password              *string  // KUBE_PASSWORD
	ClientCertificate     *string  // KUBE_CLIENT_CERT_DATA: PEM
	ClientKey             *string  // KUBE_CLIENT_KEY_DATA: PEM
	ClusterCACertificate  *string  // KUBE_CLUSTER_CA_CERT_DATA: PEM
	Insecure              *bool    // KUBE_INSECURE
	TLSServerName         *string  // KUBE_TLS_SERVER_NAME
	ProxyURL              *string  // KUBE_PROXY_URL
	Exec                  *Exec
	InCluster             *bool // use the service account of the pod that this runs in
}

// Exec is a program that prints credentials, as in a kubeconfig.
type Exec struct {
	APIVersion string // client.authentication.k8s.io/v1 or /v1beta1
	Command    string
	Args       []string
	Env        map[string]string // added to the environment of this process
}

// Secrets returns the values, of settings and of variables, that must not be
// shown, for masking logs.
func (s Settings) Secrets(getenv func(string) string) []string {
	r := reader{getenv: getenv}
	secrets := []string{
		r.text(attrToken, s.Token).text,
		r.text(attrPassword, s.Password).text,
		r.text(attrClientKey, s.ClientKey).text,
		urlPassword(r.text(attrProxyURL, s.ProxyURL).text),
	}
	if s.Exec != nil {
		secrets = slices.AppendSeq(secrets, maps.Values(s.Exec.Env))
	}
	return newRedactor(secrets...).secrets
}
