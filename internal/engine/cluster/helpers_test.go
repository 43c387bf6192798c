// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// env returns a getenv over pairs of names and values.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// identity is a self-signed certificate with its key, as PEM.
type identity struct{ cert, key string }

func newIdentity(tb testing.TB) identity {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "alice"},
		NotBefore:             time.Unix(0, 0),
		NotAfter:              time.Unix(1<<33, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	return identity{
		cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:  string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})),
	}
}

// write writes a file of a temporary directory and returns its path.
func write(tb testing.TB, name, content string) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// kubeconfig returns a kubeconfig with the context, cluster and user of each
// name; the first is current.
func kubeconfig(names ...string) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: Config\ncurrent-context: " + names[0] + "\ncontexts:\n")
	for _, n := range names {
		b.WriteString("- {name: " + n + ", context: {cluster: " + n + "-cluster, user: " + n + "-user}}\n")
	}
	b.WriteString("clusters:\n")
	for _, n := range names {
		b.WriteString("- {name: " + n + "-cluster, cluster: {server: 'https://" + n + ".example.com:6443', insecure-skip-tls-verify: true, tls-server-name: " + n + "-sni}}\n")
	}
	b.WriteString("users:\n")
	for _, n := range names {
		b.WriteString("- {name: " + n + "-user, user: {token: " + n + "-token, as: " + n + "-boss}}\n")
	}
	return b.String()
}

// apiServer starts a TLS server and returns the settings that reach it.
func apiServer(tb testing.TB, handler http.HandlerFunc) (*httptest.Server, cluster.Settings) {
	tb.Helper()
	server := httptest.NewTLSServer(handler)
	tb.Cleanup(server.Close)
	return server, cluster.Settings{Host: &server.URL, ClusterCACertificate: new(serverCA(server))}
}

func serverCA(server *httptest.Server) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

func connect(tb testing.TB, settings cluster.Settings) *cluster.Connection {
	tb.Helper()
	connection, err := cluster.NewClient(func() (*rest.Config, error) {
		return cluster.RESTConfig(settings, env(), "test")
	}).Connect()
	if err != nil {
		tb.Fatal(err)
	}
	return connection
}

// listen returns a listener that accepts nothing by itself.
func listen(tb testing.TB) net.Listener {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = listener.Close() })
	return listener
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// respond answers with JSON.
func respond(w http.ResponseWriter, code int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(body))
}

const noNodes = `{"kind":"NodeList","apiVersion":"v1","metadata":{},"items":[]}`
