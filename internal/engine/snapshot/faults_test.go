// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// fullCluster returns a server with something for every collector, in several
// pages each.
func fullCluster() *apiServer {
	return &apiServer{
		pods: pods(7, "nvcr.io/nvidia/driver:580"), nodes: []corev1.Node{eksNode("a"), eksNode("b"), eksNode("c")},
		policies: `{"items":[{"metadata":{"name":"cluster-policy"},"spec":{"cdi":{"enabled":true}}}]}`, maxPage: 2,
	}
}

func isList(r *http.Request) bool { return r.URL.Query().Has("limit") }

func TestFaultsOfOneCollector(t *testing.T) {
	t.Parallel()
	forbid := func(w http.ResponseWriter) {
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `User "ci" cannot do that`)
	}
	tests := map[string]struct {
		path    string // the requests that fail
		answer  func(w http.ResponseWriter, r *http.Request)
		options snapshot.KubernetesOptions
		failed  string // the only collector that does
		want    []string
	}{
		"pods forbidden": {
			path: "/api/v1/pods", answer: func(w http.ResponseWriter, _ *http.Request) { forbid(w) },
			failed: "K8s/image", want: []string{"cannot list pods: forbidden", `{apiGroups: [""], resources: ["pods"], verbs: ["list"]}`, `User "ci" cannot do that`},
		},
		"pods of a namespace forbidden": {
			path: "/api/v1/namespaces/web/pods", answer: func(w http.ResponseWriter, _ *http.Request) { forbid(w) },
			options: snapshot.KubernetesOptions{Namespaces: []string{"default", "web"}},
			failed:  "K8s/image", want: []string{`cannot list pods in namespace "web": forbidden`},
		},
		"nodes forbidden": {
			path: "/api/v1/nodes", answer: func(w http.ResponseWriter, _ *http.Request) { forbid(w) },
			failed: "K8s/node", want: []string{"cannot list nodes: forbidden", `resources: ["nodes"]`},
		},
		"policies forbidden": {
			path: "/apis/nvidia.com/v1/clusterpolicies", answer: func(w http.ResponseWriter, _ *http.Request) { forbid(w) },
			failed: "K8s/policy", want: []string{"cannot list clusterpolicies.nvidia.com: forbidden", `apiGroups: ["nvidia.com"]`, `User "ci" cannot do that`},
		},
		"version forbidden": {
			path: "/version", answer: func(w http.ResponseWriter, _ *http.Request) { forbid(w) },
			failed: "K8s/server", want: []string{"cannot get /version: forbidden", `nonResourceURLs: ["/version"]`},
		},
		"version of something else": {
			path: "/version", answer: func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, `{"name":"shop"}`) },
			failed: "K8s/server", want: []string{"/version", "gitVersion"},
		},
		"version is a page": {
			path: "/version", answer: func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, `<html>`) },
			failed: "K8s/server", want: []string{"/version", "invalid character"},
		},
		"a login page instead of a list": {
			path: "/api/v1/nodes", answer: func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, `<html>`) },
			failed: "K8s/node", want: []string{"cannot list nodes", "not a list of objects", "invalid character"},
		},
		"protobuf garbage": {
			path: "/api/v1/pods", answer: func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, "k8s\x00\xff\xff\xff") },
			failed: "K8s/image", want: []string{"cannot list pods", "malformed protobuf"},
		},
		"policy garbage": {
			path: "/apis/nvidia.com/v1/clusterpolicies", answer: func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, `{"items":[1]}`) },
			failed: "K8s/policy", want: []string{"/apis/nvidia.com/v1/clusterpolicies", "cannot unmarshal"},
		},
		"dies in mid-list": {
			path: "/api/v1/pods", answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				writeJSON(w, `{"items":[`)
			},
			failed: "K8s/image", want: []string{"cannot list pods", "the connection ended in the middle of the list"},
		},
		"every token expires": {
			path: "/api/v1/nodes", answer: func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("continue") {
					refuse(w, http.StatusGone, metav1.StatusReasonExpired, "the provided continue parameter is too old")
					return
				}
				writeJSON(w, `{"metadata":{"continue":"x"},"items":[{}]}`)
			},
			failed: "K8s/node", want: []string{"cannot list nodes", "too old"},
		},
		"broken inside": {
			path: "/api/v1/pods", answer: func(w http.ResponseWriter, _ *http.Request) {
				refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is on fire")
			},
			failed: "K8s/image", want: []string{"cannot list pods", "etcd is on fire"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fullCluster()
			s.intercept = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != tt.path {
					return false
				}
				tt.answer(w, r)
				return true
			}
			got, failed := snapshot.Collect(t.Context(), snapshot.Kubernetes(s.connect(t), tt.options), snapshot.Options{})
			if len(failed) != 1 || failed[tt.failed] == nil {
				t.Fatalf("failed: %v, want %s only", failed, tt.failed)
			}
			for _, want := range tt.want {
				if text := failed[tt.failed].Error(); !strings.Contains(text, want) {
					t.Errorf("error %q lacks %q", text, want)
				}
			}
			for _, name := range []string{"server", "image", "policy", "node"} {
				if there, want := got.Measurements.Subtype(measurement.K8s, name) != nil, "K8s/"+name != tt.failed; there != want {
					t.Errorf("K8s/%s: there is %t, want %t", name, there, want)
				}
			}
		})
	}
}

