// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

const (
	digestA = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	digestB = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// oddPods have images in every place and of every form.
func oddPods() []corev1.Pod {
	places := pod("gpu-operator", "nvcr.io/nvidia/driver:580.105.08-ubuntu22.04", "nvcr.io/nvidia/gpu-operator:v26.7.0")
	places.Spec.InitContainers = []corev1.Container{{Image: "nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.8.1"}}
	places.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Image: "busybox"}}}
	return []corev1.Pod{
		places,
		pod("gpu-operator", "nvcr.io/nvidia/driver:580.105.08-ubuntu22.04", "nvcr.io/nvidia/driver:580.95.05-ubuntu22.04"),
		pod("other", "registry.example:5000/driver:580.105.08-ubuntu22.04", "docker.io/library/busybox:latest"),
		pod("other", "localhost:5000/a/b/tool@"+digestA, "localhost:5000/a/b/tool@"+digestB, "localhost:5000/a/b/tool:1@"+digestA),
		pod("other", "[2001:db8::1]:5000/six:1", "UPPER/Case:1", "a:b:c", "quay.io/x@sha256:short"),
		pod("other"),
	}
}

func TestImages(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		namespaces []string
		want       map[string]string
	}{
		"all namespaces": {want: map[string]string{
			"driver":                             "580.105.08-ubuntu22.04",
			"gpu-operator":                       "v26.7.0",
			"k8s-driver-manager":                 "v0.8.1",
			"busybox":                            "latest",
			"six":                                "1",
			"tool":                               "1@" + digestA,
			"tool@localhost:5000/a/b@" + digestA: digestA,
			"tool@localhost:5000/a/b@" + digestB: digestB,
			"driver@nvcr.io/nvidia:580.95.05-ubuntu22.04":         "580.95.05-ubuntu22.04",
			"driver@registry.example:5000:580.105.08-ubuntu22.04": "580.105.08-ubuntu22.04",
			"@UPPER/Case:1":           "invalid reference",
			"@a:b:c":                  "invalid reference",
			"@quay.io/x@sha256:short": "invalid reference",
		}},
		"one namespace, twice": {namespaces: []string{"gpu-operator", "gpu-operator"}, want: map[string]string{
			"driver":             "580.105.08-ubuntu22.04",
			"gpu-operator":       "v26.7.0",
			"k8s-driver-manager": "v0.8.1",
			"busybox":            "latest",
			"driver@nvcr.io/nvidia:580.95.05-ubuntu22.04": "580.95.05-ubuntu22.04",
		}},
		"an empty namespace": {namespaces: []string{"empty"}},
	}
	for name, tt := range tests {
		for encoding, protobuf := range map[string]bool{"JSON": false, "protobuf": true} {
			t.Run(name+", "+encoding, func(t *testing.T) {
				t.Parallel()
				s := &apiServer{pods: oddPods(), protobuf: protobuf, maxPage: 2}
				got := collect(t, s, snapshot.KubernetesOptions{Namespaces: tt.namespaces}).Measurements
				if diff := cmp.Diff(tt.want, texts(got, measurement.K8s, "image")); diff != "" {
					t.Errorf("K8s/image (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestMostCommonImageKeepsThePlainKey(t *testing.T) {
	t.Parallel()
	// 1 in one namespace, 2 in the other: counted over both, 2 has more.
	s := &apiServer{pods: []corev1.Pod{pod("a", "x/y:1", "x/y:1"), pod("b", "x/y:2", "x/y:2", "x/y:2")}}
	for _, namespaces := range [][]string{nil, {"a", "b"}} {
		got := collect(t, s, snapshot.KubernetesOptions{Namespaces: namespaces}).Measurements
		want := map[string]string{"y": "2", "y@docker.io/x:1": "1"}
		if diff := cmp.Diff(want, texts(got, measurement.K8s, "image")); diff != "" {
			t.Errorf("namespaces %v (-want +got):\n%s", namespaces, diff)
		}
	}
}

func TestNamespacesAreNames(t *testing.T) {
	t.Parallel()
	for _, namespace := range []string{"", "../nodes", "Upper"} {
		collectors := snapshot.Kubernetes((&apiServer{}).connect(t), snapshot.KubernetesOptions{Namespaces: []string{"web", namespace}})
		_, failed := snapshot.Collect(t.Context(), collectors, snapshot.Options{})
		if err := failed["K8s/image"]; len(failed) != 1 || err == nil || !strings.Contains(err.Error(), strconv.Quote(namespace)+" is not a name of a namespace") {
			t.Errorf("failed: %v, want the name %q refused", failed, namespace)
		}
	}
}

func TestPodsAreReadInPages(t *testing.T) {
	t.Parallel()
	s := &apiServer{pods: pods(1000, "a/x:1"), protobuf: true}
	collect(t, s, snapshot.KubernetesOptions{})
	var pages []string
	for _, request := range s.seen() {
		if query, ok := strings.CutPrefix(request, "/api/v1/pods?"); ok {
			pages = append(pages, query)
		}
	}
	if diff := cmp.Diff([]string{"labelSelector=%21agent.dgxc.io%2Frun&limit=500", "continue=500&labelSelector=%21agent.dgxc.io%2Frun&limit=500"}, pages); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
