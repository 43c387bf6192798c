// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/server"
)

// serving runs eidos serve until the test asks it to stop, and returns its URL.
func serving(t *testing.T, env map[string]string, flags ...string) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stderr, log := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(ctx, cli.Process{
			Args:   append([]string{"serve", "--listen", "127.0.0.1:0", "--drain-delay", "0s"}, flags...),
			Stdin:  strings.NewReader(""),
			Stdout: io.Discard, Stderr: log,
			Getenv:  func(name string) string { return env[name] },
			Now:     func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
			Version: "1.2.3",
		})
		_ = log.Close()
	}()
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	var line struct{ Address string }
	if err := json.Unmarshal([]byte(first), &line); err != nil {
		t.Fatalf("%q: %v", first, err)
	}
	return "http://" + line.Address, func() int {
		cancel()
		return <-done
	}
}

func httpGet(t *testing.T, url, accept string) (http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: got %s, %v: %s", url, resp.Status, err, body)
	}
	return resp.Header, string(body)
}

// TestServeAnswersWhatRecipeWrites compares bytes, but for the time that only
// the command writes.
func TestServeAnswersWhatRecipeWrites(t *testing.T) {
	t.Parallel()
	url, stop := serving(t, map[string]string{"EIDOS_RATE_LIMIT": "7", "EIDOS_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8", "EIDOS_RATE_BURST": "9"}, "--rate-burst", "8")
	const query = "/v1/recipe?service=eks&os=ubuntu&gpu=h100&intent=training&k8s=1.33&context=true"
	flags := []string{"recipe", "--service", "eks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.33", "--context", "--format"}
	header, inYAML := httpGet(t, url+query, "application/yaml")
	if diff := cmp.Diff(strings.Replace(must(t, append(flags, "yaml")...), "  created: \""+created+"\"\n", "", 1), inYAML); diff != "" {
		t.Errorf("YAML (-command +server):\n%s", diff)
	}
	_, inJSON := httpGet(t, url+query, "application/json")
	if diff := cmp.Diff(strings.Replace(must(t, append(flags, "json")...), "    \"created\": \""+created+"\",\n", "", 1), inJSON); diff != "" {
		t.Errorf("JSON (-command +server):\n%s", diff)
	}
	// The variable where there is no flag, the flag where there is one.
	if limit, rest := header.Get("X-RateLimit-Limit"), header.Get("X-RateLimit-Remaining"); limit != "7" || rest != "7" {
		t.Errorf("got a limit of %s, of which %s remain", limit, rest)
	}
	if code := stop(); code != cli.ExitOK {
		t.Errorf("got exit code %d", code)
	}
}

