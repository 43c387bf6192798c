// SPDX-License-Identifier: Apache-2.0

package typed_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	_, coreErr := clients.Core.Nodes().List(t.Context(), metav1.ListOptions{})
	_, batchErr := clients.Batch.Jobs("ns").List(t.Context(), metav1.ListOptions{})
	_, rbacErr := clients.RBAC.ClusterRoles().List(t.Context(), metav1.ListOptions{})
	for _, err := range []error{coreErr, batchErr, rbacErr} {
		if err != nil {
			t.Error(err)
		}
	}
	const with = " Bearer t application/vnd.kubernetes.protobuf,application/json"
	want := []string{"/api/v1/nodes" + with, "/apis/batch/v1/namespaces/ns/jobs" + with, "/apis/rbac.authorization.k8s.io/v1/clusterroles" + with}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