func TestExpiredTokenRestartsTheList(t *testing.T) {
	t.Parallel()
	for _, protobuf := range []bool{false, true} {
		t.Run("protobuf "+strconv.FormatBool(protobuf), func(t *testing.T) {
			t.Parallel()
			s := fullCluster()
			s.protobuf = protobuf
			// Two images, so that pods counted twice would change the order.
			s.pods = append(pods(2, "a/x:1"), append(pods(3, "a/x:2"), pods(2, "a/y:1")...)...)
			s.nodes = []corev1.Node{eksNode("a"), eksNode("b"), eksNode("c"), eksNode("d"), eksNode("e")}
			expired := map[string]bool{}
			s.intercept = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				if r.URL.Query().Get("continue") != "4" || expired[r.URL.Path] {
					return false
				}
				expired[r.URL.Path] = true
				refuse(w, http.StatusGone, metav1.StatusReasonExpired, "the provided continue parameter is too old")
				return true
			}
			got := collect(t, s, snapshot.KubernetesOptions{}).Measurements
			want := map[string]string{"x": "2", "x@docker.io/a:1": "1", "y": "1"}
			if diff := cmp.Diff(want, texts(got, measurement.K8s, "image")); diff != "" {
				t.Errorf("K8s/image (-want +got):\n%s", diff)
			}
			if n := got.Text(measurement.K8s, "node", "gpu-nodes"); n != "5" {
				t.Errorf("%s GPU nodes, want each of the 5 once", n)
			}
		})
	}
}

func TestTooManyRequestsAreRetried(t *testing.T) {
	t.Parallel()
	s := fullCluster()
	refused := map[string]bool{}
	s.intercept = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if refused[r.URL.String()] {
			return false
		}
		refused[r.URL.String()] = true
		w.Header().Set("Retry-After", "0")
		refuse(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "slow down")
		return true
	}
	got := collect(t, s, snapshot.KubernetesOptions{})
	want := collect(t, fullCluster(), snapshot.KubernetesOptions{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("snapshot (-undisturbed +refused once):\n%s", diff)
	}
}

