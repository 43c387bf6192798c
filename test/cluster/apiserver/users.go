// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"crypto/tls"
	"errors"
	"path/filepath"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// CreateUser returns the configuration of a user known by a client certificate,
// who may do what RBAC gives to the name and the groups.
func (s *Server) CreateUser(tb testing.TB, name string, groups ...string) *rest.Config {
	tb.Helper()
	config, err := s.addUser(name, groups...)
	if err != nil {
		tb.Fatal(err)
	}
	return config
}

// addUser has no limits of the client's own.
func (s *Server) addUser(name string, groups ...string) (*rest.Config, error) {
	s.users.Lock()
	defer s.users.Unlock()
	user, err := s.plane.AddUser(envtest.User{Name: name, Groups: groups}, &rest.Config{QPS: -1})
	if err != nil {
		return nil, err
	}
	config := user.Config()
	config.Host = s.URL()
	return config, nil
}

// ServiceAccountToken creates the namespace and the service account if they are
// missing, and returns a token of one hour for it.
func (s *Server) ServiceAccountToken(tb testing.TB, namespace, name string) string {
	tb.Helper()
	c, err := client.New(s.admin, client.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	request := &authenticationv1.TokenRequest{}
	ctx, space := tb.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if err := errors.Join(
		client.IgnoreAlreadyExists(c.Create(ctx, space)),
		client.IgnoreAlreadyExists(c.Create(ctx, account)),
		c.SubResource("token").Create(ctx, account, request),
	); err != nil {
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
	certificate, err := tls.LoadX509KeyPair(filepath.Join(s.dir, "apiserver.crt"), filepath.Join(s.dir, "apiserver.key"))
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
		}},
	}
	path := filepath.Join(tb.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(content, path); err != nil {
		tb.Fatal(err)
	}
	return path
}
