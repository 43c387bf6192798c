// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

const (
	exampleDir       = "../../../examples/agent"
	exampleNamespace = "eidos-agent"
	exampleJob       = "eidos-snapshot-manual"
)

// example is the manifests for people without Terraform in a folder of their own,
// for the namespace of the stage, and runs kubectl there.
type example struct {
	s          *stage
	dir        string
	kubeconfig string
}

func newExample(s *stage) example {
	s.t.Helper()
	e := example{s: s, dir: s.t.TempDir(), kubeconfig: apiserver.Kubeconfig(s.t, s.server.Admin())}
	for _, name := range []string{"agent.yaml", "kustomization.yaml"} {
		text, err := os.ReadFile(filepath.Join(exampleDir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(e.dir, name), bytes.ReplaceAll(text, []byte(exampleNamespace), []byte(s.namespace)), 0o644)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return e
}

// run runs a line of a shell, with kubectl, and returns all that it writes.
func (e example) run(line string) string {
	e.s.t.Helper()
	kubectl, err := apiserver.Kubectl()
	if err != nil {
		e.s.t.Fatal(err)
	}
	cmd := exec.CommandContext(e.s.t.Context(), "sh", "-c", line)
	cmd.Dir, cmd.Env = e.dir, append(os.Environ(), "KUBECONFIG="+e.kubeconfig, "PATH="+filepath.Dir(kubectl)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		e.s.t.Errorf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// documented are the commands that the file tells people to type.
func (e example) documented() (apply, wait, get, logs, describe string) {
	e.s.t.Helper()
	text, err := os.ReadFile(filepath.Join(e.dir, "agent.yaml"))
	if err != nil {
		e.s.t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if command, ok := strings.CutPrefix(line, "#   kubectl "); ok {
			lines = append(lines, "kubectl "+strings.TrimSpace(command))
		}
	}
	if len(lines) != 5 {
		e.s.t.Fatalf("the file documents %q", lines)
	}
	return lines[0], lines[1], lines[2], lines[3], lines[4]
}

// What people apply without Terraform does the same, and collectors that fail do not
// fail the Job.
func TestExample(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "manual", func(s *stage) {
		s.host = func(string) host { return newHost("6.8.0").with("/run/dbus/system_bus_socket", "no socket\n") }
	})
	e := newExample(s)
	apply, wait, get, logs, _ := e.documented()
	if out := e.run(apply); strings.Contains(out, "would violate") {
		t.Errorf("applying:\n%s", out)
	}
	e.run(wait)
	s.waitFinished(t)
	if out := e.run("kubectl -n " + s.namespace + " get job " + exampleJob + " -o jsonpath='{.status.conditions[*].type}'"); out != "SuccessCriteriaMet Complete" {
		t.Errorf("the Job is %s", out)
	}
	if out := e.run(get); !strings.Contains(out, "VERSION_ID") {
		t.Errorf("the ConfigMap: %s", out)
	}
	if out := e.run(logs); !strings.Contains(out, "warning: SystemD/containerd.service: ") {
		t.Errorf("the log: %s", out)
	}
	// It is not a resource's to take.
	_, err := runner(t, server.Admin()).Run(t.Context(), s.spec(), "owner")
	checkError(t, err, agent.Foreign, "is not an agent's")
}

// The documented wait ends on failure, too.
func TestExampleFails(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "manual-fails", func(s *stage) {
		s.kubelet = func(_ context.Context, pod *corev1.Pod) corev1.PodStatus {
			kubelets.put(pod, "no luck\n")
			return terminated(1, "no luck\n")
		}
	})
	e := newExample(s)
	apply, wait, get, logs, _ := e.documented()
	e.run(apply)
	e.run(wait)
	if out := e.run(get); out != "" {
		t.Errorf("the ConfigMap has %s", out)
	}
	if out := e.run(logs); !strings.Contains(out, "no luck") {
		t.Errorf("the log: %s", out)
	}
}

// In a namespace that does not allow what the pod mounts there is no pod. People see
// why when they apply, when they describe the Job, and from the command.
func TestBaselineNamespace(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "baseline")
	e := newExample(s)
	apply, wait, _, _, describe := e.documented()
	e.run("kubectl label namespace " + s.namespace + " pod-security.kubernetes.io/enforce=baseline")

	s.snapshot("--node-name", "gpu-1").check(t, 1, "error: node gpu-1, Job eidos-snapshot-command-", `violates PodSecurity "baseline:latest"`,
		"Choose a namespace with the label pod-security.kubernetes.io/enforce=privileged, such as the GPU Operator's, or limit --collectors to those of type K8s")
	s.snapshot("--node-name", "gpu-1", "--collectors", "K8s").check(t, 0)
	s.checkLeft()

	// Who may not label the namespace leaves it out.
	text, err := os.ReadFile(filepath.Join(e.dir, "agent.yaml"))
	if err == nil {
		_, objects, _ := strings.Cut(string(text), "\n---\n")
		err = os.WriteFile(filepath.Join(e.dir, "agent.yaml"), []byte(objects), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out := e.run(apply); !strings.Contains(out, `Warning: would violate PodSecurity "baseline:latest": `) || !strings.Contains(out, "hostPath volumes") {
		t.Errorf("applying says nothing of it:\n%s", out)
	}
	e.run("kubectl -n " + s.namespace + " wait --for=create --timeout=1m event --field-selector=reason=FailedCreate,involvedObject.name=" + exampleJob)
	if out := e.run(describe); !strings.Contains(out, "FailedCreate") || !strings.Contains(out, "violates PodSecurity") {
		t.Errorf("the Job is described without it:\n%s", out)
	}
	s.overdue(t.Context(), exampleJob)
	e.run(wait)
}
