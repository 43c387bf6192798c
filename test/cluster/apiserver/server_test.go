// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"context"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// server is shared by the tests.
var server *Server

func clientOf(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// A server built without its version calls itself v0.0.0-master.
func TestVersion(t *testing.T) {
	t.Parallel()
	version, err := clientOf(t, server.Admin()).ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version.GitVersion, "v1.") || version.Major != "1" {
		t.Errorf("the server calls itself %+v", version)
	}
}

func TestRBACRefuses(t *testing.T) {
	t.Parallel()
	client := clientOf(t, server.CreateUser(t, "nobody"))
	if _, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("listing pods without a role: %v, want forbidden", err)
	}
}

func TestRBACAllows(t *testing.T) {
	t.Parallel()
	rbac := clientOf(t, server.Admin()).RbacV1()
	meta := metav1.ObjectMeta{Name: "node-reader"}
	role := &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"list"}}}}
	if _, err := rbac.ClusterRoles().Create(t.Context(), role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "reader"}},
	}
	if _, err := rbac.ClusterRoleBindings().Create(t.Context(), binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	client := clientOf(t, server.CreateUser(t, "reader"))
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		_, last = client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("listing nodes with the role: %v", last)
	}
	if _, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("listing pods with a role for nodes: %v, want forbidden", err)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	client := clientOf(t, server.CreateUser(t, "operator", "system:masters"))
	if _, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Error(err)
	}
}

// whoAmI returns the name under which the server knows the client.
func whoAmI(t *testing.T, config *rest.Config) string {
	t.Helper()
	reviews := clientOf(t, config).AuthenticationV1().SelfSubjectReviews()
	review, err := reviews.Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Status.UserInfo.Username
}

func TestServiceAccountToken(t *testing.T) {
	t.Parallel()
	token := server.ServiceAccountToken(t, "agents", "collector")
	if got, want := whoAmI(t, server.TokenConfig(token)), "system:serviceaccount:agents:collector"; got != want {
		t.Errorf("the server knows the token as %q, want %q", got, want)
	}
	other := server.ServiceAccountToken(t, "agents", "collector")
	if other == "" {
		t.Error("no second token for a service account that exists")
	}
	_, err := clientOf(t, server.TokenConfig(token+"x")).CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsUnauthorized(err) {
		t.Errorf("listing with a broken token: %v, want unauthorized", err)
	}
}

func TestKubeconfig(t *testing.T) {
	t.Parallel()
	for name, user := range map[string]*rest.Config{
		"certificate-user":                  server.CreateUser(t, "certificate-user"),
		"system:serviceaccount:agents:file": server.TokenConfig(server.ServiceAccountToken(t, "agents", "file")),
	} {
		config, err := clientcmd.BuildConfigFromFlags("", Kubeconfig(t, user))
		if err != nil {
			t.Fatal(err)
		}
		if got := whoAmI(t, config); got != name {
			t.Errorf("the server knows the kubeconfig's user as %q, want %q", got, name)
		}
	}
}

func TestUnknownAuthority(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	config := server.Admin()
	config.CAData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: stranger.Certificate().Raw})
	_, err := clientOf(t, config).ServerVersion()
	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("connecting with a foreign CA: %v", err)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clientOf(t, s.Admin()).CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}, metav1.CreateOptions{}); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
	if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "https://")); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("connecting to a stopped server: %v, want refused", err)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the server's directory after Stop: %v", err)
	}
}

func TestStartShowsLogs(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("KUBEBUILDER_ASSETS", dir)
	for name, script := range map[string]string{"etcd": "echo out of disk >&2; exit 1", "kube-apiserver": "sleep 600"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Start()
	if err == nil {
		t.Fatal("a server without etcd started")
	}
	for _, text := range []string{"process etcd", "==> etcd.log\nout of disk"} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not say %q: %v", text, err)
		}
	}
}
