// SPDX-License-Identifier: Apache-2.0

// Package cluster_test tests what reads and writes a cluster against a real
// kube-apiserver.
package cluster_test

import (
	"os"
	"testing"

	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

// server is shared by the tests. The nodes, pods and policies of the whole cluster
// are those of populate; a test that needs other ones starts its own server.
var server *apiserver.Server

func TestMain(m *testing.M) {
	os.Exit(apiserver.Main(m, func(s *apiserver.Server) { server = s }))
}

func connect(config *rest.Config) *cluster.Client {
	return cluster.NewClient(func() (*rest.Config, error) { return config, nil })
}

func connection(t *testing.T, config *rest.Config) *cluster.Connection {
	t.Helper()
	c, err := connect(config).Connect()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// clients are those of client-go.
func clients(tb testing.TB, config *rest.Config) corev1.CoreV1Interface {
	tb.Helper()
	all, err := corev1.NewForConfig(config)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}
