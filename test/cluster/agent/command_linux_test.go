// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	corev1 "k8s.io/api/core/v1"
)

// terminal returns both ends of one: what a process writes to the second is read
// from the first.
func terminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	var unlock, number int32
	for request, argument := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
		if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, ours.Fd(), request, uintptr(unsafe.Pointer(argument))); failed != 0 {
			t.Fatal(failed)
		}
	}
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// A terminal shows how far the run is in a line that goes away, and standard output
// has the document alone.
func TestCommandOnTerminal(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "command-terminal")
	seen := make(chan struct{})
	play := s.kubelet
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		select {
		case <-seen:
		case <-ctx.Done(): // the test is over
		}
		return play(ctx, pod)
	}
	ours, theirs := terminal(t)
	var document strings.Builder
	cmd := s.prompt(server.Admin(), "--node-name", "gpu-1")
	cmd.Stdout, cmd.Stderr = &document, theirs
	cmd.Env = append(cmd.Env, "TERM=xterm")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close() // the process has it
	shown, once := "", false
	for buffer := make([]byte, 4096); ; {
		n, err := ours.Read(buffer)
		if err != nil {
			break // nobody has the other end any more
		}
		shown += string(buffer[:n])
		if !once && strings.Contains(shown, "the agent: 0 of 1 nodes done, 1 running, 0 waiting, 0 failed (") {
			once = true
			close(seen)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, shown)
	}
	const erase = "\r\x1b[K"
	if !once || !strings.HasSuffix(shown, erase) || !strings.Contains(shown, erase+"eidos snapshot: the agent: ") {
		t.Errorf("the terminal shows %q", shown)
	}
	if text := document.String(); strings.Contains(text, "\x1b") || !strings.Contains(text, "kind: Snapshot") {
		t.Errorf("standard output has %q", text)
	}
	s.checkLeft()
}
