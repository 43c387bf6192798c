// SPDX-License-Identifier: Apache-2.0

package process_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/process"
)

// TestMain is also the program that the tests run.
func TestMain(m *testing.M) {
	if mode := os.Getenv("PROGRAM_MODE"); mode != "" {
		os.Exit(program(mode))
	}
	os.Exit(m.Run())
}

func program(mode string) int {
	switch mode {
	case "print":
		fmt.Fprintln(os.Stderr, "a warning")
		_, _ = os.Stdout.WriteString("printed")
	case "fail":
		_, _ = os.Stdout.WriteString("half")
		fmt.Fprintln(os.Stderr, "the reason")
		return 7
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				return 1
			}
		}
	case "hang":
		hang()
	case "hang-in-child", "leave-child":
		child := exec.CommandContext(context.Background(), os.Args[0])
		child.Env = append(os.Environ(), "PROGRAM_MODE=hang")
		child.Stdout = os.Stdout
		if child.Start() != nil {
			return 3
		}
		_, _ = os.Stdout.WriteString("printed")
		if mode == "hang-in-child" {
			_ = child.Wait()
		}
	}
	return 0
}

// hang connects to the test and waits for it to hang up.
func hang() {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", os.Getenv("PROGRAM_ADDRESS"))
	if err == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}

func command(ctx context.Context, mode string, env ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(append(os.Environ(), "PROGRAM_MODE="+mode), env...)
	return cmd
}

func TestRun(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]struct{ stdout, stderr, err string }{
		"print": {"printed", "a warning\n", ""},
		"fail":  {"half", "the reason\n", "exit status 7"},
	} {
		out, err := process.Run(t.Context(), command(t.Context(), mode), 1000)
		if string(out.Stdout) != want.stdout || string(out.Stderr) != want.stderr || fmt.Sprint(err) != want.err && err != nil {
			t.Errorf("%s: got %q, %q and %v, want %q", mode, out.Stdout, out.Stderr, err, want)
		}
	}
}

func TestRunBoundsTheOutput(t *testing.T) {
	t.Parallel()
	out, err := process.Run(t.Context(), command(t.Context(), "flood"), 1<<20)
	if err == nil || err.Error() != "it printed more than 1048576 bytes" || len(out.Stdout) > 1<<20 {
		t.Errorf("got %d bytes and %v", len(out.Stdout), err)
	}
}

// TestRunEndsChildren cancels once the program, or its child, is known to hang,
// and then sees it end.
func TestRunEndsChildren(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hang", "hang-in-child"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			listener := listen(t)
			ctx, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				_, err := process.Run(ctx, command(ctx, mode, "PROGRAM_ADDRESS="+listener.Addr().String()), 1000)
				failed <- err
			}()
			conn, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want it canceled", err)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("the program that hangs: %v", err)
			}
		})
	}
}

func TestRunLeavesAChildBehind(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	out, err := process.Run(t.Context(), command(t.Context(), "leave-child", "PROGRAM_ADDRESS="+listener.Addr().String()), 1000)
	if err != nil || string(out.Stdout) != "printed" {
		t.Errorf("got %q and %v", out.Stdout, err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func TestTail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                 "",
		" one\n":                           "one",
		"1\n2\n3\n4\n5\n6\n":               "2\n3\n4\n5\n6",
		strings.Repeat("x", 999) + "\xff":  strings.Repeat("x", 999),
		"gone" + strings.Repeat("y", 1000): strings.Repeat("y", 1000),
	} {
		if got := process.Tail(text); got != want {
			t.Errorf("%.20q: got %q, want %q", text, got, want)
		}
	}
}
