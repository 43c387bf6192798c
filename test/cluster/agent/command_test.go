// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

// laptop is a run of eidos snapshot --agent on a machine that is not a node.
type laptop struct {
	code           int
	stdout, stderr string
}

// prompt prepares eidos snapshot --agent with more flags.
func (s *stage) prompt(user *rest.Config, flags ...string) *exec.Cmd {
	args := slices.Concat([]string{
		"snapshot", "--agent", "--image", "registry.example/eidos:1.0.0", "--kubeconfig", apiserver.Kubeconfig(s.t, user),
	}, flags)
	if !slices.Contains(flags, "--namespace") {
		args = append(args, "--namespace", s.namespace)
	}
	if !slices.Contains(flags, "--collectors") {
		args = append(args, "--collectors", strings.Join(withoutSystemD(), ","))
	}
	cmd := exec.CommandContext(s.t.Context(), command, args...)
	cmd.Env = []string{"HOME=" + s.t.TempDir()}
	return cmd
}

// snapshot runs eidos snapshot --agent to its end.
func (s *stage) snapshot(flags ...string) laptop {
	s.t.Helper()
	return s.snapshotAs(s.server.Admin(), flags...)
}

func (s *stage) snapshotAs(user *rest.Config, flags ...string) laptop {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := s.prompt(user, flags...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return laptop{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (l laptop) check(t *testing.T, code int, texts ...string) {
	t.Helper()
	if l.code != code {
		t.Errorf("exit code %d, want %d:\n%s", l.code, code, l.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(l.stderr, text) {
			t.Errorf("standard error has no %q:\n%s", text, l.stderr)
		}
	}
	if code != 0 && code != 3 && l.stdout != "" {
		t.Errorf("standard output has %q", l.stdout)
	}
}

func (l laptop) decode(t *testing.T) document.Snapshot {
	t.Helper()
	found, err := document.DecodeSnapshot(t.Context(), []byte(l.stdout))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, l.stdout)
	}
	return found
}

// One node, chosen by its labels: the document is the node's and the cluster's, and
// nothing is left.
func TestCommand(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "command")
	l := s.snapshot("--node-selector", "pool=gpu")
	l.check(t, 0, "warning: \"registry.example/eidos:1.0.0\" is named by a tag only", "without --image, a release uses")
	found := l.decode(t)
	for path, want := range map[[3]string]string{
		{"OS", "release", "VERSION_ID"}: "24.04",
		{"GPU", "device", "count"}:      "2",
		{"K8s", "node", "provider"}:     "eks",
	} {
		if got := textOf(found.Measurements, path[0], path[1], path[2]); got != want {
			t.Errorf("%v is %q, want %q", path, got, want)
		}
	}
	if found.Metadata.Hostname != "gpu-1" || found.Metadata.Created == "" || found.Metadata.Version == "" {
		t.Errorf("metadata %+v", found.Metadata)
	}
	s.checkLeft()

	// Into a ConfigMap of the cluster, which is the user's, and again.
	for range 2 {
		s.snapshot("--node-name", "gpu-1", "--output", "cm://"+s.namespace+"/eidos-snapshot").check(t, 0)
	}
	s.checkLeft()
}

// Nodes that fail are lines, and the exit code says so.
func TestCommandOnAllNodes(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "command-all")
	play := s.kubelet
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		if pod.Spec.NodeName == "gpu-1" {
			return terminated(1, "no luck\n")
		}
		return play(ctx, pod)
	}
	s.host = func(node string) host {
		if node == "gpu-2" {
			return newHost("6.8.0-1029-aws")
		}
		return newHost("6.8.0-1034-aws")
	}
	l := s.snapshot("--all-nodes", "--node-selector", "pool=gpu", "--format", "json")
	l.check(t, 3, "error: the agent failed on these nodes", "error: node gpu-1, pod eidos-snapshot-command-", "no luck",
		"warning: the nodes disagree; the snapshot is that of node gpu-2", "warning: OS/sysctl//proc/sys/kernel/osrelease: 6.8.0-1029-aws: 1, 6.8.0-1034-aws: 1")
	if found := l.decode(t); found.Metadata.Hostname != "gpu-2" {
		t.Errorf("metadata %+v", found.Metadata)
	}
	s.checkLeft()
}

