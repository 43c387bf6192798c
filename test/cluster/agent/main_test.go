// SPDX-License-Identifier: Apache-2.0

// Package agent_test runs agents against a real kube-apiserver. It has no
// controllers and no nodes, so the tests play the Job controller, the scheduler,
// the kubelet and the garbage collector; the agent is the real command with the
// token of the Job's service account.
package agent_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

var (
	server  *apiserver.Server
	plugins string // directory of the provider's binary
	command string // the eidos command
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "eidos-agent-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		// Agents run as a user of their own.
		plugins, command = filepath.Join(dir, "plugins"), filepath.Join(dir, "eidos")
		err = errors.Join(os.Chmod(dir, 0o755), terraform.Build(context.Background(), "../../..", plugins), buildCommand())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	kubelets = newLogs()
	defer kubelets.server.Close()
	return apiserver.Main(m, func(s *apiserver.Server) { server = s })
}

func buildCommand() error {
	cmd := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-o", command, "./cmd/eidos")
	cmd.Dir, cmd.Env = "../../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the command: %w\n%s", err, out)
	}
	return nil
}
