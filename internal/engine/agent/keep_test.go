// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"fmt"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
)

// Jobs that never ran have no end of their own: they are not kept.
func TestKeepOnlyWhatRan(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	for i := range MinParallel + 2 {
		f.add(gpuNode(fmt.Sprintf("gpu-%02d", i)))
	}
	f.play = func(job *batchv1.Job) { f.pod(job, ends(1, "Error", "").Status) }
	spec := baseSpec()
	spec.AllNodes, spec.KeepOnFailure = true, true
	if _, err := f.runner().Run(t.Context(), spec, testOwner); ReasonOf(err) != Failed {
		t.Fatalf("error %v", err)
	}
	jobs := 0
	for _, name := range f.left() {
		if strings.HasPrefix(name, "Job ") {
			jobs++
		}
		if strings.HasPrefix(name, "ConfigMap ") || strings.HasPrefix(name, "Cluster") {
			t.Errorf("left: %s", name)
		}
	}
	if jobs != MinParallel {
		t.Errorf("%d Jobs are left, want the %d that ran", jobs, MinParallel)
	}
}
