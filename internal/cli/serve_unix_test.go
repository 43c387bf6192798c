// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestServeOutlivesItsLog closes the log of a server and hangs it up: it answers on,
// reads its catalog again, and counts the lines that are lost.
func TestServeOutlivesItsLog(t *testing.T) {
	t.Parallel()
	catalog := filepath.Join(t.TempDir(), "catalog.yaml")
	if err := os.WriteFile(catalog, []byte("base: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := process(t, "serve", "--listen", "127.0.0.1:0", "--drain-delay", "0s", "--rate-limit", "0", "--catalog", catalog)
	cmd.Stderr = nil
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var line struct{ Address string }
	first, err := bufio.NewReader(stderr).ReadBytes('\n')
	if err != nil || json.Unmarshal(first, &line) != nil {
		t.Fatalf("got %s, %v", first, err)
	}
	if err := stderr.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	metric := func(name string) string {
		_, metrics := httpGet(t, "http://"+line.Address+"/metrics", "*/*")
		_, after, _ := strings.Cut(metrics, "\n"+name+" ")
		value, _, _ := strings.Cut(after, "\n")
		return value
	}
	const reads, lost = `eidos_catalog_reads_total{result="ok"}`, "eidos_log_lines_dropped_total"
	if got := metric(reads); got != "1" {
		t.Errorf("the catalog was read %s times", got)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for metric(reads) != "2" || metric(lost) == "0" {
		if t.Context().Err() != nil {
			t.Fatalf("the catalog was read %s times, %s lines are lost", metric(reads), metric(lost))
		}
		httpGet(t, "http://"+line.Address+"/v1/recipe", "*/*") // writes a line
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
