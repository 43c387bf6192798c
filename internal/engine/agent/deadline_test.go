// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

// One node that hangs takes nothing away from the others.
func TestDeadlineOnAllNodes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the time is the test's own
		f := newFakeCluster(t)
		for _, node := range []string{"a", "b", "c"} {
			f.add(gpuNode(node))
		}
		f.play = func(job *batchv1.Job) {
			if nodeOf(job) != "b" {
				f.succeed(job, "24.04", 0)
			}
		}
		spec := baseSpec()
		spec.AllNodes, spec.Timeout = true, time.Minute
		result, err := f.runner().Run(t.Context(), spec, testOwner)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(result.Nodes)); !slices.Equal(got, []string{"a", "c"}) {
			t.Errorf("nodes %v", got)
		}
		if w := result.Warnings; len(w) != 1 || w[0].Kind != FailedNodes || !strings.Contains(w[0].String(), "node b, Job") || !strings.Contains(w[0].String(), "did not end in time") {
			t.Errorf("warnings %v", w)
		}
		if left := f.left(); !slices.Equal(left, []string{"ConfigMap eidos-snapshot"}) {
			t.Errorf("left: %v", left)
		}
	})
}

// What cannot be removed after a success is a warning.
func TestPruneFails(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	f.client.PrependReactor("list", "configmaps", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("etcd is slow")
	})
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
	result, err := f.runner().Run(t.Context(), baseSpec(), testOwner)
	if err != nil {
		t.Fatal(err)
	}
	if w := result.Warnings; len(w) != 1 || w[0].Kind != Leftovers || !strings.Contains(w[0].Text, "etcd is slow") {
		t.Errorf("warnings %v", w)
	}
}

// Who runs on one node without room is told of the others.
func TestUnschedulableNamesOtherNodes(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	f.add(gpuNode("gpu-2"))
	f.play = func(job *batchv1.Job) {
		f.pod(job, conditioned(corev1.PodScheduled, corev1.ConditionFalse, "Unschedulable", "1 Too many pods.").Status)
	}
	_, err := f.runner().Run(t.Context(), baseSpec(), testOwner)
	if ReasonOf(err) != Unschedulable || !strings.Contains(err.Error(), "node_name or node_selector:\n  gpu-2") {
		t.Errorf("error %v", err)
	}
}
