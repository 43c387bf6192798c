// SPDX-License-Identifier: Apache-2.0

package typed_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
)

// TestNew asks with every client: each has the connection's credentials.
func TestNew(t *testing.T) {
	t.Parallel()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Accept"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"metadata":{},"items":[]}`)
	}))
	t.Cleanup(server.Close)
	connection, err := cluster.NewClient(func() (*rest.Config, error) {
		return &rest.Config{Host: server.URL, BearerToken: "t"}, nil
	}).Connect()
	if err != nil {
		t.Fatal(err)
	}
	clients, err := typed.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	_, coreErr := clients.Nodes.List(t.Context(), metav1.ListOptions{})
	_, batchErr := clients.Jobs("ns").List(t.Context(), metav1.ListOptions{})
	_, rbacErr := clients.Roles("ns").List(t.Context(), metav1.ListOptions{})
	for _, err := range []error{coreErr, batchErr, rbacErr} {
		if err != nil {
			t.Error(err)
		}
	}
	const with = " Bearer t application/vnd.kubernetes.protobuf,application/json"
	want := []string{"/api/v1/nodes" + with, "/apis/batch/v1/namespaces/ns/jobs" + with, "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/roles" + with}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRequests asks with each verb: the API server is sent what client-go's own
// clients send.
func TestRequests(t *testing.T) {
	t.Parallel()
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if !bytes.HasPrefix(body, []byte("{")) && len(body) > 4 {
			body = body[:4] // protobuf, whose first bytes say so
		}
		asked = fmt.Sprintf("%s %s %s %q", r.Method, r.URL, r.Header.Get("Content-Type"), body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"answer"}}`)
	}))
	t.Cleanup(server.Close)
	connection, err := cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: server.URL}, nil }).Connect()
	if err != nil {
		t.Fatal(err)
	}
	clients, err := typed.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	ctx, objects := t.Context(), clients.ConfigMaps("ns")
	named := func(object *corev1.ConfigMap, err error) error {
		if err == nil && object.Name != "answer" {
			err = fmt.Errorf("the answer is %v", object)
		}
		return err
	}
	const path, protobuf = " /api/v1/namespaces/ns/configmaps", "application/vnd.kubernetes.protobuf"
	for want, ask := range map[string]func() error{
		"GET" + path + `/a?resourceVersion=7  ""`: func() error { return named(objects.Get(ctx, "a", metav1.GetOptions{ResourceVersion: "7"})) },
		"POST" + path + "?fieldManager=me " + protobuf + ` "k8s\x00"`: func() error {
			return named(objects.Create(ctx, &corev1.ConfigMap{}, metav1.CreateOptions{FieldManager: "me"}))
		},
		"PATCH" + path + `/a?fieldManager=me application/merge-patch+json "{}"`: func() error {
			return named(objects.Patch(ctx, "a", types.MergePatchType, []byte("{}"), metav1.PatchOptions{FieldManager: "me"}))
		},
		"DELETE" + path + "/a " + protobuf + ` "k8s\x00"`: func() error {
			return objects.Delete(ctx, "a", metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground)})
		},
		"GET" + path + `?labelSelector=a%3Db&watch=true  ""`: func() error {
			watcher, err := objects.Watch(ctx, metav1.ListOptions{LabelSelector: "a=b"})
			if err == nil {
				watcher.Stop()
			}
			return err
		},
		`GET /api/v1/namespaces/ns/pods/a/log?container=c&limitBytes=9  ""`: func() error {
			log, err := clients.Log(ctx, "ns", "a", &corev1.PodLogOptions{Container: "c", LimitBytes: new(int64(9))})
			return errors.Join(err, log.Close())
		},
	} {
		if err := ask(); err != nil || asked != want {
			t.Errorf("asked %s, %v, want %s", asked, err, want)
		}
	}
}