func TestCommandFails(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "command-fails", func(s *stage) {
		s.kubelet = func(context.Context, *corev1.Pod) corev1.PodStatus { return terminated(1, "first line\nlast line\n") }
	})
	for name, tt := range map[string]struct {
		flags []string
		code  int
		want  []string
	}{
		"agent":       {[]string{"--node-name", "gpu-1"}, 1, []string{"error: node gpu-1, pod eidos-agent-", "exit status 1", "last line"}},
		"tainted":     {[]string{"--node-name", "tainted"}, 1, []string{"taint dedicated=team:NoSchedule", "with --tolerations, or choose other nodes with --node-selector or --node-name"}},
		"tolerated":   {[]string{"--node-name", "tainted", "--tolerations", "dedicated=team:NoSchedule"}, 1, []string{"node tainted, pod", "last line"}},
		"class":       {[]string{"--node-name", "gpu-1", "--runtime-class", "no-such"}, 1, []string{`RuntimeClass "no-such" not found`, "Check --runtime-class"}},
		"nodes":       {[]string{"--node-selector", "pool=tpu"}, 1, []string{"no node has the labels of --node-selector: pool=tpu"}},
		"a namespace": {[]string{"--namespace", "no-such-namespace", "--node-name", "gpu-1"}, 1, []string{`there is no namespace "no-such-namespace"`}},
		"wrong":       {[]string{"--node-name", "A"}, 2, []string{`--node-name: "A": a lowercase`}},
		"collector":   {[]string{"--collectors", "disk"}, 2, []string{`--collectors: "disk" is not a collector`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.snapshot(append(tt.flags, "--name", "eidos-"+strings.ReplaceAll(name, " ", "-"))...).check(t, tt.code, tt.want...)
		})
	}
	t.Cleanup(func() { s.checkLeft() })
}

// Ctrl-C removes everything, and so does whoever ends the process in good order.
func TestCommandIsInterrupted(t *testing.T) {
	t.Parallel()
	populate(t)
	started := make(chan struct{})
	s := newStage(t, "command-interrupted", func(s *stage) {
		s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
			s.setStatus(ctx, pod, running())
			close(started)
			return running()
		}
	})
	cmd := s.prompt(server.Admin(), "--node-name", "gpu-1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-started
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("the command ended with %v", err)
	}
	for _, text := range []string{"warning: node gpu-1, pod", "error: interrupted"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("no %q in:\n%s", text, out.String())
		}
	}
	s.checkLeft()
}

// Two people at their prompts do not disturb each other.
func TestTwoCommandsAtOnce(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "two-commands")
	started, release := make(chan struct{}), make(chan struct{})
	play := s.kubelet
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		if pod.Labels["app.kubernetes.io/instance"] == "eidos-snapshot-command" {
			close(started)
			<-release
		}
		return play(ctx, pod)
	}
	first := make(chan laptop)
	go func() { first <- s.snapshot("--node-name", "gpu-1") }()
	<-started
	s.snapshot("--node-name", "gpu-1").check(t, 1, "is writing the same ConfigMap. Wait until it has finished")
	s.snapshot("--node-name", "gpu-2", "--name", "mine").check(t, 0)
	// A resource's own ConfigMap is another one.
	if _, err := runner(t, server.Admin()).Run(t.Context(), s.spec(), "owner"); err != nil {
		t.Error(err)
	}
	close(release)
	(<-first).check(t, 0)
	s.checkLeft("ConfigMap " + agent.DefaultName)
}
