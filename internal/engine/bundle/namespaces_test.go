// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

const namespaceFile = "manifests/namespace.yaml"

// sharing is a request whose components are all in one namespace.
func sharing(t *testing.T, objects map[string]string) bundle.Request {
	t.Helper()
	return bundle.Request{
		Recipe: fixture(t, "self-managed-h100-rdma"), ObjectOverrides: objects,
		Namespaces: map[string]string{"gpu-operator": "gpus", "network-operator": "gpus"},
	}
}

// TestOneNamespace: components in one namespace list the same Namespace, with all
// labels that either gives it.
func TestOneNamespace(t *testing.T) {
	t.Parallel()
	b := render(t, sharing(t, map[string]string{
		"gpu-operator/namespace":     "metadata: {labels: {team: gpus}}",
		"network-operator/namespace": "metadata: {labels: {team: gpus, zone: a, pod-security.kubernetes.io/enforce: null}, annotations: {note: shared}}",
	}))
	want := map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{
			"name": "gpus", "annotations": map[string]any{"note": "shared"},
			"labels": map[string]any{"pod-security.kubernetes.io/enforce": "privileged", "team": "gpus", "zone": "a"},
		},
	}
	for _, c := range b.Components {
		if diff := cmp.Diff(want, objectOf(t, b, c.Name, namespaceFile)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Name, diff)
		}
	}
	if all := contents(b); all["gpu-operator/"+namespaceFile] != all["network-operator/"+namespaceFile] {
		t.Error("the files differ")
	}
}

// TestOneNamespaceWithTwoValues: one label cannot have two values, unless the
// namespaces are two.
func TestOneNamespaceWithTwoValues(t *testing.T) {
	t.Parallel()
	req := sharing(t, map[string]string{
		"gpu-operator/namespace":     "metadata: {labels: {team: a}}",
		"network-operator/namespace": "metadata: {labels: {team: b}}",
	})
	_, err := renderer().Render(t.Context(), req)
	const want = `object_overrides["network-operator/namespace"]: metadata.labels.team of the namespace gpus, which several components have, is a for one and b for another`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	req.Namespaces["network-operator"] = "nets"
	render(t, req)
}

// TestOneNamespaceNextToUnknownInput: what another component may say of the
// namespace is not known, and nothing else.
func TestOneNamespaceNextToUnknownInput(t *testing.T) {
	t.Parallel()
	objects := map[string]string{"network-operator/namespace": "metadata: {labels: {team: b}}"}
	for name, tt := range map[string]struct {
		objects map[string]string
		pending bundle.Pending
		unknown bool // the manifests of gpu-operator
	}{
		"an object in the same namespace":     {nil, bundle.Pending{ObjectOverrides: []string{"network-operator"}}, true},
		"a namespace, and labels for it":      {objects, bundle.Pending{Namespaces: []string{"network-operator"}}, true},
		"a namespace":                         {nil, bundle.Pending{Namespaces: []string{"network-operator"}}, false},
		"a namespace, and perhaps its object": {nil, bundle.Pending{Namespaces: []string{"network-operator"}, ObjectOverrides: []string{"network-operator"}}, true},
		"values":                              {objects, bundle.Pending{Overrides: []string{"network-operator"}}, false},
	} {
		req := sharing(t, tt.objects)
		req.Pending = tt.pending
		early := render(t, req)
		if got := componentOf(t, early, "gpu-operator").Unknown.Manifests; got != tt.unknown {
			t.Errorf("%s: unknown is %v", name, got)
		}
		late := sharing(t, map[string]string{"network-operator/namespace": "metadata: {labels: {team: b}}"})
		if tt.objects == nil && tt.pending.ObjectOverrides == nil {
			late.ObjectOverrides = nil
		}
		checkKnown(t, early, late)
	}
}

// TestOneNamespaceIsAppliedByEach: the scripts of components in one namespace apply
// it, in any order and again.
func TestOneNamespaceIsAppliedByEach(t *testing.T) {
	t.Parallel()
	b := render(t, sharing(t, nil))
	c := newCluster(t, b, "helm", "kubectl")
	for _, name := range []string{"gpu-operator", "network-operator", "gpu-operator"} {
		calls, _, failed := c.run(nil, name+"/scripts/install.sh", "--no-wait")
		if want := "kubectl <apply> <--filename> <DIR/" + name + "/" + namespaceFile + ">"; failed || len(calls) == 0 || calls[0] != want {
			t.Errorf("%s: got %v, want %s first", name, calls, want)
		}
	}
}

