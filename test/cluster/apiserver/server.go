// SPDX-License-Identifier: Apache-2.0

// Package apiserver runs a real kube-apiserver with its etcd for a test: RBAC on,
// no controllers, no nodes but those that a test creates.
package apiserver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// startTimeout is generous: a busy machine takes many times the usual seconds.
const startTimeout = 3 * time.Minute

// Server is a running kube-apiserver.
type Server struct {
	dir       string // certificates, logs and data
	ca        *authority
	serving   keyPair
	admin     *rest.Config
	etcd      *process
	apiserver *process
}

// Main runs the tests of a package with a server that they share, and returns the
// exit code for TestMain. Failed tests show the server's logs.
func Main(m *testing.M, share func(*Server)) int {
	s, err := Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	share(s)
	code := m.Run()
	if code != 0 {
		fmt.Fprintln(os.Stderr, s.Logs())
	}
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// New starts a server and stops it when the test ends. A failed test shows the
// server's logs.
func New(tb testing.TB) *Server {
	tb.Helper()
	s, err := Start(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Log(s.Logs())
		}
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Start starts a server and returns when it is ready. An error holds the
// server's logs. The caller has to Stop the server; Main and New do it themselves.
func Start(ctx context.Context) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	found, err := findBinaries()
	if err != nil {
		return nil, err
	}
	s, err := prepare()
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, found); err != nil {
		return nil, errors.Join(fmt.Errorf("starting kube-apiserver: %w\n%s", err, s.Logs()), s.Stop())
	}
	return s, nil
}

// prepare writes what the processes read: certificates and keys.
func prepare() (_ *Server, err error) {
	s := &Server{}
	// The path of etcd's socket must be short, so this is no directory of a test.
	if s.dir, err = os.MkdirTemp("", "kube-"); err != nil {
		return nil, fmt.Errorf("creating the server's directory: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(s.dir))
		}
	}()
	if s.ca, err = newAuthority(); err != nil {
		return nil, err
	}
	if s.serving, err = s.ca.serving(); err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generating the key of service accounts: %w", err)
	}
	serviceAccountKey, err := encodeKey(key)
	if err != nil {
		return nil, err
	}
	for name, content := range map[string][]byte{
		caFile: s.ca.pem, servingFile: s.serving.certificate, servingKeyFile: s.serving.key, serviceAccountKeyFile: serviceAccountKey,
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o600); err != nil {
			return nil, fmt.Errorf("writing certificates: %w", err)
		}
	}
	return s, nil
}

// Stop ends the processes and removes their data. It may be called twice.
func (s *Server) Stop() error {
	var errs []error
	for _, p := range []*process{s.apiserver, s.etcd} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// Logs returns the last lines that etcd and kube-apiserver wrote.
func (s *Server) Logs() string {
	var text string
	for _, p := range []*process{s.etcd, s.apiserver} {
		if p != nil {
			text += "==> " + filepath.Base(p.logFile) + "\n" + p.log()
		}
	}
	return text
}

// URL is https://127.0.0.1:<port>.
func (s *Server) URL() string { return s.admin.Host }

// CA is the PEM certificate that signed the server's.
func (s *Server) CA() []byte { return s.ca.pem }

// Admin may do everything.
func (s *Server) Admin() *rest.Config { return rest.CopyConfig(s.admin) }
