// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

// command is the eidos command.
type command struct{ path string }

func buildCommand(t *testing.T) command {
	t.Helper()
	c := command{filepath.Join(t.TempDir(), "eidos")}
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", c.path, "./cmd/eidos")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building eidos: %v\n%s", err, out)
	}
	return c
}

// run runs the command in an environment without a cluster.
func (c command) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), c.path, args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &errs, []string{"HOME=" + t.TempDir()}
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// TestPreflight: the cluster has the operator of the Helm release "gpus", which is not
// that of a bundle.
func TestPreflight(t *testing.T) {
	t.Parallel()
	populate(t)
	eidos := buildCommand(t)
	recipe := filepath.Join(t.TempDir(), "recipe.yaml")
	if code, _, stderr := eidos.run(t, "recipe", "--service", "eks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "--output", recipe); code != 0 {
		t.Fatal(stderr)
	}
	look := func(user *rest.Config, more ...string) (int, string, string) {
		return eidos.run(t, append([]string{"check", "--preflight", "--recipe", recipe, "--kubeconfig", apiserver.Kubeconfig(t, user), "--format", "json"}, more...)...)
	}

	code, stdout, stderr := look(server.Admin())
	var looks []compare.Look
	if err := json.Unmarshal([]byte(stdout), &looks); err != nil || code != 4 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	var found []string
	for _, l := range looks {
		found = append(found, l.Rule+" "+l.Path)
	}
	if diff := cmp.Diff([]string{"installed-elsewhere gpu-operator"}, found); diff != "" || !strings.Contains(stdout, "as the Helm release gpus in the namespace gpu-operator") {
		t.Errorf("(-want +got):\n%s%s", diff, stdout)
	}

	if code, stdout, stderr := look(server.Admin(), "--existing", "gpu-operator"); code != 0 || stdout != "[]\n" {
		t.Errorf("with the operator that is there, exit code %d: %s%s", code, stdout, stderr)
	}

	code, stdout, stderr = look(server.CreateUser(t, "looks-without-rights"))
	if code != 1 || !strings.Contains(stderr, "K8s/image: cannot list pods: forbidden") || !strings.Contains(stderr, "does not say whether the cluster has gpu-operator") {
		t.Errorf("without rights, exit code %d: %s%s", code, stdout, stderr)
	}
}
