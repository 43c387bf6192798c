// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// fakeServer is as much of an API server as these tests need. It knows no schemas.
type fakeServer struct {
	objects map[string]string // YAML by path
	secrets []map[string]any  // of all namespaces
	// forbidden says to which method and path there is no right, "" for all others.
	forbidden func(method, path string) bool
	asked     []string // what Secrets were asked for
}

func (s *fakeServer) connect(t *testing.T) *cluster.Connection {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	connection, err := cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: server.URL, QPS: -1}, nil }).Connect()
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func (s *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	answer, failed := s.answer(r)
	if failed != nil {
		status := failed.ErrStatus
		status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
		w.WriteHeader(int(status.Code))
		answer = status
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

func (s *fakeServer) answer(r *http.Request) (any, *apierrors.StatusError) {
	path := r.URL.Path
	resource := schema.GroupResource{Resource: path}
	switch path {
	case "/api/v1":
		return resources("ConfigMap", "configmaps", true), nil
	case "/apis/apps/v1":
		return resources("Deployment", "deployments", true), nil
	case "/apis/nvidia.com/v1":
		return resources("ClusterPolicy", "clusterpolicies", false), nil
	}
	switch {
	case s.forbidden != nil && s.forbidden(r.Method, path):
		return nil, apierrors.NewForbidden(resource, "", fmt.Errorf(`User "ci" cannot %s resource`, r.Method))
	case strings.HasSuffix(path, "/secrets"):
		return s.list(r), nil
	case path == "/api/v1/nodes", strings.HasPrefix(path, "/apis/apps/") && strings.Count(path, "/") == 6:
		return s.below(path), nil
	case s.objects[path] == "":
		return nil, apierrors.NewNotFound(resource, path)
	case r.Method == http.MethodPatch:
		body, _ := io.ReadAll(r.Body)
		return tree.Merge(decodeYAML(s.objects[path]), decodeYAML(string(body))), nil
	}
	return decodeYAML(s.objects[path]), nil
}

func resources(kind, name string, namespaced bool) metav1.APIResourceList {
	return metav1.APIResourceList{APIResources: []metav1.APIResource{{Name: name, Kind: kind, Namespaced: namespaced}}}
}

func decodeYAML(text string) map[string]any {
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		panic(err)
	}
	return object
}

func (s *fakeServer) below(path string) any {
	items := []any{}
	for at, object := range s.objects {
		if strings.HasPrefix(at, path+"/") {
			items = append(items, decodeYAML(object))
		}
	}
	return map[string]any{"apiVersion": "v1", "kind": "List", "items": items}
}

// list lists Secrets by labels without their content, or one by its name with it.
func (s *fakeServer) list(r *http.Request) any {
	query := r.URL.Query()
	s.asked = append(s.asked, query.Encode())
	items := []any{}
	for _, secret := range s.secrets {
		metadata := secret["metadata"].(map[string]any)
		if !strings.Contains(r.URL.Path, "/"+metadata["namespace"].(string)+"/") {
			continue
		}
		labels := metadata["labels"].(map[string]any)
		selector := fmt.Sprintf("name=%s,owner=%s", labels["name"], labels["owner"])
		switch {
		case query.Get("labelSelector") == selector:
			items = append(items, map[string]any{"metadata": metadata})
		case query.Get("fieldSelector") == "metadata.name="+metadata["name"].(string):
			items = append(items, secret)
		}
	}
	return map[string]any{"apiVersion": "v1", "kind": "SecretList", "items": items}
}

// keep stores a record of a release op in the namespace team as Helm does.
func (s *fakeServer) keep(t *testing.T, revision int, record string) {
	t.Helper()
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	if _, err := w.Write([]byte(record)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s.keepRaw(revision, compressed.Bytes())
}

func (s *fakeServer) keepRaw(revision int, content []byte) {
	s.secrets = append(s.secrets, map[string]any{
		"metadata": map[string]any{
			"name": fmt.Sprintf("sh.helm.release.v1.op.v%d", revision), "namespace": "team",
			"labels": map[string]any{"owner": "helm", "name": "op", "version": fmt.Sprint(revision)},
		},
		"data": map[string]any{"release": []byte(base64.StdEncoding.EncodeToString(content))},
	})
}

func record(chart, version, status string, revision int) string {
	return fmt.Sprintf(`{"name":"x","info":{"status":%q,"description":"d"},"chart":{"metadata":{"name":%q,"version":%q},"templates":[]},"config":{"password":"hunter2"},"version":%d}`,
		status, chart, version, revision)
}
