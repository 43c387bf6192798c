// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// fakeServer is as much of an API server as these tests need: it merges what is
// applied, and knows no schemas.
type fakeServer struct {
	lock    sync.Mutex
	kinds   map[string][]metav1.APIResource // by path of the version
	objects map[string]map[string]any       // by path
	uids    int
	asked   []string // what was written, in order
	// before sees each request before it is served. An error is the answer.
	before func(r *http.Request) *apierrors.StatusError
	// admit changes what is stored of an object that is applied.
	admit func(object map[string]any)
}

func newServer(t *testing.T) (*fakeServer, *cluster.Connection) {
	t.Helper()
	s := &fakeServer{objects: map[string]map[string]any{}, kinds: map[string][]metav1.APIResource{
		"/api/v1": {
			{Name: "namespaces", Kind: "Namespace"},
			{Name: "namespaces/status", Kind: "Namespace"},
			{Name: "configmaps", Kind: "ConfigMap", Namespaced: true},
			{Name: "events", Kind: "Event", Namespaced: true},
		},
		"/apis/apps/v1":                 {{Name: "deployments", Kind: "Deployment", Namespaced: true}},
		"/apis/batch/v1":                {{Name: "jobs", Kind: "Job", Namespaced: true}},
		"/apis/apiextensions.k8s.io/v1": {{Name: "customresourcedefinitions", Kind: "CustomResourceDefinition"}},
	}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	connection, err := cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: server.URL, QPS: -1}, nil }).Connect()
	if err != nil {
		t.Fatal(err)
	}
	return s, connection
}

func newClient(t *testing.T, connection *cluster.Connection, owner string) *objects.Client {
	t.Helper()
	c, err := objects.New(connection, owner)
	if err != nil {
		t.Fatal(err)
	}
	objects.Hasty(c)
	return c
}

func (s *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lock.Lock()
	defer s.lock.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if s.before != nil {
		if failed := s.before(r); failed != nil {
			s.fail(w, failed)
			return
		}
	}
	answer, failed := s.answer(r)
	if failed != nil {
		s.fail(w, failed)
		return
	}
	write(w, answer)
}

func write(w io.Writer, answer any) {
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

func (s *fakeServer) fail(w http.ResponseWriter, failed *apierrors.StatusError) {
	status := failed.ErrStatus
	status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	w.WriteHeader(int(status.Code))
	write(w, status)
}

func (s *fakeServer) answer(r *http.Request) (any, *apierrors.StatusError) {
	path := r.URL.Path
	if resources, ok := s.kinds[path]; ok {
		return metav1.APIResourceList{APIResources: resources}, nil
	}
	if group, ok := strings.CutPrefix(path, "/apis/"); ok && !strings.Contains(group, "/") {
		return s.group(group), nil
	}
	live := s.objects[path]
	_, kind, _ := strings.Cut(strings.TrimSuffix(path, "/"), "/")
	missing := apierrors.NewNotFound(schema.GroupResource{Resource: kind}, path)
	switch {
	case r.Method == http.MethodGet && (strings.HasSuffix(path, "/events") || path == nodesPath):
		return s.list(path, r.URL.Query()), nil
	case r.Method == http.MethodPatch:
		return s.apply(r, live)
	case live == nil:
		return nil, missing
	case r.Method == http.MethodDelete:
		return s.remove(r, live)
	}
	return live, nil
}

func (s *fakeServer) group(name string) metav1.APIGroup {
	group := metav1.APIGroup{Name: name}
	for path := range s.kinds {
		if version, ok := strings.CutPrefix(path, "/apis/"+name+"/"); ok {
			group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{Version: version})
		}
	}
	return group
}

// list returns the objects below a path by name, in pages of two where pages are asked
// for.
func (s *fakeServer) list(path string, query url.Values) any {
	items, metadata := []any{}, map[string]any{}
	for _, at := range slices.Sorted(maps.Keys(s.objects)) {
		if !strings.HasPrefix(at, path+"/") || at <= query.Get("continue") {
			continue
		}
		if query.Has("limit") && len(items) == 2 {
			metadata["continue"] = tree.Map(items[1].(map[string]any), "metadata")["path"]
			break
		}
		tree.Map(s.objects[at], "metadata")["path"] = at
		items = append(items, s.objects[at])
	}
	return map[string]any{"apiVersion": "v1", "kind": "List", "metadata": metadata, "items": items}
}

func (s *fakeServer) apply(r *http.Request, live map[string]any) (any, *apierrors.StatusError) {
	var applied map[string]any
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &applied); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if namespace, ok := tree.Lookup(applied, "metadata.namespace"); ok && s.objects[fmt.Sprintf("/api/v1/namespaces/%s", namespace)] == nil {
		return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, fmt.Sprint(namespace))
	}
	object := tree.Merge(live, applied)
	if s.admit != nil {
		s.admit(object)
	}
	if r.URL.Query().Has("dryRun") {
		return object, nil
	}
	s.asked = append(s.asked, "apply "+r.URL.Path)
	s.store(r.URL.Path, object)
	return object, nil
}

// store keeps an object as a new version of it.
func (s *fakeServer) store(path string, object map[string]any) {
	s.uids++
	metadata := tree.Map(object, "metadata")
	if metadata["uid"] == nil {
		metadata["uid"] = fmt.Sprintf("uid-%d", s.uids)
	}
	metadata["resourceVersion"] = fmt.Sprint(s.uids)
	s.objects[path] = object
}

func (s *fakeServer) remove(r *http.Request, live map[string]any) (any, *apierrors.StatusError) {
	var options metav1.DeleteOptions
	_ = json.NewDecoder(r.Body).Decode(&options)
	object := unstructured.Unstructured{Object: live}
	if p := options.Preconditions; p == nil || *p.UID != object.GetUID() || *p.ResourceVersion != object.GetResourceVersion() {
		return nil, apierrors.NewConflict(schema.GroupResource{}, r.URL.Path, fmt.Errorf("the preconditions do not hold"))
	}
	s.asked = append(s.asked, "delete "+r.URL.Path)
	if len(object.GetFinalizers()) > 0 {
		tree.Set(live, "metadata.deletionTimestamp", "2026-11-02T09:15:00Z")
		return live, nil
	}
	delete(s.objects, r.URL.Path)
	return metav1.Status{Status: metav1.StatusSuccess}, nil
}

// put stores the object of a YAML text as if somebody else had made it.
func (s *fakeServer) put(t *testing.T, path, manifest string) {
	t.Helper()
	list, err := objects.Parse(t.Context(), map[string]string{"m": manifest})
	if err != nil {
		t.Fatal(err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.store(path, tree.Merge(list[0].Fields, nil))
}

// change changes an object in place.
func (s *fakeServer) change(path string, change func(object map[string]any)) {
	s.lock.Lock()
	defer s.lock.Unlock()
	change(s.objects[path])
	s.store(path, s.objects[path])
}

func (s *fakeServer) has(path string) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.objects[path] != nil
}
