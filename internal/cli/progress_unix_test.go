// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestSlowServerIsNamed waits for a server that answers only when the process has
// said that it waits for it.
func TestSlowServerIsNamed(t *testing.T) {
	t.Parallel()
	said := make(chan struct{})
	text := run(t, "snapshot", "--host-root", hostRoot(t), "--collectors", "os").stdout
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-said
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	cmd := process(t, "recipe", "--snapshot", server.URL+"/snapshot.yaml?signature=secret", "--service", "eks", "--k8s", "1.34", "--gpu", "h100", "--output", "/dev/null")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	want := "eidos recipe: progress: waiting for " + server.URL + "/snapshot.yaml (2s)"
	lines := bufio.NewScanner(stderr)
	if !lines.Scan() || lines.Text() != want {
		t.Errorf("got %q, want %q", lines.Text(), want)
	}
	close(said)
	for lines.Scan() { // what it wrote, and warnings
		continue
	}
	if err := cmd.Wait(); err != nil || cmd.ProcessState.ExitCode() != cli.ExitOK {
		t.Errorf("the command ended with %v", err)
	}
}
