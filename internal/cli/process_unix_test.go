// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// process prepares the command to run as a process, with an environment of its
// own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	return cmd
}

// finish runs the process and returns how it ended.
func finish(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &stdout
	}
	cmd.Stderr = &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func TestProcessVersion(t *testing.T) {
	t.Parallel()
	o := finish(t, process(t, "version"))
	o.check(t, cli.ExitOK)
	if !strings.HasPrefix(o.stdout, "eidos 9.9.9\ncatalog ") {
		t.Errorf("got %q", o.stdout)
	}
	equal(t, "eidos version 9.9.9\n", finish(t, process(t, "--version")).stdout)
}

// TestStandardOutputAsFile writes to the streams of a shell by their names, and
// leaves what others wrote to the same file.
func TestStandardOutputAsFile(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"eidos recipe --service eks --k8s 1.34 --output /dev/stdout | head -n 1":                                     promise,
		"{ echo before; eidos recipe --service eks --k8s 1.34 -o /dev/stdout; echo after; } > f; sed -n '1,2p;$p' f": "before\n" + promise + "after\n",
		"eidos recipe --service eks --k8s 1.34 -o /dev/stderr 2>&1 >/dev/null | head -n 1":                           promise,
		"eidos recipe --service eks --k8s 1.34 -o /dev/null":                                                         "eidos recipe: wrote /dev/null\n",
	} {
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s: got %q, %v, want %q", script, out, err, want)
		}
	}
}

// TestPipes connects real processes, as a shell does.
func TestPipes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	script := `set -eo pipefail
"$EIDOS" snapshot --host-root "$ROOT" --collectors OS/release,OS/grub |
  "$EIDOS" recipe --snapshot - --service aks --gpu h100 --intent training --k8s 1.34 |
  "$EIDOS" bundle --recipe - --output "$OUT"`
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Env = append(os.Environ(), "EIDOS="+binary, "ROOT="+hostRoot(t), "OUT="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"gpu-operator/values.yaml", "network-operator/scripts/install.sh"} {
		if !names(t, dir)[name] {
			t.Errorf("the bundle has no %s", name)
		}
	}
}

// TestClosedPipe sees the command end as other tools do when nobody reads any
// more: by the signal, silently.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	cmd := process(t, "recipe", "--service", "eks", "--k8s", "1.34")
	cmd.Stdout = closedPipe(t)
	o := finish(t, cmd)
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGPIPE || o.stderr != "" {
		t.Errorf("got %v and %q, want the signal and silence", cmd.ProcessState, o.stderr)
	}
}

// asNobody runs the command without the rights of root, whom no mode stops, and
// lets it reach these directories.
func asNobody(t *testing.T, cmd *exec.Cmd, dirs ...string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	for _, dir := range dirs {
		for ; dir != os.TempDir() && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			info, err := os.Stat(dir)
			if err == nil {
				err = os.Chmod(dir, info.Mode().Perm()|0o055)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// closedPipe is the end of a pipe that nobody reads from.
func closedPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestSignals interrupts a command that waits for standard input, and one that
// waits for a server.
func TestSignals(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(stop); server.Close() })
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		kept := filepath.Join(plant(t, map[string]string{"kept.yaml": "kept"}), "kept.yaml")
		cmd := process(t, "recipe", "--snapshot", server.URL, "-o", kept)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-asked
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		outcome{cmd.ProcessState.ExitCode(), "", stderr.String()}.check(t, cli.ExitFailure, "eidos recipe: error: interrupted")
		equal(t, "kept", contents(t, kept))
	}
}

// TestInterruptedWhileReading has a pipe whose writer writes half a document
// and waits: the command has begun to read when the half is gone.
func TestInterruptedWhileReading(t *testing.T) {
	t.Parallel()
	cmd := process(t, "recipe", "--snapshot", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// More than a pipe holds: the write ends when the command has read of it.
	if _, err := io.WriteString(in, strings.Repeat("# half a document\n", 1<<16)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	outcome{cmd.ProcessState.ExitCode(), "", stderr.String()}.check(t, cli.ExitFailure, "interrupted")
}

// TestProxy asks for a host that only the proxy knows.
func TestProxy(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "snapshots.invalid" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = io.WriteString(w, snapshotDocument)
	}))
	t.Cleanup(proxy.Close)
	cmd := process(t, "recipe", "--snapshot", "http://snapshots.invalid/a.yaml")
	cmd.Env = append(cmd.Env, "http_proxy="+proxy.URL)
	finish(t, cmd).check(t, cli.ExitOK)

	cmd = process(t, "recipe", "--snapshot", "http://others.invalid/a.yaml?signature=hunter2")
	cmd.Env = append(cmd.Env, "http_proxy="+proxy.URL)
	o := finish(t, cmd)
	o.check(t, cli.ExitFailure, "--snapshot: reading http://others.invalid/a.yaml: the server answers 502 Bad Gateway")
	if strings.Contains(o.stderr, "hunter2") {
		t.Errorf("a secret is shown: %s", o.stderr)
	}
}

// TestUnwritable has directories that the user may not write to.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	dir := plant(t, map[string]string{"kept.yaml": "kept"})
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	kept := filepath.Join(dir, "kept.yaml")
	for want, args := range map[string][]string{
		"writing " + kept + ": making a temporary file next to it: permission denied": {"recipe", "--service", "eks", "--k8s", "1.34", "-o", kept},
		"permission denied; let this user read and write it":                          {"bundle", "--recipe", recipe, "-o", filepath.Join(dir, "out")},
	} {
		cmd := process(t, args...)
		asNobody(t, cmd, filepath.Dir(recipe), dir, filepath.Dir(binary))
		finish(t, cmd).check(t, cli.ExitFailure, want)
	}
	equal(t, "kept", contents(t, kept))
}
