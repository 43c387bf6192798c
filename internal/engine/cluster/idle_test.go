// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// TestCloseIdle waits until the server sees the connection end.
func TestCloseIdle(t *testing.T) {
	t.Parallel()
	for name, with := range map[string]func(cluster.Settings) cluster.Settings{
		"credentials": func(s cluster.Settings) cluster.Settings { s.Token = new("t"); return s },
		"plugin": func(s cluster.Settings) cluster.Settings {
			return pluginOf(s, "print", "PLUGIN_OUTPUT", credential(`{"token":"t"}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// An idle connection ends by itself after 90 seconds.
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			closed := make(chan struct{}, 1)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, noNodes) }))
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateClosed {
					closed <- struct{}{}
				}
			}
			server.StartTLS()
			t.Cleanup(server.Close)
			c := connect(t, with(cluster.Settings{Host: &server.URL, ClusterCACertificate: new(serverCA(server))}))
			c.CloseIdle() // before any call there is nothing to close
			for range 2 {
				if err := listNodes(ctx, c); err != nil {
					t.Fatal(err)
				}
				c.CloseIdle()
				select {
				case <-closed:
				case <-ctx.Done():
					t.Fatal("the connection stays open")
				}
			}
		})
	}
}
