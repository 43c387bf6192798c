// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// serveVariable makes the test's own binary a server.
const serveVariable = "EIDOS_TEST_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) == "" {
		os.Exit(m.Run())
	}
	if err := serveProcess(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serveProcess() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	o := Defaults()
	o.Listen, o.RateLimit, o.DrainDelay = "127.0.0.1:0", 0, 2*time.Second
	o.Log = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	s, err := New(ctx, o)
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

// start runs a server as a process and returns its URL.
func start(t *testing.T) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), serveVariable+"=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	var line struct{ Address string }
	if err := json.Unmarshal(first, &line); err != nil || line.Address == "" {
		t.Fatalf("got %s, %v; want the address", first, err)
	}
	return cmd, "http://" + line.Address
}

// TestTerminatedUnderLoad ends a process while clients send requests as fast as
// they can, over connections that they keep and over new ones. A client leaves
// when it is told that the connection closes, as a load balancer does. None may
// lose a request.
func TestTerminatedUnderLoad(t *testing.T) {
	t.Parallel()
	cmd, base := start(t)
	_, want := get(t, newServer(t), trainingURL)
	var clients sync.WaitGroup
	var answered atomic.Int64
	loaded := make(chan struct{})
	for i := range 16 {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 0}}
		clients.Go(func() {
			for leaving := false; !leaving; {
				resp, body, err := fetch(t, client, http.MethodGet, base+trainingURL, "")
				if err != nil || resp.StatusCode != http.StatusOK || !bytes.Equal(body, want) {
					t.Errorf("a request is lost: got %s with %d bytes, %v", resp.Status, len(body), err)
					return
				}
				if answered.Add(1) == 500 {
					close(loaded)
				}
				// The header says close to those without keep-alive, too.
				leaving = resp.Close && (i%2 != 0 || !ready(t, client, base))
			}
		})
	}
	<-loaded
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the process ended with %v", err)
	}
}

func ready(t *testing.T, client *http.Client, base string) bool {
	t.Helper()
	resp, _, err := fetch(t, client, http.MethodGet, base+"/ready", "")
	return err == nil && resp.StatusCode == http.StatusOK
}

// TestProcess sends what curl would.
func TestProcess(t *testing.T) {
	t.Parallel()
	cmd, base := start(t)
	post := func(path, media, body string) (reply, []byte) {
		resp, answer, err := fetch(t, http.DefaultClient, http.MethodPost, base+path, body, "Content-Type", media)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("POST %s: got %s, %v: %.500q", path, resp.Status, err, answer)
		}
		return resp, answer
	}
	_, recipe := post("/v1/recipe?service=eks&intent=training", typeYAML, snapshotYAML)
	resp, archive := post("/v1/bundle", typeJSON, string(recipe))
	if files := unzip(t, archive); len(files) == 0 || resp.Header.Get(bundleSumHeader) == "" {
		t.Errorf("got %d files, headers %v", len(files), resp.Header)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the process ended with %v", err)
	}
}
