// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// anothers is a ConfigMap with a snapshot, of an owner and a run that are others.
func anothers(t *testing.T) *corev1.ConfigMap {
	t.Helper()
	d := deploymentOf(t, baseSpec(), otherRun, "gpu-1")
	object := d.configMap(d.spec.Name, nil)
	object.ResourceVersion = "7"
	object.Data = map[string]string{"snapshot.yaml": fmt.Sprintf(testSnapshot, "gpu-1", "22.04"), "format": "yaml", "timestamp": "2026-11-02T09:15:00Z"}
	return object
}

func TestConfigMapOfAnotherAgent(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, time.November, 2, 9, 15, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		change func(*fakeCluster, *corev1.ConfigMap)
		want   []string
	}{
		"owner": {want: []string{"is another agent's", "kubectl -n gpu-operator delete configmap eidos-snapshot"}},
		"owner whose second run was killed": {
			change: func(f *fakeCluster, object *corev1.ConfigMap) {
				object.CreationTimestamp = metav1.NewTime(created)
				job := otherJob(f.t, created.Add(time.Hour))
				job.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue}}
				f.add(job)
			}, want: []string{"is another agent's"},
		},
		"name": {
			change: func(_ *fakeCluster, object *corev1.ConfigMap) {
				object.Labels[ownerLabel], object.Labels[instanceLabel] = testOwner, "eidos"
			}, want: []string{`an agent whose name is "eidos". Choose another name`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			f.add(gpuNode("gpu-1"))
			object := anothers(t)
			if tt.change != nil {
				tt.change(f, object)
			}
			f.add(object)
			before := f.left()
			_, err := f.runner().Run(t.Context(), baseSpec(), testOwner)
			if ReasonOf(err) != Foreign {
				t.Fatalf("error %v", err)
			}
			for _, text := range tt.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error lacks %q: %v", text, err)
				}
			}
			if diff := cmp.Diff(before, f.left()); diff != "" {
				t.Errorf("left (-before +after):\n%s", diff)
			}
			checkSame(t, f, object)
		})
	}
}

func checkSame(t *testing.T, f *fakeCluster, want *corev1.ConfigMap) {
	t.Helper()
	got, err := f.client.CoreV1().ConfigMaps(want.Namespace).Get(t.Context(), want.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want, got = want.DeepCopy(), got.DeepCopy()
	want.ResourceVersion, got.ResourceVersion = "", ""
	want.ManagedFields, got.ManagedFields = nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the ConfigMap (-before +after):\n%s", diff)
	}
}

// A run that fails gives back what it took over, also what its agent has written.
func TestFailureRestoresConfigMap(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		f := newFakeCluster(t)
		f.add(gpuNode("gpu-1"))
		object := anothers(t)
		object.Labels[ownerLabel], object.Labels["mine"] = testOwner, "too"
		object.Annotations["mine"] = "too"
		f.add(object)
		f.play = func(job *batchv1.Job) {
			f.write(job, "apiVersion: another\n")
			f.pod(job, ends(0, "", "").Status)
		}
		spec := baseSpec()
		spec.KeepOnFailure = keep
		if _, err := f.runner().Run(t.Context(), spec, testOwner); ReasonOf(err) != BadSnapshot {
			t.Fatalf("error %v", err)
		}
		checkSame(t, f, object)
	}
}

// What somebody else has claimed since is left.
func TestFailureLeavesWhatAnotherRunClaimed(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	object := anothers(t)
	object.Labels[ownerLabel] = testOwner
	f.add(object)
	later := object.DeepCopy()
	later.Annotations[runAnnotation] = "yyyyyyyy"
	f.play = func(job *batchv1.Job) {
		if _, err := f.client.CoreV1().ConfigMaps(later.Namespace).Update(t.Context(), later, metav1.UpdateOptions{}); err != nil {
			t.Error(err)
		}
		f.pod(job, ends(1, "Error", "").Status)
	}
	if _, err := f.runner().Run(t.Context(), baseSpec(), testOwner); ReasonOf(err) != Failed {
		t.Fatalf("error %v", err)
	}
	checkSame(t, f, later)
}

// A run on several nodes goes on though one of its Jobs has ended.
func TestRunIsOverWithItsLastJob(t *testing.T) {
	t.Parallel()
	first := otherJob(t, time.Unix(0, 0))
	second := first.DeepCopy()
	first.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}
	s := &session{deployment: deploymentOf(t, baseSpec(), "abcdefgh", "gpu-1"), first: &batchv1.Job{}}
	for _, jobs := range [][]batchv1.Job{{*first, *second}, {*second, *first}} {
		if over := s.over(jobs); len(over) > 0 {
			t.Errorf("over: %v", over)
		}
	}
	if over := s.over([]batchv1.Job{*first, *first}); !slices.Equal(over, []string{otherRun}) {
		t.Errorf("over: %v", over)
	}
}
