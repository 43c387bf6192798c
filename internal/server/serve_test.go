// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func localListener(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// serve serves on a port of its own. Stop asks it to end and returns what Serve
// returned.
func serve(t *testing.T, s *Server) (address string, stop func() error) {
	t.Helper()
	listener := localListener(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listener, nil) }()
	t.Cleanup(cancel)
	return listener.Addr().String(), func() error {
		cancel()
		return <-done
	}
}

func quick(o *Options) {
	o.DrainDelay = 0
	o.ReadHeaderTimeout, o.ReadTimeout, o.IdleTimeout = 200*time.Millisecond, 400*time.Millisecond, 200*time.Millisecond
}

// dial opens a connection and sends the beginning of a request.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := dialFrom(t, "127.0.0.1", address, text)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// dialFrom is dial from an address of this machine. The error is that of sending.
func dialFrom(t *testing.T, from, address, text string) (net.Conn, error) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, text)
	return conn, err
}

// answerOf reads the status line that comes, "" when the connection ends.
func answerOf(t *testing.T, conn net.Conn) string {
	t.Helper()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(line, "HTTP/1.1 "))
}

func TestHostileConnections(t *testing.T) {
	t.Parallel()
	address, stop := serve(t, newServer(t, unlimited, quick))
	const post = "POST /v1/recipe HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\n"
	tests := map[string]struct {
		send      string
		halfClose bool
		want      string
	}{
		"half a header":           {send: "GET /health HTTP/1.1\r\nHost: x\r\nX-A: ", want: ""},
		"nothing at all":          {send: "", want: ""},
		"half a body":             {send: post + "Content-Length: 1000\r\n\r\nkind:", want: "408 Request Timeout"},
		"a body that is cut off":  {send: post + "Content-Length: 1000\r\n\r\nkind:", halfClose: true, want: "400 Bad Request"},
		"a chunk that is cut off": {send: post + "Transfer-Encoding: chunked\r\n\r\n400\r\nkind:", halfClose: true, want: "400 Bad Request"},
		"a lying length":          {send: post + "Content-Length: 99999999999\r\n\r\nkind:", want: "413 Request Entity Too Large"},
		"huge header":             {send: "GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 128<<10) + "\r\n\r\n", want: "431 Request Header Fields Too Large"},
		"no HTTP":                 {send: "\x16\x03\x01\r\n\r\n", want: "400 Bad Request"},
		"options of everything":   {send: "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", want: "404 Not Found"},
		"a tunnel":                {send: "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n", want: "404 Not Found"},
	}
	for name, test := range tests {
		conn := dial(t, address, test.send)
		if tcp, ok := conn.(*net.TCPConn); ok && test.halfClose {
			if err := tcp.CloseWrite(); err != nil {
				t.Fatal(err)
			}
		}
		if got := answerOf(t, conn); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestSlowClientsLeaveOthersAlone keeps many connections that never finish.
func TestSlowClientsLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	address, stop := serve(t, newServer(t, unlimited, func(o *Options) {
		o.DrainDelay, o.ShutdownTimeout, o.MaxConnections, o.MaxClientConnections = 0, time.Millisecond, 0, 0
	}))
	for range 300 {
		dial(t, address, "GET /health HTTP/1.1\r\nHost: x\r\nX-A: ")
		dial(t, address, "POST /v1/recipe HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\nContent-Length: 100\r\n\r\nkind")
	}
	for range 100 {
		resp, _, err := fetch(t, http.DefaultClient, http.MethodGet, "http://"+address+trainingURL, "")
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("got %s, %v", resp.Status, err)
		}
	}
	// The slow ones are not waited for longer than the shutdown's time.
	if err := stop(); err == nil || !strings.Contains(err.Error(), "did not finish within 1ms") {
		t.Errorf("got %v", err)
	}
}

// TestConnectionsAreBounded has one client open as many as it may and more; those
// of others, and of the first once it has closed one, are served.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited, func(o *Options) { o.MaxConnections, o.MaxClientConnections, o.DrainDelay = 3, 2, 0 })
	address, stop := serve(t, s)
	ask := func(from string) (net.Conn, string) {
		t.Helper()
		conn, err := dialFrom(t, from, address, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
		if err != nil { // it was closed before
			return conn, ""
		}
		return conn, answerOf(t, conn)
	}
	ask("127.0.0.1")
	var other net.Conn
	for i, step := range []struct{ from, want string }{
		{"127.0.0.1", "200 OK"},
		{"127.0.0.1", ""}, // one too many of this client
		{"127.0.0.2", "200 OK"},
		{"127.0.0.3", "200 OK"}, // one too many of all, which takes the place of one of the first client
		{"127.0.0.3", ""},       // it has as many as others have
	} {
		conn, got := ask(step.from)
		if got != step.want {
			t.Errorf("connection %d: got %q, want %q", i+2, got, step.want)
		}
		if step.from == "127.0.0.2" {
			other = conn
		}
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	for got := ""; got == ""; _, got = ask("127.0.0.4") { // until the end of the other is seen
		if t.Context().Err() != nil {
			t.Fatal("the place of a closed connection stays taken")
		}
	}
	_, metrics := get(t, s, "/metrics")
	if !strings.Contains(string(metrics), `eidos_http_requests_rejected_total{reason="connections"}`) {
		t.Error("the metrics lack the closed connections")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// named is a connection that is never used.
type named struct {
	net.Conn
	name string
}

func TestConnectionsOfProxies(t *testing.T) {
	t.Parallel()
	proxy, one, two := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
	c := newConnections(5, 2, proxies{netip.PrefixFrom(proxy, 32)}, nil)
	for i, step := range []struct {
		client  netip.Addr
		trusted bool
		closed  string // the client whose connection is closed
	}{{proxy, true, ""}, {proxy, true, ""}, {proxy, true, ""}, {one, false, ""}, {one, false, ""}, {two, false, "192.0.2.2"}, {two, false, "192.0.2.3"}} {
		excess := c.add(step.client, &named{name: step.client.String()}, step.trusted)
		closed := ""
		if conn, ok := excess.(*named); ok {
			closed = conn.name
			c.remove(netip.MustParseAddr(closed), excess)
		}
		if closed != step.closed {
			t.Errorf("connection %d: one of %q is closed, want %q", i+1, closed, step.closed)
		}
	}
}

// TestRefusedBodiesGetTheirAnswer sends far more than what is read before an answer,
// all of it before it reads: the answer must not be lost in a reset.
func TestRefusedBodiesGetTheirAnswer(t *testing.T) {
	t.Parallel()
	address, stop := serve(t, newServer(t, func(o *Options) { o.RateLimit, o.RateBurst, o.DrainDelay, o.Now = 1, 2, 0, newClock().time }))
	body := strings.Repeat("x", 12<<20)
	for i, want := range []string{"413 Request Entity Too Large", "415 Unsupported Media Type", "429 Too Many Requests"} {
		media := typeYAML
		if i == 1 {
			media = "text/html"
		}
		conn := dial(t, address, fmt.Sprintf("POST /v1/recipe HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", media, len(body), body))
		if got := answerOf(t, conn); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newServer(t))
	defer server.Close()
	for _, target := range []string{trainingURL, "/v1/catalog", "/openapi.json", "/version", "/health", "/ready", "/metrics", "/nope"} {
		resp, body, err := fetch(t, server.Client(), http.MethodHead, server.URL+target, "")
		want := http.StatusOK
		if target == "/nope" {
			want = http.StatusNotFound
		}
		if err != nil || len(body) != 0 || resp.StatusCode != want {
			t.Errorf("HEAD %s: got %s with %d bytes, %v", target, resp.Status, len(body), err)
		}
	}
}

// TestShutdown has a request in flight and says on the way that it is not
// ready.
func TestShutdown(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *Options) { o.DrainDelay = 300 * time.Millisecond })
	address, stop := serve(t, s)
	header := fmt.Sprintf("POST /v1/recipe?service=eks HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\nContent-Length: %d\r\n\r\n", len(snapshotYAML))
	slow := dial(t, address, header+snapshotYAML[:20])
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	resp, body := send(t, s, request(http.MethodGet, "/ready", ""))
	for resp.StatusCode == http.StatusOK {
		resp, body = send(t, s, request(http.MethodGet, "/ready", ""))
	}
	if p := problemOf(t, body); resp.StatusCode != http.StatusServiceUnavailable || !p.Retryable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("GET /ready: got %s: %s", resp.Status, body)
	}
	resp, _ = get(t, s, "/health")
	if resp.Header.Get("Connection") != "close" {
		t.Error("connections are kept while draining")
	}
	if _, err := io.WriteString(slow, snapshotYAML[20:]); err != nil {
		t.Fatal(err)
	}
	if got := answerOf(t, slow); got != "200 OK" {
		t.Errorf("the request in flight: got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", address); err == nil {
		t.Error("still listening")
	}
}

func TestListenErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *Options) { o.Listen = "127.0.0.1:99999" })
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "listening on 127.0.0.1:99999") {
		t.Errorf("got %v", err)
	}
	listener := localListener(t)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := newServer(t).Serve(t.Context(), listener, nil); err == nil || !strings.Contains(err.Error(), "serving on 127.0.0.1:") {
		t.Errorf("got %v", err)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	// httptest has a certificate for example.com; its files are written here.
	pair := httptest.NewUnstartedServer(nil)
	pair.StartTLS()
	defer pair.Close()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	writePair(t, pair.TLS.Certificates[0], certFile, keyFile)

	s := newServer(t, func(o *Options) { o.DrainDelay, o.TLSCert, o.TLSKey = 0, certFile, keyFile })
	address, stop := serve(t, s)
	roots := x509.NewCertPool()
	roots.AddCert(pair.Certificate())
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}}}
	resp, _, err := fetch(t, client, http.MethodGet, "https://"+address+"/health", "")
	if err != nil || resp.StatusCode != http.StatusOK || resp.Proto != "HTTP/2.0" {
		t.Errorf("got %s over %s, %v", resp.Status, resp.Proto, err)
	}
	client.CloseIdleConnections()

	// A broken file leaves the certificate in use.
	if err := os.WriteFile(certFile, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.reloadFiles(t.Context())
	if _, _, err := fetch(t, client, http.MethodGet, "https://"+address+"/health", ""); err != nil {
		t.Error(err)
	}
	client.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func catalogText(version string) string {
	return "version: '" + version + "'\nbase: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]\n"
}

// TestReload replaces the catalog's file while the server runs, in a bubble
// whose time is its own.
func TestReload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "catalog.yaml")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(catalogText("1"))
		reload := make(chan os.Signal, 1)
		s := newServer(t, func(o *Options) { o.Catalog, o.Reload = file, reload })
		wantVersion := func(want string) {
			t.Helper()
			if _, body := get(t, s, "/v1/recipe"); !strings.Contains(string(body), `"recipe-version": "`+want+`"`) {
				t.Errorf("want version %s, got %s", want, body)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go s.reload(ctx)
		wantVersion("1")

		write(catalogText("2"))
		time.Sleep(reloadEvery - time.Second) //nolint:forbidigo // takes no time in a bubble
		synctest.Wait()
		wantVersion("1")
		time.Sleep(2*time.Second + settle) //nolint:forbidigo // as above
		synctest.Wait()
		wantVersion("2")

		// A signal has it read, but only what holds still, and never in part.
		write(catalogText("3")[:15])
		reload <- syscall.SIGHUP
		for _, text := range []string{catalogText("3")[:30], catalogText("3")} {
			time.Sleep(settle - time.Second) //nolint:forbidigo // as above
			synctest.Wait()
			wantVersion("2")
			write(text)
			time.Sleep(time.Second) //nolint:forbidigo // as above
		}
		wantVersion("2")
		time.Sleep(settle) //nolint:forbidigo // as above
		synctest.Wait()
		wantVersion("3")
		wantShrunk(t, s, 0)

		write(strings.ReplaceAll(catalogText("4"), "efa: true", "efa: true, gdrdrv: true"))
		reload <- syscall.SIGHUP
		time.Sleep(settle) //nolint:forbidigo // as above
		synctest.Wait()
		wantVersion("4")
		write(catalogText("2"))
		reload <- syscall.SIGHUP
		time.Sleep(settle) //nolint:forbidigo // as above
		synctest.Wait()
		wantVersion("2")
		wantShrunk(t, s, 1)

		write("base: [")
		time.Sleep(reloadEvery + settle) //nolint:forbidigo // as above
		synctest.Wait()
		wantVersion("2")
		_, metrics := get(t, s, "/metrics")
		if !strings.Contains(string(metrics), `eidos_catalog_reads_total{result="error"} 1`) {
			t.Error("the failed reload is not counted")
		}
	})
}

