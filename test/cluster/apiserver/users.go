// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"crypto/tls"
	"path/filepath"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// CreateUser returns the configuration of a user known by a client certificate,
// who may do what RBAC gives to the name and the groups.
func (s *Server) CreateUser(tb testing.TB, name string, groups ...string) *rest.Config {
	tb.Helper()
	pair, err := s.ca.client(name, groups)
	if err != nil {
		tb.Fatal(err)
	}
	return s.config(s.URL(), pair)
}

// ServiceAccountToken creates the namespace and the service account if they are
// missing, and returns a token of one hour for it.
func (s *Server) ServiceAccountToken(tb testing.TB, namespace, name string) string {
	tb.Helper()
	client, err := kubernetes.NewForConfig(s.admin)
	if err != nil {
		tb.Fatal(err)
	}
	core, options := client.CoreV1(), metav1.CreateOptions{}
	_, err = core.Namespaces().Create(tb.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, options)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		tb.Fatal(err)
	}
	_, err = core.ServiceAccounts(namespace).Create(tb.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}, options)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		tb.Fatal(err)
	}
	request, err := core.ServiceAccounts(namespace).CreateToken(tb.Context(), name, &authenticationv1.TokenRequest{}, options)
	if err != nil {
		tb.Fatal(err)
	}
	return request.Status.Token
}

// TokenConfig connects with a bearer token instead of a certificate.
func (s *Server) TokenConfig(token string) *rest.Config {
	config := rest.AnonymousClientConfig(s.admin)
	config.BearerToken = token
	return config
}

// ServingCertificate is the server's own, for a proxy on 127.0.0.1 that stands in
// for it.
func (s *Server) ServingCertificate(tb testing.TB) tls.Certificate {
	tb.Helper()
	certificate, err := tls.X509KeyPair(s.serving.certificate, s.serving.key)
	if err != nil {
		tb.Fatal(err)
	}
	return certificate
}

// Kubeconfig writes a kubeconfig with one context, named "test", and returns its
// path.
func Kubeconfig(tb testing.TB, config *rest.Config) string {
	tb.Helper()
	const name = "test"
	content := clientcmdapi.Config{
		CurrentContext: name,
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		Clusters:       map[string]*clientcmdapi.Cluster{name: {Server: config.Host, CertificateAuthorityData: config.CAData}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{name: {
			ClientCertificateData: config.CertData,
			ClientKeyData:         config.KeyData,
			Token:                 config.BearerToken,
			Exec:                  config.ExecProvider,
		}},
	}
	path := filepath.Join(tb.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(content, path); err != nil {
		tb.Fatal(err)
	}
	return path
}
