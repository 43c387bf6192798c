// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

func TestClientConnectsOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	failure := errors.New("no")
	for name, test := range map[string]struct {
		config *rest.Config
		err    error
	}{
		"success": {&rest.Config{Host: host}, nil},
		"failure": {nil, failure},
	} {
		asked.Store(0)
		client := cluster.NewClient(func() (*rest.Config, error) { asked.Add(1); return test.config, test.err })
		if asked.Load() != 0 {
			t.Errorf("%s: asked before the first use", name)
		}
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if _, err := client.Connect(); !errors.Is(err, test.err) {
					t.Errorf("%s: got %v", name, err)
				}
			})
		}
		group.Wait()
		if asked.Load() != 1 {
			t.Errorf("%s: asked %d times", name, asked.Load())
		}
	}
}

func TestClientThatCannotBeMade(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]*rest.Config{
		"CA":   {Host: host, TLSClientConfig: rest.TLSClientConfig{CAFile: "/does/not/exist"}},
		"key":  {Host: host, TLSClientConfig: rest.TLSClientConfig{CertFile: "/does/not/exist", KeyFile: "/does/not/exist"}},
		"host": {Host: "https://a b"},
	} {
		if _, err := cluster.NewClient(func() (*rest.Config, error) { return config, nil }).Connect(); err == nil || !strings.Contains(err.Error(), config.Host) {
			t.Errorf("%s: got %v, want an error that names the host", name, err)
		}
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	var accept, agent, user atomic.Value
	server, settings := apiServer(t, func(w http.ResponseWriter, r *http.Request) {
		accept.Store(r.Header.Get("Accept"))
		agent.Store(r.Header.Get("User-Agent"))
		user.Store(r.Header.Get("Impersonate-User"))
		respond(w, http.StatusOK, `{"gitVersion":"v1.34.0"}`)
	})
	settings.ClientCertificate, settings.ClientKey = &id.cert, &id.key
	config, err := cluster.RESTConfig(settings, env(), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	config.Impersonate.UserName = "boss"
	connection, err := cluster.NewClient(func() (*rest.Config, error) { return config, nil }).Connect()
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.REST.Get().AbsPath("/version").Do(t.Context()).Error(); err != nil {
		t.Fatal(err)
	}
	got := []any{connection.Host, accept.Load(), agent.Load(), user.Load()}
	if diff := cmp.Diff([]any{server.URL, "application/json, */*", "eidos/1.2.3", "boss"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestErrorsOfRawCalls sees secrets masked in errors that nobody explained.
func TestErrorsOfRawCalls(t *testing.T) {
	t.Parallel()
	connection := connect(t, cluster.Settings{Host: new("https://hunter2-hunter2.invalid"), Token: new("hunter2-hunter2")})
	err := connection.REST.Get().AbsPath("/api/v1/nodes").Do(t.Context()).Error()
	if err == nil || !strings.Contains(err.Error(), "(sensitive)") {
		t.Errorf("got %v", err)
	}
}