func wantShrunk(t *testing.T, s *Server, times int) {
	t.Helper()
	if _, metrics := get(t, s, "/metrics"); !strings.Contains(string(metrics), fmt.Sprintf("eidos_catalog_shrunk_total %d\n", times)) {
		t.Errorf("the catalog did not shrink %d times", times)
	}
}

func TestWrongOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*Options){
		`listen "8080"`:       func(o *Options) { o.Listen = "8080" },
		`metrics address "x"`: func(o *Options) { o.MetricsAddress = "x" },
		"give both or none":   func(o *Options) { o.TLSCert = "x" },
		"rate limit -1":       func(o *Options) { o.RateLimit = -1 },
		"rate burst 0":        func(o *Options) { o.RateBurst = 0 },
		"largest body 0":      func(o *Options) { o.MaxBody = 0 },
		"document memory 1":   func(o *Options) { o.DocumentMemory = 1 },
		"connections -1":      func(o *Options) { o.MaxConnections = -1 },
		"write timeout 0s":    func(o *Options) { o.WriteTimeout = 0 },
		"drain delay -1s":     func(o *Options) { o.DrainDelay = -time.Second },
		"opening the catalog": func(o *Options) { o.Catalog = "nowhere" },
		"loading the certificate nowhere.crt with the key nowhere.key": func(o *Options) { o.TLSCert, o.TLSKey = "nowhere.crt", "nowhere.key" },
	}
	for want, change := range tests {
		o := Defaults()
		change(&o)
		if _, err := New(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
