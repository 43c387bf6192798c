// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"strings"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// applyServer puts the stated values in place of those of the kubeconfig's
// cluster.
func (r *resolved) applyServer(cluster *clientcmdapi.Cluster) error {
	if r.values[Host].set() {
		host, err := r.hostURL()
		if err != nil {
			return err
		}
		cluster.Server = host
	}
	if proxy := r.values[ProxyURL]; proxy.set() {
		if err := checkProxy(proxy); err != nil {
			return err
		}
		cluster.ProxyURL = proxy.text
	}
	if name := r.values[TLSServerName]; name.set() {
		cluster.TLSServerName = name.text
	}
	return r.applyTrust(cluster)
}

func (r *resolved) applyTrust(cluster *clientcmdapi.Cluster) error {
	if ca := r.values[ClusterCACertificate]; ca.set() {
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(ca.text)) {
			return ca.errorf("holds no PEM certificate%s", r.base64Hint(ca.text))
		}
		cluster.CertificateAuthority, cluster.CertificateAuthorityData = "", []byte(ca.text)
		cluster.InsecureSkipTLSVerify = false
	}
	switch r.values[Insecure].text {
	case "true":
		cluster.CertificateAuthority, cluster.CertificateAuthorityData = "", nil
		cluster.InsecureSkipTLSVerify = true
	case "false":
		cluster.InsecureSkipTLSVerify = false
	}
	return nil
}

// hostURL returns the host as a URL. Without a scheme it is https: client-go
// would choose http, and credentials with it, where no CA is given.
func (r *resolved) hostURL() (string, error) {
	host := r.values[Host]
	text := host.text
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return "", host.errorf("is not a URL such as https://api.example.com:6443")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", host.errorf("the scheme %q is neither https nor http", u.Scheme)
	case u.User != nil:
		return "", host.errorf("a URL must not carry credentials: use username and password")
	case u.RawQuery != "" || u.Fragment != "":
		return "", host.errorf("a URL of an API server has no query and no fragment")
	case u.Scheme == "http" && r.credentials():
		return "", host.errorf("http would send the credentials in clear text: use https")
	}
	return u.String(), nil
}

// checkProxy quotes nothing of a URL that may hold a password.
func checkProxy(proxy value) error {
	u, err := url.Parse(proxy.text)
	if err != nil || u.Host == "" {
		return proxy.errorf("is not a URL such as http://proxy.example.com:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return nil
	default:
		return proxy.errorf("the scheme %q is none of http, https, socks5 and socks5h", u.Scheme)
	}
}

// base64Hint helps those who pass the encoded form in which cloud providers
// and kubeconfigs carry certificates.
func (r *resolved) base64Hint(text string) string {
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	switch {
	case err != nil || !strings.Contains(string(decoded), "-----BEGIN"):
		return ""
	case r.Door == Terraform:
		return "; it is base64-encoded: decode it first (base64decode)"
	default:
		return "; it is base64-encoded: decode it first"
	}
}