// TestPodSecurity: a namespace lets in what the pods of its components need, and no
// more.
func TestPodSecurity(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*bundle.Request)
		want   map[string]string // by component
	}{
		"alone": {func(*bundle.Request) {}, map[string]string{
			"cert-manager": "restricted", "gpu-operator": "privileged", "kube-prometheus-stack": "privileged", "kueue": "restricted", "lws": "baseline", "prometheus-operator-crds": "privileged",
		}},
		"two in one namespace": {func(r *bundle.Request) { r.Namespaces = map[string]string{"kueue": "lws-system"} }, map[string]string{
			"kueue": "baseline", "lws": "baseline",
		}},
		"all in one namespace": {func(r *bundle.Request) {
			r.Namespaces = map[string]string{"kueue": "gpu-operator", "lws": "gpu-operator", "cert-manager": "gpu-operator"}
		}, map[string]string{"cert-manager": "privileged", "gpu-operator": "privileged", "kueue": "privileged", "lws": "privileged"}},
		"next to what the cluster has": {func(r *bundle.Request) {
			r.Bundlers, r.Existing = []string{"kueue", "prometheus-operator-crds"}, []string{"kube-prometheus-stack"}
		}, map[string]string{"kueue": "restricted", "prometheus-operator-crds": "privileged"}},
		"without what shares it": {func(r *bundle.Request) { r.Bundlers = []string{"prometheus-operator-crds"} }, map[string]string{"prometheus-operator-crds": "restricted"}},
		"more rights by overrides": {func(r *bundle.Request) {
			r.Overrides = map[string]string{"kueue": "controllerManager: {hostNetwork: true}", "cert-manager": "securityContext: {runAsUser: 0}", "lws": "replicaCount: 1"}
		}, map[string]string{"cert-manager": "privileged", "kueue": "privileged", "lws": "baseline"}},
		"an override of the object": {func(r *bundle.Request) {
			r.ObjectOverrides = map[string]string{"kueue/namespace": "metadata: {labels: {pod-security.kubernetes.io/enforce: baseline}}"}
		}, map[string]string{"kueue": "baseline"}},
	} {
		req := bundle.Request{Recipe: withOptions(t, "self-managed", map[string]string{"scheduler": "kueue", "leader_worker_set": "true", "cert_manager": "true", "monitoring": "true"})}
		tt.change(&req)
		b := render(t, req)
		for component, want := range tt.want {
			labels, _ := objectOf(t, b, component, namespaceFile)["metadata"].(map[string]any)["labels"].(map[string]any)
			if got := labels["pod-security.kubernetes.io/enforce"]; got != want {
				t.Errorf("%s: %s: got %v, want %s", name, component, got, want)
			}
		}
	}
}

// TestPodSecurityNextToUnknownInput: what the pods of another component need may be
// more than is known; where the namespace lets in everything, nothing is open.
func TestPodSecurityNextToUnknownInput(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		namespace string // of kueue
		pending   bundle.Pending
		unknown   map[string]bool // manifests, by component
	}{
		"values":       {"lws-system", bundle.Pending{Overrides: []string{"kueue"}}, map[string]bool{"lws": true, "gpu-operator": false}},
		"privileged":   {"gpu-operator", bundle.Pending{Overrides: []string{"kueue"}}, map[string]bool{"lws": false, "gpu-operator": false}},
		"a namespace":  {"elsewhere", bundle.Pending{Namespaces: []string{"lws"}}, map[string]bool{"kueue": true, "gpu-operator": false}},
		"a strict one": {"elsewhere", bundle.Pending{Namespaces: []string{"kueue"}}, map[string]bool{"lws": false, "gpu-operator": false}},
	} {
		req := bundle.Request{
			Recipe:     withOptions(t, "self-managed", map[string]string{"scheduler": "kueue", "leader_worker_set": "true"}),
			Bundlers:   []string{"gpu-operator", "kueue", "lws"},
			Namespaces: map[string]string{"kueue": tt.namespace},
		}
		late := req
		req.Pending = tt.pending
		early := render(t, req)
		for component, want := range tt.unknown {
			if got := componentOf(t, early, component).Unknown.Manifests; got != want {
				t.Errorf("%s: the manifests of %s: unknown is %v", name, component, got)
			}
		}
		checkKnown(t, early, late)
	}
}
