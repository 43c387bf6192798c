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
func (s *resolved) applyServer(cluster *clientcmdapi.Cluster) error {
	if s.host.set() {
		host, err := s.hostURL()
		if err != nil {
			return err
		}
		cluster.Server = host
	}
	if s.proxy.set() {
		if err := s.checkProxy(); err != nil {
			return err
		}
		cluster.ProxyURL = s.proxy.text
	}
	if s.server.set() {
		cluster.TLSServerName = s.server.text
	}
	return s.applyTrust(cluster)
}

func (s *resolved) applyTrust(cluster *clientcmdapi.Cluster) error {
	if s.ca.set() {
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(s.ca.text)) {
			return s.ca.errorf("holds no PEM certificate%s", base64Hint(s.ca.text))
		}
		cluster.CertificateAuthority, cluster.CertificateAuthorityData = "", []byte(s.ca.text)
		cluster.InsecureSkipTLSVerify = false
	}
	switch s.insecure.text {
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
func (s *resolved) hostURL() (string, error) {
	text := s.host.text
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return "", s.host.errorf("is no URL such as https://api.example.com:6443")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", s.host.errorf("the scheme %q is neither https nor http", u.Scheme)
	case u.User != nil:
		return "", s.host.errorf("a URL must not carry credentials: use username and password")
	case u.RawQuery != "" || u.Fragment != "":
		return "", s.host.errorf("a URL of an API server has no query and no fragment")
	case u.Scheme == "http" && s.credentials():
		return "", s.host.errorf("http would send the credentials in clear text: use https")
	}
	return u.String(), nil
}

// checkProxy quotes nothing of a URL that may hold a password.
func (s *resolved) checkProxy() error {
	u, err := url.Parse(s.proxy.text)
	if err != nil || u.Host == "" {
		return s.proxy.errorf("is no URL such as http://proxy.example.com:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return nil
	default:
		return s.proxy.errorf("the scheme %q is none of http, https, socks5 and socks5h", u.Scheme)
	}
}

// base64Hint helps those who pass the encoded form in which cloud providers
// and kubeconfigs carry certificates.
func base64Hint(text string) string {
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err == nil && strings.Contains(string(decoded), "-----BEGIN") {
		return "; it is base64-encoded: decode it first (base64decode in Terraform)"
	}
	return ""
}
