// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/faultproxy"
)

const pods = "GET /api/v1/pods"

// through is a connection by way of a proxy with these faults. The proxy knows
// the administrator, so it needs no credentials.
func through(t *testing.T, faults faultproxy.Faults) (*faultproxy.Proxy, connection) {
	t.Helper()
	proxy := faultproxy.New(t, server.Admin(), server.ServingCertificate(t), faults)
	return proxy, reach(proxy.URL(), server.CA())
}

// podStatuses are those of the answers to lists of pods.
func podStatuses(proxy *faultproxy.Proxy) []int {
	var statuses []int
	for _, request := range proxy.Requests() {
		if strings.HasSuffix(pods, request.Path) {
			statuses = append(statuses, request.Status)
		}
	}
	return statuses
}

// Faults that a client overcomes leave no trace in the snapshot.
func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	populate(t)
	undisturbed := newWorkspace(t, snapshotBy(withKubeconfig(t, server.Admin()), "cluster = {}"))
	undisturbed.Apply(t)
	want := readFacts(t, undisturbed)

	for name, tt := range map[string]struct {
		fault    faultproxy.Fault
		statuses []int
	}{
		"expired continue token": {
			faultproxy.Pages(2, faultproxy.OnContinue(faultproxy.First(1, faultproxy.Expired()))),
			[]int{http.StatusOK, http.StatusGone, http.StatusOK, http.StatusOK, http.StatusOK},
		},
		"too many requests": {
			faultproxy.First(2, faultproxy.TooManyRequests(1)),
			[]int{http.StatusTooManyRequests, http.StatusTooManyRequests, http.StatusOK},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy, c := through(t, faultproxy.Faults{pods: tt.fault})
			w := newWorkspace(t, snapshotBy(c, "cluster = {}"))
			w.Apply(t)
			got := readFacts(t, w)
			checkWhole(t, got)
			if diff := cmp.Diff(want.yaml, got.yaml); diff != "" {
				t.Errorf("the fault shows (-undisturbed +disturbed):\n%s", diff)
			}
			if diff := cmp.Diff(tt.statuses, podStatuses(proxy)); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

// Faults of one list cost its collector, and nothing else.
func TestFaultsOfOneCollector(t *testing.T) {
	t.Parallel()
	populate(t)
	for name, tt := range map[string]struct {
		fault faultproxy.Fault
		want  string
	}{
		"dies in the first page": {faultproxy.DiesAfter(100), "the connection ended in the middle of the list"},
		"dies in a later page":   {faultproxy.Pages(2, faultproxy.OnContinue(faultproxy.DiesAfter(100))), "the connection ended in the middle of the list"},
		"never answers":          {faultproxy.NeverAnswers, "gave up after 2s"},
		"never continues":        {faultproxy.Pages(2, faultproxy.OnContinue(faultproxy.NeverAnswers)), "gave up after 2s"},
		"always expired":         {faultproxy.Pages(2, faultproxy.OnContinue(faultproxy.Expired())), "too old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := through(t, faultproxy.Faults{pods: tt.fault})
			w := newWorkspace(t, snapshotBy(c, twoSeconds))
			checkSays(t, w.Apply(t), "Snapshot Is Incomplete", tt.want)
			got := readFacts(t, w)
			if len(got.errors) != 1 || !strings.Contains(got.errors["K8s/image"], tt.want) {
				t.Errorf("collector_errors: %v, want %q under K8s/image", got.errors, tt.want)
			}
			if len(got.measurements["K8s"]["image"]) > 0 {
				t.Errorf("half a list of images: %v", got.measurements["K8s"]["image"])
			}
			if got.query["service"] == "" || len(got.measurements["K8s"]["policy"]) == 0 {
				t.Errorf("the rest is not whole: %v", got.measurements["K8s"])
			}
		})
	}
}

// twoSeconds is a source whose deadline is far below the default, which the
// errors would name otherwise.
const twoSeconds = "cluster = {}\n  timeouts = { read = \"2s\" }"

func TestServerThatNeverAnswers(t *testing.T) {
	t.Parallel()
	_, busy := through(t, faultproxy.Faults{"/": faultproxy.NeverAnswers})
	silent := reach(faultproxy.Silent(t), server.CA())
	for name, c := range map[string]connection{"to requests": busy, "to anything": silent} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := strings.Trim(c["host"], `"`)
			newWorkspace(t, snapshotBy(c, twoSeconds)).
				ApplyFails(t, "Nothing Collected", address+" did not answer before the deadline", "gave up after 2s")
			const stored = `config_map = { namespace = "x", name = "x" }
  timeouts = { read = "2s" }`
			newWorkspace(t, snapshotBy(c, stored)).
				ApplyFails(t, "ConfigMap Not Readable", address+" did not answer before the deadline")
		})
	}
}

func TestWrongAuthority(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: stranger.Certificate().Raw})
	newWorkspace(t, snapshotBy(reach(server.URL(), ca), "cluster = {}")).
		ApplyFails(t, "Nothing Collected", "an authority that is not trusted here", "cluster_ca_certificate", server.URL())
}
