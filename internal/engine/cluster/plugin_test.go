// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

const apiV1 = "client.authentication.k8s.io/v1"

// TestMain is also the exec plugin of the tests: a plugin must be a program,
// and this one exists on every system.
func TestMain(m *testing.M) {
	if mode := os.Getenv("PLUGIN_MODE"); mode != "" {
		os.Exit(pluginMain(mode))
	}
	os.Exit(m.Run())
}

func pluginMain(mode string) int {
	switch mode {
	case "print":
		_, _ = os.Stdout.WriteString(os.Getenv("PLUGIN_OUTPUT"))
	case "info":
		// The token is what the plugin was told.
		_, _ = fmt.Fprintf(os.Stdout, `{"apiVersion":%q,"kind":"ExecCredential","status":{"token":%q}}`, apiV1, strings.TrimSpace(os.Getenv("KUBERNETES_EXEC_INFO")))
	case "count":
		file, err := os.OpenFile(os.Getenv("PLUGIN_FILE"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return 3
		}
		_, _ = file.WriteString("run\n")
		_ = file.Close()
		_, _ = os.Stdout.WriteString(os.Getenv("PLUGIN_OUTPUT"))
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				return 1
			}
		}
	case "fail":
		fmt.Fprintln(os.Stderr, "no credentials in", os.Getenv("PLUGIN_SECRET"), "token=abc")
		return 7
	case "hang":
		hang()
	case "hang-in-child", "leave-child":
		child := exec.CommandContext(context.Background(), os.Args[0])
		child.Env = append(os.Environ(), "PLUGIN_MODE=hang")
		child.Stdout = os.Stdout
		if child.Start() != nil {
			return 3
		}
		if mode == "leave-child" {
			_, _ = os.Stdout.WriteString(os.Getenv("PLUGIN_OUTPUT"))
			return 0
		}
		_ = child.Wait()
	}
	return 0
}

// hang connects to the test and waits for it to hang up.
func hang() {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", os.Getenv("PLUGIN_ADDRESS"))
	if err == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}

// pluginOf returns settings whose plugin behaves as mode says.
func pluginOf(settings cluster.Settings, mode string, pairs ...string) cluster.Settings {
	settings.Exec = &cluster.Exec{APIVersion: apiV1, Command: os.Args[0], Env: map[string]string{"PLUGIN_MODE": mode}}
	for i := 0; i < len(pairs); i += 2 {
		settings.Exec.Env[pairs[i]] = pairs[i+1]
	}
	return settings
}

func credential(status string) string {
	return fmt.Sprintf(`{"apiVersion":%q,"kind":"ExecCredential","status":%s}`, apiV1, status)
}

func listNodes(ctx context.Context, c *cluster.Connection) error {
	err := c.REST.Get().AbsPath("/api/v1/nodes").Do(ctx).Error()
	return c.Explain(ctx, err, cluster.Call{Verb: "list", Resource: "nodes"})
}

// authorizations starts a server that keeps the last Authorization header.
func authorizations(t *testing.T) (*atomic.Value, cluster.Settings) {
	t.Helper()
	var last atomic.Value
	_, settings := apiServer(t, func(w http.ResponseWriter, r *http.Request) {
		last.Store(r.Header.Get("Authorization"))
		respond(w, http.StatusOK, noNodes)
	})
	return &last, settings
}