// TestServeTrustsProxies has a proxy at the loopback address, named in several
// ways, send more requests than one client may, each for another client.
func TestServeTrustsProxies(t *testing.T) {
	t.Parallel()
	for text, trusted := range map[string]bool{
		"127.0.0.1": true, "127.0.0.0/8": true, "127.0.0.1/8": true, "::ffff:127.0.0.0/104": true, "::ffff:127.0.0.1": true,
		"10.0.0.0/8, 127.0.0.1": true, "127.0.0.2": false, "::1": false, "::ffff:10.0.0.0/104": false,
	} {
		url, stop := serving(t, nil, "--rate-limit", "1", "--rate-burst", "1", "--trusted-proxies", text)
		refused := false
		for _, client := range []string{"192.0.2.1", "192.0.2.2"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/version", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Forwarded-For", client)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			refused = refused || resp.StatusCode == http.StatusTooManyRequests
		}
		if refused == trusted {
			t.Errorf("--trusted-proxies %q: a second client was refused: %v", text, refused)
		}
		stop()
	}
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env  map[string]string
		args []string
		code int
		want string
	}{
		"an argument":      {args: []string{"recipe.yaml"}, code: cli.ExitUsage, want: `unexpected argument "recipe.yaml"`},
		"a wrong variable": {env: map[string]string{"EIDOS_RATE_LIMIT": "many"}, code: cli.ExitUsage, want: "variable EIDOS_RATE_LIMIT"},
		"a wrong level":    {args: []string{"--log-level", "loud"}, code: cli.ExitUsage, want: `--log-level "loud"`},
		"a wrong format":   {args: []string{"--log-format", "xml"}, code: cli.ExitUsage, want: `--log-format "xml"`},
		"no network":       {args: []string{"--trusted-proxies", "10.0.0"}, code: cli.ExitUsage, want: `--trusted-proxies "10.0.0": want networks such as 10.0.0.0/8, or addresses`},
		"IPv4 and more":    {args: []string{"--trusted-proxies", "::ffff:10.0.0.0/90"}, code: cli.ExitUsage, want: `--trusted-proxies "::ffff:10.0.0.0/90"`},
		"an interface":     {args: []string{"--trusted-proxies", "fe80::1%eth0"}, code: cli.ExitUsage, want: `--trusted-proxies "fe80::1%eth0"`},
		"no origin":        {args: []string{"--cors-origins", "https://portal.example.com/app"}, code: cli.ExitUsage, want: `origin "https://portal.example.com/app": want a scheme and a host`},
		"a wrong address":  {env: map[string]string{"EIDOS_METRICS_ADDRESS": "9090"}, code: cli.ExitUsage, want: `metrics address "9090": want host:port`},
		"a taken address":  {args: []string{"--listen", "127.0.0.1:0", "--metrics-address", "256.0.0.1:80"}, code: cli.ExitFailure, want: "listening on 256.0.0.1:80"},
		"wrong options":    {args: []string{"--rate-limit", "-1", "--tls-cert", "x"}, code: cli.ExitUsage, want: "TLS needs a certificate and a key"},
		"no catalog":       {env: map[string]string{"EIDOS_CATALOG": "nowhere.yaml"}, code: cli.ExitFailure, want: "nowhere.yaml"},
		"a port in use":    {args: []string{"--listen", "256.0.0.1:80"}, code: cli.ExitFailure, want: "listening on 256.0.0.1:80"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := session{env: test.env}.run(t, append([]string{"serve"}, test.args...)...)
			o.check(t, test.code, test.want)
			o.silent(t)
		})
	}
}

// TestServeWarnsOfVariables has a variable that is misspelled named, with the one that was
// meant, and none of those by which Kubernetes tells pods of Services.
func TestServeWarnsOfVariables(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"EIDOS_RATELIMIT": "7", "EIDOS_RATE_BURST": "7", "EIDOS": "x", "HOME": "/",
		"EIDOS_SERVER_SERVICE_HOST": "10.0.0.1", "EIDOS_SERVER_SERVICE_PORT_HTTP": "80", "EIDOS_SERVER_PORT": "tcp://10.0.0.1:80", "EIDOS_SERVER_PORT_80_TCP": "tcp://10.0.0.1:80",
	}
	o := session{env: env}.run(t, "serve", "--listen", "256.0.0.1:80")
	o.check(t, cli.ExitFailure, "the variable EIDOS_RATELIMIT is not one of this command", `did you mean \"EIDOS_RATE_LIMIT\"?`)
	if n := strings.Count(o.stderr, "the variable "); n != 1 {
		t.Errorf("got %d warnings:\n%s", n, o.stderr)
	}
}

// TestServeListensOnLoopback: unless it is told otherwise, and then it says how.
func TestServeListensOnLoopback(t *testing.T) {
	t.Parallel()
	const says = "only this machine can connect; --listen :8080 or EIDOS_LISTEN=:8080 listens on all addresses"
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // what it says, it says before; the port may be another one's
	if o := (session{}).runContext(ctx, "serve", "--drain-delay", "0s"); !strings.Contains(o.stderr, says) {
		t.Errorf("got %s", o.stderr)
	}
	if o := (session{}).run(t, "serve", "--listen", "256.0.0.1:80"); strings.Contains(o.stderr, says) {
		t.Errorf("got %s", o.stderr)
	}
	if listen := server.Defaults().Listen; listen != "127.0.0.1:8080" {
		t.Errorf("it listens on %s", listen)
	}
}

func TestServeHelpNamesItsVariables(t *testing.T) {
	t.Parallel()
	help := must(t, "serve", "--help")
	for _, want := range []string{"(EIDOS_LISTEN)", "(EIDOS_METRICS_ADDRESS)", "(EIDOS_RATE_LIMIT)", "(EIDOS_TRUSTED_PROXIES)", "(EIDOS_DRAIN_DELAY)"} {
		if !strings.Contains(help, want) {
			t.Errorf("the help has no %s:\n%s", want, help)
		}
	}
}
