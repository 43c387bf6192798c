// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Files in the server's directory.
const (
	caFile                = "ca.crt"
	servingFile           = "serving.crt"
	servingKeyFile        = "serving.key"
	serviceAccountKeyFile = "service-account.key"
	etcdSocket            = "etcd.sock"
)

// issuer is what the tokens of service accounts name as their origin.
const issuer = "https://kubernetes.default.svc.cluster.local"

// portAttempts bounds the retries when somebody else takes the free port first.
const portAttempts = 5

func (s *Server) run(ctx context.Context, found binaries) (err error) {
	if s.etcd, err = startProcess(s.dir, found.etcd, s.etcdFlags()...); err != nil {
		return err
	}
	for range portAttempts {
		port, err := freePort(ctx)
		if err != nil {
			return err
		}
		if s.admin, err = s.newAdmin(port); err != nil {
			return err
		}
		if s.apiserver, err = startProcess(s.dir, found.apiserver, s.apiserverFlags(port)...); err != nil {
			return err
		}
		err = s.waitReady(ctx)
		if err == nil || !strings.Contains(s.apiserver.log(), "address already in use") {
			return err
		}
		if err := s.apiserver.stop(); err != nil {
			return err
		}
	}
	return fmt.Errorf("no port stayed free in %d attempts", portAttempts)
}

func (s *Server) file(name string) string { return filepath.Join(s.dir, name) }

// etcdFlags has clients connect through a socket in the server's directory, which
// needs no port. Nobody uses the addresses with port 0; etcd insists on them.
func (s *Server) etcdFlags() []string {
	return []string{
		"--data-dir=" + s.file("etcd"),
		"--listen-client-urls=unix://" + s.file(etcdSocket),
		"--advertise-client-urls=http://127.0.0.1:0",
		"--listen-peer-urls=http://127.0.0.1:0",
		"--unsafe-no-fsync=true",
		"--quota-backend-bytes=4294967296",
		"--log-level=warn",
	}
}

func (s *Server) apiserverFlags(port int) []string {
	return []string{
		"--etcd-servers=unix://" + s.file(etcdSocket),
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + s.file(servingFile),
		"--tls-private-key-file=" + s.file(servingKeyFile),
		"--client-ca-file=" + s.file(caFile),
		"--authorization-mode=RBAC",
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + s.file(serviceAccountKeyFile),
		"--service-account-signing-key-file=" + s.file(serviceAccountKeyFile),
		"--service-cluster-ip-range=10.0.0.0/24",
		// No controller creates the default service accounts that pods would need,
		// and none removes the taint that new nodes would get.
		"--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
		// Loopback addresses are refused as endpoints.
		"--endpoint-reconciler-type=none",
		"--profiling=false",
	}
}

// waitReady returns when every check of /readyz passes, or with an error as soon
// as a process ends.
func (s *Server) waitReady(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(s.admin)
	if err != nil {
		return fmt.Errorf("connecting to the server: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-ctx.Done():
		case <-s.etcd.exited:
			cancel(errors.New("etcd ended"))
		case <-s.apiserver.exited:
			cancel(errors.New("kube-apiserver ended"))
		}
	}()
	var last error
	err = wait.PollUntilContextCancel(ctx, 50*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		_, last = client.RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for /readyz: %w (last answer: %w)", context.Cause(ctx), last)
	}
	return nil
}

func (s *Server) newAdmin(port int) (*rest.Config, error) {
	pair, err := s.ca.client("admin", []string{"system:masters"})
	if err != nil {
		return nil, err
	}
	return s.config(fmt.Sprintf("https://127.0.0.1:%d", port), pair), nil
}

// config connects with a client certificate and without limits of the client's
// own.
func (s *Server) config(host string, pair keyPair) *rest.Config {
	return &rest.Config{
		Host:            host,
		TLSClientConfig: rest.TLSClientConfig{CAData: s.ca.pem, CertData: pair.certificate, KeyData: pair.key},
		QPS:             -1,
	}
}

// freePort asks the kernel for a port that nobody uses at this moment.
func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("finding a free port: %v is no TCP address", listener.Addr())
	}
	return address.Port, nil
}