func TestPluginToken(t *testing.T) {
	t.Parallel()
	t.Run("printed", func(t *testing.T) {
		t.Parallel()
		authorization, settings := authorizations(t)
		if err := listNodes(t.Context(), connect(t, pluginOf(settings, "print", "PLUGIN_OUTPUT", credential(`{"token":"t"}`)))); err != nil {
			t.Fatal(err)
		}
		if got := authorization.Load(); got != "Bearer t" {
			t.Errorf("got Authorization %q", got)
		}
	})
	t.Run("told about the cluster", func(t *testing.T) {
		t.Parallel()
		authorization, settings := authorizations(t)
		config, err := cluster.RESTConfig(pluginOf(settings, "info"), env(), "test")
		if err != nil {
			t.Fatal(err)
		}
		config.ExecProvider.ProvideClusterInfo = true
		connection, err := cluster.NewClient(func() (*rest.Config, error) { return config, nil }).Connect()
		if err != nil {
			t.Fatal(err)
		}
		if err := listNodes(t.Context(), connection); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(authorization.Load())
		for _, want := range []string{`"interactive":false`, `"server":"` + config.Host, `"certificate-authority-data":"`, `"apiVersion":"` + apiV1} {
			if !strings.Contains(got, want) {
				t.Errorf("the plugin was told %s, want %s in it", got, want)
			}
		}
	})
	t.Run("a token of the configuration wins", func(t *testing.T) {
		t.Parallel()
		authorization, settings := authorizations(t)
		config, err := cluster.RESTConfig(pluginOf(settings, "fail"), env(), "test")
		if err != nil {
			t.Fatal(err)
		}
		config.BearerToken = "static"
		connection, err := cluster.NewClient(func() (*rest.Config, error) { return config, nil }).Connect()
		if err != nil {
			t.Fatal(err)
		}
		if err := listNodes(t.Context(), connection); err != nil {
			t.Fatal(err)
		}
		if got := authorization.Load(); got != "Bearer static" {
			t.Errorf("got Authorization %q", got)
		}
	})
}

func TestPluginCertificate(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	var subject atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		subject.Store(r.TLS.PeerCertificates[0].Subject.CommonName)
		respond(w, http.StatusOK, noNodes)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	settings := cluster.Settings{Host: &server.URL, ClusterCACertificate: new(serverCA(server))}
	status := fmt.Sprintf(`{"clientCertificateData":%q,"clientKeyData":%q}`, id.cert, id.key)
	if err := listNodes(t.Context(), connect(t, pluginOf(settings, "print", "PLUGIN_OUTPUT", credential(status)))); err != nil {
		t.Fatal(err)
	}
	if got := subject.Load(); got != "alice" {
		t.Errorf("got client %q", got)
	}
}

func TestPluginRuns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status string
		code   int
		runs   int // after five requests at once, then one
	}{
		"kept":            {`{"token":"t"}`, http.StatusOK, 1},
		"valid for long":  {`{"token":"t","expirationTimestamp":"2999-01-01T00:00:00Z"}`, http.StatusOK, 1},
		"expired":         {`{"token":"t","expirationTimestamp":"2001-01-01T00:00:00Z"}`, http.StatusOK, 6},
		"refused by 401s": {`{"token":"t"}`, http.StatusUnauthorized, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := write(t, "runs", "")
			_, settings := apiServer(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, test.code, noNodes) })
			connection := connect(t, pluginOf(settings, "count", "PLUGIN_FILE", file, "PLUGIN_OUTPUT", credential(test.status)))
			runs := func() int {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				return strings.Count(string(data), "run")
			}
			var group sync.WaitGroup
			for range 5 {
				group.Go(func() {
					if err := listNodes(t.Context(), connection); (err != nil) != (test.code != http.StatusOK) {
						t.Error(err)
					}
				})
			}
			group.Wait()
			before := runs()
			_ = listNodes(t.Context(), connection)
			switch after := runs(); {
			case test.code == http.StatusUnauthorized && after != before+1:
				t.Errorf("refused credentials were used again: %d runs, then %d", before, after)
			case test.code == http.StatusOK && after != test.runs:
				t.Errorf("got %d runs, want %d", after, test.runs)
			}
		})
	}
}