func TestSilentServer(t *testing.T) {
	t.Parallel()
	tests := map[string]func(w http.ResponseWriter, r *http.Request){
		"never answers": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"stops in mid-list": func(w http.ResponseWriter, r *http.Request) {
			writeJSON(w, `{"items":[`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"says to come back tomorrow": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			refuse(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "slow down")
		},
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fullCluster()
			s.intercept = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/api/v1/pods" {
					answer(w, r)
					return true
				}
				return false
			}
			images := slices.DeleteFunc(snapshot.Kubernetes(s.connect(t), snapshot.KubernetesOptions{}), func(c snapshot.Collector) bool {
				return c.Name != snapshot.KubernetesImage
			})
			_, failed := snapshot.Collect(t.Context(), images, snapshot.Options{Timeout: 200 * time.Millisecond})
			text := errorText(failed.Err())
			for _, want := range []string{"K8s/image: ", "cannot list pods: ", "gave up after 200ms"} {
				if !strings.Contains(text, want) {
					t.Errorf("error %q lacks %q", text, want)
				}
			}
		})
	}
}

// TestCanceledAtAnyMoment cancels at every request in turn: all collectors
// end, and each has its whole result or an error that says so.
func TestCanceledAtAnyMoment(t *testing.T) {
	t.Parallel()
	undisturbed := fullCluster()
	whole := collect(t, undisturbed, snapshot.KubernetesOptions{}).Measurements
	for moment := 1; moment <= len(undisturbed.seen()); moment++ {
		t.Run(strconv.Itoa(moment), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := fullCluster()
			s.intercept = func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n != moment {
					return false
				}
				if isList(r) {
					writeJSON(w, `{"items":[`)
					w.(http.Flusher).Flush()
				}
				cancel()
				<-r.Context().Done()
				return true
			}
			got, failed := snapshot.Collect(ctx, snapshot.Kubernetes(s.connect(t), snapshot.KubernetesOptions{Catalog: embeddedCatalog(t)}), snapshot.Options{})
			if len(failed) == 0 {
				t.Error("no collector failed")
			}
			for _, name := range []string{"server", "image", "policy", "node"} {
				err := failed["K8s/"+name]
				switch {
				case err == nil:
					if diff := cmp.Diff(texts(whole, measurement.K8s, name), texts(got.Measurements, measurement.K8s, name)); diff != "" {
						t.Errorf("K8s/%s without an error (-whole +got):\n%s", name, diff)
					}
				case !errors.Is(err, context.Canceled):
					t.Errorf("K8s/%s: got %v, want the cancellation", name, err)
				}
			}
		})
	}
}

// cutAnswer is a server whose answer is cut by the end of the call's context and
// ends as if it were whole.
type cutAnswer struct{ end context.CancelFunc }

func (c cutAnswer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"items":[`), c)),
	}, nil
}

func (c cutAnswer) Read([]byte) (int, error) {
	c.end()
	return 0, io.EOF
}

// TestAnswerCutAtTheDeadline blames the end of the context and not the answer.
func TestAnswerCutAtTheDeadline(t *testing.T) {
	t.Parallel()
	for i, name := range []string{snapshot.KubernetesServer, snapshot.KubernetesImage, snapshot.KubernetesPolicy, snapshot.KubernetesNode} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			client := cluster.NewClient(func() (*rest.Config, error) {
				return &rest.Config{Host: "https://api.example.com", Transport: cutAnswer{cancel}}, nil
			})
			collector := snapshot.Kubernetes(client, snapshot.KubernetesOptions{})[i]
			if _, err := collector.Collect(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), ": canceled") {
				t.Errorf("got %v, want the cancellation", err)
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	t.Parallel()
	unset := errors.New("no connection is configured")
	client := cluster.NewClient(func() (*rest.Config, error) { return nil, unset })
	_, failed := snapshot.Collect(t.Context(), snapshot.Kubernetes(client, snapshot.KubernetesOptions{}), snapshot.Options{})
	for _, name := range []string{snapshot.KubernetesServer, snapshot.KubernetesImage, snapshot.KubernetesPolicy, snapshot.KubernetesNode} {
		if !errors.Is(failed[name], unset) {
			t.Errorf("%s: got %v", name, failed[name])
		}
	}
}
