// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// podListBytes returns a list as a server sends it, without the magic. Its pods
// have numbers of every wire type, before and after what is read.
func podListBytes(tb testing.TB) []byte {
	tb.Helper()
	seconds := int64(30)
	pod := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Generation: 7, ManagedFields: []metav1.ManagedFieldsEntry{{FieldsV1: metav1.NewFieldsV1(`{"f:spec":{}}`)}}},
		Spec: corev1.PodSpec{
			Volumes:                       []corev1.Volume{{Name: "v"}},
			TerminationGracePeriodSeconds: &seconds,
			Containers:                    []corev1.Container{{Name: "c", Image: "a/x:1", Ports: []corev1.ContainerPort{{ContainerPort: 80}}}, {Image: "a/x:1"}},
			InitContainers:                []corev1.Container{{Image: "a/init:1"}},
			EphemeralContainers:           []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Image: "a/debug:1"}, TargetContainerName: "c"}},
		},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Image: "not/this:1"}}},
	}
	remaining := int64(3)
	list := corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "9", Continue: "next", RemainingItemCount: &remaining}, Items: []corev1.Pod{pod, pod}}
	raw, err := list.Marshal()
	if err != nil {
		tb.Fatal(err)
	}
	body, err := (&runtime.Unknown{TypeMeta: runtime.TypeMeta{Kind: "PodList"}, Raw: raw}).Marshal()
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func TestReadProtobufList(t *testing.T) {
	t.Parallel()
	pods := podCount{imageCount{}, newComponentCount(map[string][]string{"x": {"x"}})}
	images := pods.images
	token, err := readProtobufList(podListBytes(t), pods.addProtobufPod)
	if err != nil || token != "next" {
		t.Fatalf("token %q, error %v", token, err)
	}
	got := map[string]int{}
	for image, n := range images {
		got[image] = *n
	}
	if diff := cmp.Diff(map[string]int{"a/x:1": 4, "a/init:1": 2, "a/debug:1": 2}, got); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

func TestFieldsOfEveryWireType(t *testing.T) {
	t.Parallel()
	message := []byte{
		1 << 3, 0x96, 0x01, // varint 150
		2<<3 | 1, 1, 2, 3, 4, 5, 6, 7, 8,
		3<<3 | 5, 1, 2, 3, 4,
		4<<3 | 2, 2, 'h', 'i',
		5<<3 | 2, 0,
	}
	got := map[uint64]string{}
	err := fields(message, func(number uint64, value []byte) error {
		got[number] = string(value)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[uint64]string{4: "hi", 5: ""}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	for _, malformed := range [][]byte{
		{0x80},
		{1 << 3},
		{1 << 3, 0x80},
		{1<<3 | 1, 1},
		{1<<3 | 5, 1},
		{1<<3 | 2},
		{1<<3 | 2, 2, 'h'},
		{1<<3 | 3},
		{1<<3 | 7},
		{1<<3 | 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
	} {
		if err := fields(malformed, func(uint64, []byte) error { return nil }); !errors.Is(err, errProtobuf) {
			t.Errorf("%v: got %v", malformed, err)
		}
	}
}

// FuzzProtobuf checks that no answer makes the reader panic, and that it reads
// the same images as the generated code wherever that reads any.
func FuzzProtobuf(f *testing.F) {
	body := podListBytes(f)
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte{0x12, 0x02, 0x12, 0x7f})
	f.Fuzz(func(t *testing.T, body []byte) {
		pods := podCount{imageCount{}, newComponentCount(map[string][]string{"x": {"x"}})}
		images := pods.images
		_, _ = readProtobufList(body, pods.addProtobufPod) // garbage may be an error, never a panic
		var (
			unknown runtime.Unknown
			list    corev1.PodList
		)
		if unknown.Unmarshal(body) != nil || list.Unmarshal(unknown.Raw) != nil {
			return
		}
		// In the generated code's own bytes no field occurs twice.
		raw, err := list.Marshal()
		if err != nil {
			return
		}
		if body, err = (&runtime.Unknown{Raw: raw}).Marshal(); err != nil {
			t.Fatal(err)
		}
		clear(images)
		if token, err := readProtobufList(body, pods.addProtobufPod); err != nil || token != list.Continue {
			t.Fatalf("token %q, error %v; the generated code reads %q", token, err, list.Continue)
		}
		n := 0
		for _, count := range images {
			n += *count
		}
		want := 0
		for _, pod := range list.Items {
			want += len(pod.Spec.Containers) + len(pod.Spec.InitContainers) + len(pod.Spec.EphemeralContainers)
		}
		if n != want {
			t.Errorf("%d images, the generated code reads %d", n, want)
		}
	})
}
