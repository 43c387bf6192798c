// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

func status(code int, reason, message string) string {
	return fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reason, code)
}

func TestExplainStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code            int
		reason, message string
		is              func(error) bool
		want            []string
	}{
		"quota":        {403, "Forbidden", `configmaps "x" is forbidden: exceeded quota: q`, apierrors.IsForbidden, []string{`cannot list nodes: refused. The API server says: configmaps "x" is forbidden: exceeded quota: q`}},
		"forbidden":    {403, "Forbidden", `User "bob" cannot list`, apierrors.IsForbidden, []string{`cannot list nodes: forbidden`, `ClusterRole: {apiGroups: [""], resources: ["nodes"], verbs: ["list"]}`, `User "bob" cannot list`}},
		"unauthorized": {401, "Unauthorized", "Unauthorized", apierrors.IsUnauthorized, []string{"does not accept the credentials (401)"}},
		"echoes":       {403, "Forbidden", "User \"hunter2-hunter2\" cannot list", apierrors.IsForbidden, []string{`User "(sensitive)" cannot`}},
		"not found":    {404, "NotFound", "not found", apierrors.IsNotFound, []string{"no such resource", "custom resource definition"}},
		"busy":         {429, "TooManyRequests", "too many", apierrors.IsTooManyRequests, []string{"too busy (429)"}},
		"timeout":      {504, "Timeout", "slow etcd", apierrors.IsTimeout, []string{"gave up: slow etcd"}},
		"unavailable":  {503, "ServiceUnavailable", "starting", apierrors.IsServiceUnavailable, []string{"(503): starting"}},
		"teapot":       {418, "Unknown", "short and stout", func(error) bool { return true }, []string{"cannot list nodes: short and stout"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, settings := apiServer(t, func(w http.ResponseWriter, _ *http.Request) {
				respond(w, test.code, status(test.code, test.reason, test.message))
			})
			settings.Token = new("hunter2-hunter2")
			err := listNodes(t.Context(), connect(t, settings))
			checkExplained(t, err, test.want)
			if !test.is(err) {
				t.Errorf("%v is not seen as what it is", err)
			}
		})
	}
}

func checkExplained(t *testing.T, err error, want []string) {
	t.Helper()
	var call *cluster.CallError
	if !errors.As(err, &call) {
		t.Fatalf("got %v, want a *cluster.CallError", err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got %q, want %q in it", err, w)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%q shows a secret", err)
	}
}

func TestExplainCalls(t *testing.T) {
	t.Parallel()
	connection := connect(t, cluster.Settings{Host: new(host)})
	forbidden := apierrors.NewForbidden(metav1.SchemeGroupVersion.WithResource("x").GroupResource(), "", errors.New(`User "bob" cannot do it`))
	notFound := apierrors.NewNotFound(metav1.SchemeGroupVersion.WithResource("x").GroupResource(), "x")
	for _, test := range []struct {
		call cluster.Call
		err  error
		want []string
	}{
		{cluster.Call{Verb: "get", Resource: "configmaps", Namespace: "ns", Name: "n"}, forbidden, []string{`cannot get configmaps "n" in namespace "ns": forbidden`, `a Role of namespace "ns": {apiGroups: [""], resources: ["configmaps"], verbs: ["get"]}`}},
		{cluster.Call{Verb: "apply", Resource: "configmaps", Namespace: "ns", Name: "n"}, forbidden, []string{`verbs: ["create", "patch"]`}},
		{cluster.Call{Verb: "list", Group: "nvidia.com", Resource: "clusterpolicies"}, forbidden, []string{"cannot list clusterpolicies.nvidia.com:", `apiGroups: ["nvidia.com"]`}},
		{cluster.Call{Verb: "get", Resource: "/version"}, forbidden, []string{`a ClusterRole: {nonResourceURLs: ["/version"], verbs: ["get"]}`}},
		{cluster.Call{Verb: "get", Resource: "nodes", Name: "n"}, notFound, []string{`cannot get nodes "n": not found`}},
		{cluster.Call{Verb: "list", Resource: "nodes"}, errors.New("odd"), []string{"cannot list nodes: odd"}},
	} {
		checkExplained(t, connection.Explain(t.Context(), test.err, test.call), test.want)
	}
	if err := connection.Explain(t.Context(), nil, cluster.Call{}); err != nil {
		t.Errorf("got %v for no error", err)
	}
}

