// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/rest"
)

// serviceAccountDir is where the kubelet mounts a pod's service account.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// inCluster is rest.InClusterConfig with settings and directory given and a
// missing CA refused instead of logged.
func inCluster(settings Settings, getenv func(string) string, dir string) (*rest.Config, error) {
	if other := settings.besidesInCluster(); other != "" {
		return nil, attributeError(attrInCluster, "state either in_cluster = true or %s, not both", other)
	}
	host, port := getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, attributeError(attrInCluster, "this does not run in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
	}
	tokenFile, caFile := filepath.Join(dir, "token"), filepath.Join(dir, "ca.crt")
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, attributeError(attrInCluster, "the pod's service account has no token (automountServiceAccountToken?): %w", err)
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, attributeError(attrInCluster, "the pod's service account has no CA: %w", err)
	}
	return &rest.Config{
		Host:            "https://" + net.JoinHostPort(host, port),
		BearerToken:     string(token),
		BearerTokenFile: tokenFile, // read again as the kubelet renews it
		TLSClientConfig: rest.TLSClientConfig{CAData: ca},
	}, nil
}

// besidesInCluster returns an attribute that is stated, "" when none is.
func (s Settings) besidesInCluster() string {
	switch {
	case len(s.ConfigPaths) > 0:
		return attrConfigPaths
	case s.Insecure != nil && *s.Insecure:
		return attrInsecure
	case s.Exec != nil:
		return attrExec
	}
	for _, other := range []struct {
		name   string
		stated *string
	}{
		{attrConfigPath, s.ConfigPath},
		{attrConfigContext, s.ConfigContext},
		{attrConfigContextAuthInfo, s.ConfigContextAuthInfo},
		{attrConfigContextCluster, s.ConfigContextCluster},
		{attrHost, s.Host},
		{attrToken, s.Token},
		{attrUsername, s.Username},
		{attrPassword, s.Password},
		{attrClientCertificate, s.ClientCertificate},
		{attrClientKey, s.ClientKey},
		{attrClusterCACertificate, s.ClusterCACertificate},
		{attrTLSServerName, s.TLSServerName},
		{attrProxyURL, s.ProxyURL},
	} {
		if other.stated != nil && *other.stated != "" {
			return other.name
		}
	}
	return ""
}
