// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
)

// otherJob is one of another run, as old as the seconds say.
func otherJob(t *testing.T, created time.Time) *batchv1.Job {
	t.Helper()
	d := deploymentOf(t, baseSpec(), otherRun, "gpu-1")
	job := d.job(d.targets[0], true)
	job.CreationTimestamp = metav1.NewTime(created)
	return job
}

func TestOtherRuns(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 2, 9, 15, 0, 0, time.UTC)
	finished := otherJob(t, now)
	finished.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}
	kept := otherJob(t, now)
	kept.Annotations = map[string]string{keptAnnotation: "true"}
	for name, tt := range map[string]struct {
		job     *batchv1.Job
		writes  bool // the ConfigMap that this run is about to write
		refused bool
		removed bool
	}{
		"writing":                    {job: otherJob(t, now.Add(-time.Minute)), writes: true, refused: true},
		"has not claimed yet":        {job: otherJob(t, now.Add(-time.Minute))},
		"writing past its deadline":  {job: otherJob(t, now.Add(-11*time.Minute)), writes: true, removed: true},
		"finished":                   {job: finished, writes: true, removed: true},
		"kept":                       {job: kept, writes: true, removed: true},
		"begun after this one began": {job: otherJob(t, now.Add(time.Minute))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			f.add(gpuNode("gpu-1"))
			f.add(tt.job)
			if tt.writes {
				other := deploymentOf(t, baseSpec(), otherRun, "gpu-1")
				claimed := other.configMap(other.spec.Name, nil)
				claimed.CreationTimestamp = tt.job.CreationTimestamp
				f.add(claimed)
			}
			f.client.PrependReactor("create", "jobs", func(action clienttesting.Action) (bool, runtime.Object, error) {
				if create, ok := action.(clienttesting.CreateAction); ok {
					create.GetObject().(*batchv1.Job).CreationTimestamp = metav1.NewTime(now)
				}
				return false, nil, nil
			})
			f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
			_, err := f.runner().Run(t.Context(), baseSpec(), testOwner)
			if refused := ReasonOf(err) == Running; refused != tt.refused || !refused && err != nil {
				t.Fatalf("error %v, want refused = %t", err, tt.refused)
			}
			if tt.refused && !strings.Contains(err.Error(), `the Job "`+tt.job.Name+`"`) {
				t.Errorf("error: %v", err)
			}
			if there := slices.Contains(f.left(), "Job "+tt.job.Name); there == tt.removed {
				t.Errorf("left %v, want the other Job removed = %t", f.left(), tt.removed)
			}
		})
	}
}

// Two runs that have both seen that nobody writes: one of them is told.
func TestClaimedInBetween(t *testing.T) {
	t.Parallel()
	for verb, err := range map[string]error{
		"create": apierrors.NewAlreadyExists(schema.GroupResource{Resource: "configmaps"}, "eidos-snapshot"),
		"patch":  apierrors.NewConflict(schema.GroupResource{Resource: "configmaps"}, "eidos-snapshot", errors.New("changed")),
	} {
		f := newFakeCluster(t)
		f.add(gpuNode("gpu-1"))
		var left []string
		if verb == "patch" {
			other := deploymentOf(t, baseSpec(), otherRun, "gpu-1")
			other.owner = testOwner
			f.add(other.configMap(other.spec.Name, nil))
			left = []string{"ConfigMap eidos-snapshot"}
		}
		f.refuse(verb, "configmaps", err)
		if _, err := f.runner().Run(t.Context(), baseSpec(), testOwner); ReasonOf(err) != Running || !strings.Contains(err.Error(), "another run has begun") {
			t.Errorf("%s: error %v", verb, err)
		}
		if diff := cmp.Diff(left, f.left()); diff != "" {
			t.Errorf("%s: left (-want +got):\n%s", verb, diff)
		}
	}
}
