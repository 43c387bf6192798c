// SPDX-License-Identifier: Apache-2.0

// Package scenario_test applies configurations as a user does: the real Terraform,
// the built provider, a real kube-apiserver.
package scenario_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

var (
	// server is shared by the tests, and filled by populate.
	server    *apiserver.Server
	populated sync.Once
	// plugins is the directory of the provider's binary.
	plugins string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if plugins, err = os.MkdirTemp("", "eidos-plugins-"); err == nil {
		defer func() { _ = os.RemoveAll(plugins) }()
		err = terraform.Build(context.Background(), "../../..", plugins)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return apiserver.Main(m, func(s *apiserver.Server) { server = s })
}

// populate fills the shared server once.
func populate(t *testing.T) {
	t.Helper()
	populated.Do(func() { fixture.GPUCluster(t, server.Admin()) })
}

// newWorkspace has the configuration and the provider.
func newWorkspace(t *testing.T, config string, env ...string) *terraform.Workspace {
	t.Helper()
	return terraform.NewWorkspace(t, plugins, config, env...)
}