func TestExplainConnections(t *testing.T) {
	t.Parallel()
	ok := func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, noNodes) }
	server, trusted := apiServer(t, ok)
	plain := httptest.NewServer(http.HandlerFunc(ok))
	t.Cleanup(plain.Close)
	stopped := httptest.NewTLSServer(http.HandlerFunc(ok))
	stopped.Close()
	mutual := httptest.NewUnstartedServer(http.HandlerFunc(ok))
	mutual.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	mutual.StartTLS()
	t.Cleanup(mutual.Close)
	_, dying := apiServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write([]byte(noNodes[:20]))
	})

	for name, test := range map[string]struct {
		settings cluster.Settings
		want     []string
	}{
		"wrong CA":     {cluster.Settings{Host: &server.URL, ClusterCACertificate: new(newIdentity(t).cert)}, []string{server.URL, "signed by an authority that is not trusted", "cluster_ca_certificate"}},
		"wrong name":   {cluster.Settings{Host: &server.URL, ClusterCACertificate: trusted.ClusterCACertificate, TLSServerName: new("other.test")}, []string{"other.test", "tls_server_name"}},
		"no TLS":       {cluster.Settings{Host: new(strings.Replace(plain.URL, "http", "https", 1))}, []string{"does not speak TLS"}},
		"not running":  {cluster.Settings{Host: &stopped.URL, Insecure: new(true)}, []string{"connection refused"}},
		"unknown host": {cluster.Settings{Host: new("https://does-not-exist.invalid:6443")}, []string{"does-not-exist.invalid", "Check the host"}},
		"certificate":  {cluster.Settings{Host: &mutual.URL, ClusterCACertificate: new(serverCA(mutual))}, []string{"client certificate"}},
		"dies":         {dying, []string{"cannot list nodes:"}},
		"proxy":        {cluster.Settings{Host: new(host), ProxyURL: new("http://user:hunter2-hunter2@" + strings.TrimPrefix(stopped.URL, "https://"))}, []string{"the proxy", strings.TrimPrefix(stopped.URL, "https://"), "connection refused", "proxy_url"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.settings.Token = new("hunter2-hunter2")
			checkExplained(t, listNodes(t.Context(), connect(t, test.settings)), test.want)
		})
	}
}

// cutServer answers with half a body, which ends as if it were whole when the
// context of the call has ended.
type cutServer struct{ end context.CancelCauseFunc }

func (s *cutServer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(io.MultiReader(strings.NewReader(noNodes[:20]), s)),
	}, nil
}

func (s *cutServer) Read([]byte) (int, error) {
	s.end(errors.New("this moment"))
	return 0, io.EOF
}

// TestBodyCutAtTheDeadline reads a body that the end of its context has cut.
func TestBodyCutAtTheDeadline(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(context.Context, *rest.Request) error{
		"whole": func(ctx context.Context, r *rest.Request) error { return r.Do(ctx).Error() },
		"raw":   func(ctx context.Context, r *rest.Request) error { _, err := r.DoRaw(ctx); return err },
		"stream": func(ctx context.Context, r *rest.Request) error {
			body, err := r.Stream(ctx)
			if err != nil {
				return err
			}
			_, err = io.ReadAll(body)
			return errors.Join(err, body.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			connection, err := cluster.NewClient(func() (*rest.Config, error) {
				return &rest.Config{Host: "https://api.example.com", Transport: &cutServer{end: cancel}}, nil
			}).Connect()
			if err != nil {
				t.Fatal(err)
			}
			err = read(ctx, connection.REST.Get().AbsPath("/api/v1/nodes"))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the end of the context", err)
			}
			checkExplained(t, connection.Explain(ctx, err, cluster.Call{Verb: "list", Resource: "nodes"}), []string{"cannot list nodes: canceled"})
		})
	}
}

// TestServerThatNeverAnswers sees calls end at their deadline in each state in
// which a server can leave a client waiting.
func TestServerThatNeverAnswers(t *testing.T) {
	t.Parallel()
	_, silent := apiServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, half := apiServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(noNodes[:20]))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	_, busy := apiServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		respond(w, http.StatusTooManyRequests, status(429, "TooManyRequests", "too many"))
	})
	mute := listen(t) // accepts, and speaks no TLS

	for name, settings := range map[string]cluster.Settings{
		"after the request":   silent,
		"within the response": half,
		"telling to wait":     busy,
		"before TLS":          {Host: new("https://" + mute.Addr().String())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection := connect(t, settings)
			ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, errors.New("the 200 ms of this test"))
			defer cancel()
			checkExplained(t, listNodes(ctx, connection), []string{connection.Host + " did not answer before the deadline (the 200 ms of this test)", "allow more time"})

			ctx, cancel = context.WithCancel(t.Context())
			cancel()
			checkExplained(t, listNodes(ctx, connection), []string{"cannot list nodes: canceled"})
		})
	}
}
