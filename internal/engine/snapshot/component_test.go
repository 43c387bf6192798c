// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// released is a pod of a Helm release.
func released(p corev1.Pod, release string) corev1.Pod {
	p.Labels = labelSet{"app.kubernetes.io/name": "any", "app.kubernetes.io/instance": release}
	return p
}

// TestComponents finds where pods run components.
func TestComponents(t *testing.T) {
	t.Parallel()
	const certs, operator = "quay.io/jetstack/cert-manager-controller:v1.20.2", "nvcr.io/nvidia/gpu-operator:v26.7.0"
	ended := released(pod("nfd", "registry.k8s.io/nfd/node-feature-discovery:v0.19.0"), "nfd")
	ended.Status.Phase = corev1.PodSucceeded
	addon := released(pod("kube-system", "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-ebs-csi-driver:v1.50.1"), "aws-ebs-csi-driver")
	addon.Labels["app.kubernetes.io/managed-by"] = "EKS"
	helms := released(pod("monitoring", "quay.io/prometheus-operator/prometheus-operator:v0.85.0"), "prom")
	helms.Labels["app.kubernetes.io/managed-by"] = "Helm"
	starting := pod("web", "example.com/web:1")
	starting.Spec.InitContainers = []corev1.Container{{Image: "example.com/mirror/kueue:v0.19.2"}}
	for name, tt := range map[string]struct {
		pods       []corev1.Pod
		namespaces []string
		want       map[string]string // without those that are nowhere
		nowhere    bool              // whether the snapshot says so of the others
	}{
		"none":                   {nowhere: true},
		"a release":              {pods: []corev1.Pod{released(pod("cert-manager", certs), "cert-manager")}, want: map[string]string{"cert-manager": "cert-manager/cert-manager"}, nowhere: true},
		"several":                {pods: []corev1.Pod{released(pod("b", certs), "certs"), released(pod("a", certs), "certs"), pod("c", certs)}, want: map[string]string{"cert-manager": "a/certs b/certs c"}, nowhere: true},
		"pods of an operator":    {pods: []corev1.Pod{pod("gpus", operator), released(pod("gpus", operator), "gpu-operator-1699"), pod("gpus", operator)}, want: map[string]string{"gpu-operator": "gpus/gpu-operator-1699"}, nowhere: true},
		"a part of another":      {pods: []corev1.Pod{released(pod("gpu-operator", "registry.k8s.io/nfd/node-feature-discovery:v0.18.3"), "gpu-operator")}, want: map[string]string{"node-feature-discovery": "gpu-operator/gpu-operator"}, nowhere: true},
		"not by Helm":            {pods: []corev1.Pod{addon, helms}, want: map[string]string{"aws-ebs-csi-driver": "kube-system", "kube-prometheus-stack": "monitoring/prom"}, nowhere: true},
		"from a mirror":          {pods: []corev1.Pod{pod("kai-scheduler", "mirror:5000/ghcr/nvidia/kai-scheduler/operator@"+digestA), starting}, want: map[string]string{"kai-scheduler": "kai-scheduler", "kueue": "web"}, nowhere: true},
		"other names":            {pods: []corev1.Pod{pod("x", "example.com/operator:1", "example.com/not-kai-scheduler/operator:1", "example.com/my-kueue:1", "a:b:c")}, nowhere: true},
		"ended":                  {pods: []corev1.Pod{ended}, nowhere: true},
		"of one namespace":       {pods: []corev1.Pod{released(pod("a", certs), "certs"), released(pod("b", operator), "op")}, namespaces: []string{"a"}, want: map[string]string{"cert-manager": "a/certs"}},
		"of one that has none":   {pods: []corev1.Pod{released(pod("a", certs), "certs")}, namespaces: []string{"b"}},
		"of two that share some": {pods: []corev1.Pod{released(pod("a", certs), "certs"), pod("b", certs)}, namespaces: []string{"a", "b"}, want: map[string]string{"cert-manager": "a/certs b"}},
	} {
		for encoding, protobuf := range map[string]bool{"JSON": false, "protobuf": true} {
			t.Run(name+", "+encoding, func(t *testing.T) {
				t.Parallel()
				s := &apiServer{pods: tt.pods, protobuf: protobuf, maxPage: 1}
				all := texts(collect(t, s, snapshot.KubernetesOptions{Namespaces: tt.namespaces}).Measurements, measurement.K8s, "component")
				var got map[string]string
				absent := 0
				for component, places := range all {
					if places == "none" {
						absent++
						continue
					}
					if got == nil {
						got = map[string]string{}
					}
					got[component] = places
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("K8s/component (-want +got):\n%s", diff)
				}
				if want := len(embeddedCatalog(t).ComponentImages()) - len(tt.want); tt.nowhere && absent != want || !tt.nowhere && absent > 0 {
					t.Errorf("%d components are nowhere, want %d of a whole cluster and 0 of a part", absent, want)
				}
			})
		}
	}
}

// TestComponentsWithoutCatalog: without one, nothing is said of any.
func TestComponentsWithoutCatalog(t *testing.T) {
	t.Parallel()
	s := &apiServer{pods: []corev1.Pod{pod("a", "nvcr.io/nvidia/gpu-operator:v26.7.0")}}
	got, _ := snapshot.Collect(t.Context(), snapshot.Kubernetes(s.connect(t), snapshot.KubernetesOptions{}), snapshot.Options{})
	if s := got.Measurements.Subtype(measurement.K8s, "component"); s != nil {
		t.Errorf("got %v", s.Data)
	}
}
