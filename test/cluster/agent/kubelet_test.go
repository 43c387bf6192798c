// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

// runCommand is a kubelet: it mounts what the pod asks for, gives it the token
// of its service account, and runs the real command as the user that the pod
// names, where the tests may.
func (s *stage) runCommand(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
	container := pod.Spec.Containers[0]
	root, err := os.MkdirTemp(filepath.Dir(command), "host-")
	if err != nil {
		return s.broken(err)
	}
	defer func() { _ = os.RemoveAll(root) }()
	if err := os.Chmod(root, 0o755); err != nil {
		return s.broken(err)
	}
	files := s.host(pod.Spec.NodeName)
	for i, mount := range container.VolumeMounts {
		if err := files.mount(root, *pod.Spec.Volumes[i].HostPath, mount); err != nil {
			s.report(ctx, "Pod", pod, "FailedMount", err.Error())
			return waiting("ContainerCreating", "")
		}
	}
	cmd := exec.CommandContext(ctx, command, arguments(container.Args, root)...)
	cmd.Env = []string{"NODE_NAME=" + pod.Spec.NodeName, "HOME=/nonexistent"}
	if *pod.Spec.AutomountServiceAccountToken {
		s.waitForRights(ctx, pod)
		kubeconfig, err := s.kubeconfig(ctx, pod)
		if err != nil {
			return s.broken(err)
		}
		cmd.Env = append(cmd.Env, "KUBECONFIG="+kubeconfig)
	}
	if os.Getuid() == 0 {
		user := uint32(*pod.Spec.SecurityContext.RunAsUser)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	}
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return s.broken(err)
	}
	s.measure(cmd.ProcessState)
	kubelets.put(pod, log.String())
	return terminated(int32(cmd.ProcessState.ExitCode()), log.String())
}

// kubeconfig stands for the service account's volume.
func (s *stage) kubeconfig(ctx context.Context, pod *corev1.Pod) (string, error) {
	token, err := s.client.CoreV1().ServiceAccounts(s.namespace).CreateToken(ctx, pod.Spec.ServiceAccountName, &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	path := apiserver.Kubeconfig(s.t, server.TokenConfig(token.Status.Token))
	for dir := filepath.Dir(path); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			return "", err
		}
	}
	return path, os.Chmod(path, 0o644)
}

// arguments are those of the container with the host root where it really is.
func arguments(args []string, root string) []string {
	changed := make([]string, len(args))
	for i, arg := range args {
		if changed[i] = arg; arg == "/host" {
			changed[i] = root
		}
	}
	return changed
}

func (s *stage) measure(state *os.ProcessState) {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.maxRSS = max(s.maxRSS, usage.Maxrss)
	s.maxCPU = max(s.maxCPU, state.UserTime()+state.SystemTime())
}

// broken fails the test: the kubelet itself did not work.
func (s *stage) broken(err error) corev1.PodStatus {
	s.check(err)
	return terminated(255, err.Error())
}

func terminated(code int32, log string) corev1.PodStatus {
	phase := corev1.PodSucceeded
	if code != 0 {
		phase = corev1.PodFailed
	}
	state := &corev1.ContainerStateTerminated{ExitCode: code, Reason: "Error"}
	if code != 0 { // as FallbackToLogsOnError says
		state.Message = tail(log)
	}
	return corev1.PodStatus{Phase: phase, ContainerStatuses: []corev1.ContainerStatus{{Name: "eidos", State: corev1.ContainerState{Terminated: state}}}}
}

// tail is as much of a log as a termination message holds.
func tail(log string) string {
	const limit = 2048
	return strings.ToValidUTF8(log[max(0, len(log)-limit):], "")
}

func waiting(reason, message string) corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
		Name: "eidos", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}},
	}}}
}

func running() corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
		Name: "eidos", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	}}}
}