func TestPluginFailures(t *testing.T) {
	t.Parallel()
	_, settings := apiServer(t, func(http.ResponseWriter, *http.Request) { t.Error("a request without credentials") })
	const beta = `{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"hunter2-hunter2"}}`
	for name, test := range map[string]struct {
		mode, output string
		want         string
	}{
		"fails":           {"fail", "", "exit status 7. It said: no credentials in (sensitive) token=(sensitive)"},
		"prints nothing":  {"print", "", "is not an ExecCredential"},
		"prints text":     {"print", "hunter2-hunter2", "is not an ExecCredential"},
		"prints another":  {"print", `{"apiVersion":"v1","kind":"Secret","data":{"a":"hunter2-hunter2"}}`, "is not an ExecCredential"},
		"another version": {"print", beta, "v1beta1, the configuration says"},
		"no status":       {"print", `{"apiVersion":"` + apiV1 + `","kind":"ExecCredential"}`, "has no status"},
		"no credentials":  {"print", credential(`{}`), "neither a token nor a certificate"},
		"a cert, no key":  {"print", credential(`{"clientCertificateData":"x"}`), "neither a token nor a certificate"},
		"a broken key":    {"print", credential(`{"clientCertificateData":"x","clientKeyData":"hunter2-hunter2"}`), "cannot be used"},
		"prints for ever": {"flood", "", "printed more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := listNodes(t.Context(), connect(t, pluginOf(settings, test.mode, "PLUGIN_SECRET", "hunter2", "PLUGIN_OUTPUT", test.output)))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "Run the command by hand") {
				t.Errorf("got %v, want %q and advice", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q shows a secret", err)
			}
		})
	}
}

func TestPluginThatCannotBe(t *testing.T) {
	t.Parallel()
	base := rest.Config{Host: host}
	for name, test := range map[string]struct {
		exec clientcmdapi.ExecConfig
		want string
	}{
		"a terminal":   {clientcmdapi.ExecConfig{APIVersion: apiV1, Command: "c", InteractiveMode: clientcmdapi.AlwaysExecInteractiveMode}, "wants a terminal"},
		"old version":  {clientcmdapi.ExecConfig{APIVersion: "client.authentication.k8s.io/v1alpha1", Command: "c"}, "v1alpha1"},
		"no version":   {clientcmdapi.ExecConfig{APIVersion: "a/b/c", Command: "c"}, "unexpected GroupVersion"},
		"CA not there": {clientcmdapi.ExecConfig{APIVersion: apiV1, Command: "c", ProvideClusterInfo: true}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := rest.CopyConfig(&base)
			config.ExecProvider = &test.exec
			config.CAFile = "/does/not/exist"
			_, err := cluster.NewClient(func() (*rest.Config, error) { return config, nil }).Connect()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("no such program", func(t *testing.T) {
		t.Parallel()
		config := rest.CopyConfig(&base)
		config.ExecProvider = &clientcmdapi.ExecConfig{APIVersion: apiV1, Command: "eidos-does-not-exist", InstallHint: "brew install it"}
		connection, err := cluster.NewClient(func() (*rest.Config, error) { return config, nil }).Connect()
		if err != nil {
			t.Fatal(err)
		}
		err = listNodes(t.Context(), connection)
		if err == nil || !strings.Contains(err.Error(), "no such program in PATH. brew install it") {
			t.Errorf("got %v", err)
		}
	})
}

// TestPluginThatHangs cancels a call while the plugin, or its child, runs, and
// sees the process end.
func TestPluginThatHangs(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hang", "hang-in-child"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			listener := listen(t)
			_, settings := apiServer(t, func(http.ResponseWriter, *http.Request) { t.Error("a request without credentials") })
			connection := connect(t, pluginOf(settings, mode, "PLUGIN_ADDRESS", listener.Addr().String()))

			ctx, cancel := context.WithCancel(t.Context())
			first := make(chan error, 1)
			go func() { first <- listNodes(ctx, connection) }()
			conn, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })

			// Somebody who waits for the same run keeps to a deadline of their own.
			short, stop := context.WithTimeoutCause(t.Context(), time.Millisecond, errors.New("the patience of 1 ms"))
			defer stop()
			if err := listNodes(short, connection); err == nil || !strings.Contains(err.Error(), "did not finish before the deadline") {
				t.Errorf("waiting for the run: got %v", err)
			}

			cancel()
			if err := <-first; err == nil || !strings.Contains(err.Error(), "canceled") || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("the plugin's process: %v", err)
			}
		})
	}
}

func TestPluginThatLeavesAChild(t *testing.T) {
	t.Parallel()
	listener := listen(t) // its end ends the child
	_, settings := apiServer(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, noNodes) })
	settings = pluginOf(settings, "leave-child", "PLUGIN_ADDRESS", listener.Addr().String(), "PLUGIN_OUTPUT", credential(`{"token":"t"}`))
	if err := listNodes(t.Context(), connect(t, settings)); err != nil {
		t.Error(err)
	}
}
