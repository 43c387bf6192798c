// SPDX-License-Identifier: Apache-2.0

// Package apiserver runs a real kube-apiserver with its etcd for a test, by means
// of envtest: RBAC on, no controllers, no nodes but those that a test creates.
package apiserver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// patience is how long a process may take to start, and to stop: a busy machine
// takes many times the usual seconds.
const patience = 3 * time.Minute

// Server is a running kube-apiserver.
type Server struct {
	dir   string // certificates, logs and data
	logs  []*os.File
	plane envtest.ControlPlane
	admin *rest.Config
	users sync.Mutex // adding one counts serial numbers
}

// Main runs the tests of a package with a server that they share, and returns the
// exit code for TestMain. Failed tests show the server's logs.
func Main(m *testing.M, share func(*Server)) int {
	s, err := Start()
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
	s, err := Start()
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

// silence gives controller-runtime a logger, without which it complains; twice at once
// is a race.
var silence = sync.OnceFunc(func() { log.SetLogger(logr.Discard()) }) //nolint:gochecknoglobals // of the process

// Start starts a server and returns when it is healthy. An error holds the
// server's logs. The caller has to Stop the server; Main and New do it themselves.
func Start() (*Server, error) {
	silence()
	assets, err := findAssets()
	if err != nil {
		return nil, err
	}
	s := &Server{}
	if s.dir, err = os.MkdirTemp("", "kube-"); err != nil {
		return nil, fmt.Errorf("creating the server's directory: %w", err)
	}
	if err := s.run(assets); err != nil {
		return nil, errors.Join(fmt.Errorf("starting kube-apiserver: %w\n%s", err, s.Logs()), s.Stop())
	}
	return s, nil
}

func (s *Server) run(assets string) (err error) {
	etcd := &envtest.Etcd{DataDir: filepath.Join(s.dir, "data"), StartTimeout: patience, StopTimeout: patience}
	if etcd.Path, err = s.launcher(filepath.Join(assets, "etcd")); err != nil {
		return err
	}
	etcd.Configure().Set("log-level", "warn").Set("quota-backend-bytes", "4294967296")

	server := &envtest.APIServer{CertDir: s.dir, StartTimeout: patience, StopTimeout: patience}
	if server.Path, err = s.launcher(filepath.Join(assets, "kube-apiserver")); err != nil {
		return err
	}
	server.Configure().
		// No controller removes the taint that new nodes would get.
		Append("disable-admission-plugins", "TaintNodesByCondition").
		// A machine without a network has no other address, and loopback addresses
		// are refused as endpoints.
		Set("advertise-address", "127.0.0.1").
		Set("endpoint-reconciler-type", "none")

	etcd.Out, server.Out = s.logs[0], s.logs[1]
	etcd.Err, server.Err = s.logs[0], s.logs[1]
	s.plane = envtest.ControlPlane{Etcd: etcd, APIServer: server}
	if err := s.plane.Start(); err != nil {
		return err
	}
	s.admin, err = s.addUser("admin", "system:masters")
	return err
}

// Stop ends the processes and removes their data. It may be called twice.
func (s *Server) Stop() error {
	errs := []error{s.plane.Stop()}
	for _, file := range s.logs {
		errs = append(errs, file.Close())
	}
	s.logs = nil
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// Logs returns the last lines that etcd and kube-apiserver wrote.
func (s *Server) Logs() string {
	const most = 60
	var text string
	for _, file := range s.logs {
		content, err := os.ReadFile(file.Name())
		if err != nil {
			content = []byte(err.Error())
		}
		lines := strings.SplitAfter(string(content), "\n")
		text += "==> " + filepath.Base(file.Name()) + "\n" + strings.Join(lines[max(0, len(lines)-most):], "")
	}
	return text
}

// URL is https://127.0.0.1:<port>.
func (s *Server) URL() string { return s.plane.APIServer.SecureServing.URL("https", "").String() }

// CA is the PEM certificate that signed the server's.
func (s *Server) CA() []byte { return s.plane.APIServer.CA }

// Admin may do everything.
func (s *Server) Admin() *rest.Config { return rest.CopyConfig(s.admin) }
