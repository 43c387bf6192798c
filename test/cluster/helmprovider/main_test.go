// SPDX-License-Identifier: Apache-2.0

// The stand-in is tested as tests use it: built, and run by the real Terraform
// against a real kube-apiserver.
package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

var (
	server  *apiserver.Server
	plugins string // directory of the providers' binaries
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if plugins, err = os.MkdirTemp("", "helm-plugins-"); err == nil {
		defer func() { _ = os.RemoveAll(plugins) }()
		ctx := context.Background()
		err = errors.Join(terraform.Build(ctx, "../../..", plugins), terraform.BuildHelm(ctx, "../../..", plugins))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return apiserver.Main(m, func(s *apiserver.Server) { server = s })
}

// connected configures the provider with an administrator's kubeconfig.
func connected(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("provider \"helm\" {\n  kubernetes = { config_path = %q }\n}\n", apiserver.Kubeconfig(t, server.Admin()))
}

// newWorkspace has the configuration and a connection.
func newWorkspace(t *testing.T, config string) *terraform.Workspace {
	t.Helper()
	return terraform.NewWorkspace(t, plugins, connected(t)+config)
}

// plan plans, which has to find changes or none.
func plan(t *testing.T, w *terraform.Workspace, changes bool) terraform.Result {
	t.Helper()
	r := w.Run(t, "plan", "-input=false", "-no-color", "-detailed-exitcode")
	if want := map[bool]int{false: 0, true: 2}[changes]; r.Code != want {
		t.Fatalf("planning ends with %d, want %d:\n%s%s", r.Code, want, r.Stdout, r.Stderr)
	}
	return r
}

func destroy(t *testing.T, w *terraform.Workspace) {
	t.Helper()
	if r := w.Run(t, "destroy", "-auto-approve", "-input=false"); r.Code != 0 {
		t.Fatalf("destroying:\n%s%s", r.Stdout, r.Stderr)
	}
}

// records are the revisions of a release that Helm has recorded, and their status.
func records(t *testing.T, namespace, release string) string {
	t.Helper()
	var secrets corev1.SecretList
	err := fixture.NewClient(t, server.Admin()).List(t.Context(), &secrets, client.InNamespace(namespace), client.MatchingLabels{"owner": "helm", "name": release})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, secret := range secrets.Items {
		all = append(all, secret.Labels["version"]+" "+secret.Labels["status"])
	}
	return strings.Join(all, ", ")
}
