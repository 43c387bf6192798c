// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

var populated sync.Once

// populate fills the shared server once.
func populate(t *testing.T) {
	t.Helper()
	populated.Do(func() { fixture.GPUCluster(t, server.Admin()) })
}

func collect(t *testing.T, config *rest.Config, options snapshot.KubernetesOptions) (measurement.List, snapshot.Errors) {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	options.Catalog = catalog
	got, failed := snapshot.Collect(t.Context(), snapshot.Kubernetes(connect(config), options), snapshot.Options{})
	return got.Measurements, failed
}

func TestCollectNodes(t *testing.T) {
	t.Parallel()
	populate(t)
	for node, want := range map[string]map[string]string{
		"eks":          {"provider": "eks", "instance-type": "p5.48xlarge", "container-runtime-name": "containerd"},
		"gke":          {"provider": "gke", "gke-accelerator": "nvidia-h100-80gb", "os-image": "Container-Optimized OS from Google"},
		"aks":          {"provider": "aks", "kernel-version": "6.8.0-1034-azure"},
		"oke":          {"provider": "oke", "gpu-product": "NVIDIA-H100-80GB-HBM3", "container-runtime-name": "cri-o"},
		"self-managed": {"provider": "self-managed", "kubelet-version": "v1.34.1"},
	} {
		t.Run(node, func(t *testing.T) {
			t.Parallel()
			list, failed := collect(t, server.Admin(), snapshot.KubernetesOptions{NodeSelector: corev1.LabelHostname + "=" + node})
			if len(failed) > 0 {
				t.Fatal(failed.Err())
			}
			for key, value := range want {
				if got := list.Text(measurement.K8s, "node", key); got != value {
					t.Errorf("%s is %q, want %q", key, got, value)
				}
			}
		})
	}
}

func TestCollectImagesAndPolicy(t *testing.T) {
	t.Parallel()
	populate(t)
	list, failed := collect(t, server.Admin(), snapshot.KubernetesOptions{})
	if len(failed) > 0 {
		t.Fatal(failed.Err())
	}
	for path, want := range map[[2]string]string{
		{"image", "driver"}:             "580.95.05-ubuntu24.04",
		{"image", "k8s-driver-manager"}: "v0.9.0",
		{"image", "debug"}:              "1.2",
		{"policy", "driver.version"}:    "580.95.05",
		{"component", "gpu-operator"}:   "gpu-operator/gpus", // operands run its image too, and no chart labels them
		{"component", "cert-manager"}:   "none",
		{"policy", "mig.strategy"}:      "single",
	} {
		if got := list.Text(measurement.K8s, path[0], path[1]); got != want {
			t.Errorf("K8s/%s/%s is %q, want %q", path[0], path[1], got, want)
		}
	}
	if version := list.Text(measurement.K8s, "server", "version"); !strings.HasPrefix(version, "v1.") {
		t.Errorf("the server's version is %q", version)
	}
	for key, value := range list.Subtype(measurement.K8s, "policy").Data {
		if strings.Contains(value.String(), "sentinel") || strings.HasPrefix(key, "rules") {
			t.Errorf("K8s/policy/%s is %s", key, value)
		}
	}
	again, _ := collect(t, server.Admin(), snapshot.KubernetesOptions{})
	if diff := cmp.Diff(list, again); diff != "" {
		t.Errorf("a second collection differs (-first +second):\n%s", diff)
	}
}

// permissions is what a collection needs, by the collector that needs it.
var permissions = map[string]rbacv1.PolicyRule{
	snapshot.KubernetesServer: {NonResourceURLs: []string{"/version"}, Verbs: []string{"get"}},
	snapshot.KubernetesImage:  {APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}},
	snapshot.KubernetesNode:   {APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"list"}},
	snapshot.KubernetesPolicy: {APIGroups: []string{"nvidia.com"}, Resources: []string{"clusterpolicies"}, Verbs: []string{"list"}},
}

// Every permission is enough for its collector, and a missing one fails no other.
// Everybody who is authenticated may read /version.
func TestCollectPermissions(t *testing.T) {
	t.Parallel()
	populate(t)
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		user := userWith(t, "collector-all", slices.Collect(maps.Values(permissions))...)
		if _, failed := collect(t, user, snapshot.KubernetesOptions{}); len(failed) > 0 {
			t.Error(failed.Err())
		}
	})
	for lacking, name := range map[string]string{
		snapshot.KubernetesImage: "pods", snapshot.KubernetesNode: "nodes", snapshot.KubernetesPolicy: "clusterpolicies",
	} {
		t.Run("without "+name, func(t *testing.T) {
			t.Parallel()
			rest := maps.Clone(permissions)
			delete(rest, lacking)
			user := userWith(t, "collector-without-"+name, slices.Collect(maps.Values(rest))...)
			list, failed := collect(t, user, snapshot.KubernetesOptions{})
			if len(failed) != 1 || failed[lacking] == nil {
				t.Fatalf("failed: %v, want %s only", failed, lacking)
			}
			for _, text := range []string{"cannot list " + name, "forbidden", `verbs: ["list"]`} {
				if !strings.Contains(failed[lacking].Error(), text) {
					t.Errorf("the error lacks %q: %v", text, failed[lacking])
				}
			}
			if list.Text(measurement.K8s, "server", "version") == "" {
				t.Error("what was allowed is missing")
			}
		})
	}
}

// userWith creates a user with a role of these rules, and returns when the server
// knows of it.
func userWith(t *testing.T, name string, rules ...rbacv1.PolicyRule) *rest.Config {
	t.Helper()
	meta := metav1.ObjectMeta{Name: name}
	fixture.Create(t, server.Admin(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules})
	fixture.Create(t, server.Admin(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}},
	})
	user := server.CreateUser(t, name)
	waitAllowed(t, user, rules)
	return user
}

func waitAllowed(t *testing.T, user *rest.Config, rules []rbacv1.PolicyRule) {
	t.Helper()
	c := connection(t, user)
	for _, rule := range rules {
		if len(rule.Resources) == 0 {
			continue
		}
		path := "/api/v1/" + rule.Resources[0]
		if group := rule.APIGroups[0]; group != "" {
			path = "/apis/" + group + "/v1/" + rule.Resources[0]
		}
		err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
			_, err := c.REST.Get().AbsPath(path).Param("limit", "1").DoRaw(ctx)
			return err == nil, nil
		})
		if err != nil {
			t.Fatalf("the server does not let the user list %s: %v", path, err)
		}
	}
}
