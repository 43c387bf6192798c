// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// apiServer answers as an API server does, from what the test puts into it.
type apiServer struct {
	pods     []corev1.Pod
	nodes    []corev1.Node
	policies string // the body of the list, "" without the CRD
	protobuf bool   // whether it speaks protobuf
	maxPage  int    // objects a page, 0 for as many as asked for
	// intercept sees the n-th request (from 1) first, and reports whether it
	// has answered.
	intercept func(n int, w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	requests []string
}

func (s *apiServer) connect(t *testing.T) *cluster.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return connectTo(server.URL)
}

func connectTo(url string) *cluster.Client {
	return cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: url, QPS: -1}, nil })
}

func (s *apiServer) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.URL.String())
	n := len(s.requests)
	s.mu.Unlock()
	if s.intercept != nil && s.intercept(n, w, r) {
		return
	}
	namespace, inNamespace := strings.CutPrefix(r.URL.Path, "/api/v1/namespaces/")
	namespace, ofPods := strings.CutSuffix(namespace, "/pods")
	switch {
	case r.URL.Path == "/version":
		writeJSON(w, `{"major":"1","minor":"33","gitVersion":"v1.33.5-eks-3025e55","platform":"linux/amd64","goVersion":"go1.24.6","buildDate":"2025-09-01T00:00:00Z"}`)
	case r.URL.Path == "/api/v1/pods":
		s.list(w, r, s.podList(r, ""))
	case inNamespace && ofPods:
		s.list(w, r, s.podList(r, namespace))
	case r.URL.Path == "/api/v1/nodes":
		s.list(w, r, s.nodeList(r))
	case r.URL.Path == "/apis/nvidia.com/v1/clusterpolicies" && s.policies != "":
		writeJSON(w, s.policies)
	default:
		http.NotFound(w, r)
	}
}

func (s *apiServer) podList(r *http.Request, namespace string) *corev1.PodList {
	var all []corev1.Pod
	for _, pod := range s.pods {
		if namespace == "" || pod.Namespace == namespace {
			all = append(all, pod)
		}
	}
	from, to, next := s.page(r, len(all))
	return &corev1.PodList{
		TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"},
		ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: next}, Items: all[from:to],
	}
}

func (s *apiServer) nodeList(r *http.Request) *corev1.NodeList {
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		panic(err)
	}
	var all []corev1.Node
	for _, node := range s.nodes {
		if selector.Matches(labels.Set(node.Labels)) {
			all = append(all, node)
		}
	}
	from, to, next := s.page(r, len(all))
	return &corev1.NodeList{
		TypeMeta: metav1.TypeMeta{Kind: "NodeList", APIVersion: "v1"},
		ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: next}, Items: all[from:to],
	}
}

// page returns the bounds of a page and the token of the next. A token is the
// index of the next object.
func (s *apiServer) page(r *http.Request, total int) (from, to int, next string) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		panic("a list without a limit")
	}
	if s.maxPage > 0 {
		limit = min(limit, s.maxPage)
	}
	if token := r.URL.Query().Get("continue"); token != "" {
		if from, err = strconv.Atoi(token); err != nil {
			panic(err)
		}
	}
	if to = from + limit; to < total {
		return from, to, strconv.Itoa(to)
	}
	return from, total, ""
}

func (s *apiServer) list(w http.ResponseWriter, r *http.Request, list object) {
	if !s.protobuf || !strings.Contains(r.Header.Get("Accept"), "application/vnd.kubernetes.protobuf") {
		writeJSON(w, string(jsonBody(list)))
		return
	}
	w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
	_, _ = w.Write(protobufBody(list))
}

// object is what an API server encodes.
type object interface{ Marshal() ([]byte, error) }

func jsonBody(list object) []byte {
	body, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return body
}

func protobufBody(list object) []byte {
	raw, err := list.Marshal()
	if err != nil {
		panic(err)
	}
	body, err := (&runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "List"}, Raw: raw}).Marshal()
	if err != nil {
		panic(err)
	}
	return append([]byte("k8s\x00"), body...)
}

func writeJSON(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(body))
}

// refuse answers with an error as an API server words it.
func refuse(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	body, err := json.Marshal(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Reason: reason, Message: message, Code: int32(code),
	})
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(body)
}

func embeddedCatalog(tb testing.TB) *recipe.Catalog {
	tb.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return catalog
}

// collect runs all collectors with the embedded catalog and fails the test if
// one fails.
func collect(t *testing.T, s *apiServer, o snapshot.KubernetesOptions) document.Snapshot {
	t.Helper()
	o.Catalog = embeddedCatalog(t)
	got, failed := snapshot.Collect(t.Context(), snapshot.Kubernetes(s.connect(t), o), snapshot.Options{})
	if err := failed.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}
