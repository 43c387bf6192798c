// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"fmt"
	"slices"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
)

// A run that is discarded leaves its result and nothing in the cluster, and takes
// away what an earlier one of the same owner left when it was killed.
func TestDiscard(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{false, true} {
		for _, killed := range []bool{false, true} {
			t.Run(fmt.Sprintf("all nodes %t, killed before %t", all, killed), func(t *testing.T) {
				t.Parallel()
				f := newFakeCluster(t)
				f.nodes(3)
				if killed {
					object := anothers(t)
					object.Labels[ownerLabel] = testOwner
					f.add(object)
				}
				f.play = func(job *batchv1.Job) {
					version := "24.04"
					if nodeOf(job) == "gpu-002" {
						version = "22.04"
					}
					f.succeed(job, version, 0)
				}
				spec := baseSpec()
				spec.AllNodes, spec.Discard = all, true
				result, err := f.runner().Run(t.Context(), spec, testOwner)
				if err != nil {
					t.Fatal(err)
				}
				if got := result.Snapshot().Measurements.Text("OS", "release", "VERSION_ID"); got != "24.04" || len(result.Warnings) > 0 {
					t.Errorf("VERSION_ID %q, warnings %v", got, result.Warnings)
				}
				if want := map[bool]int{false: 1, true: 2}[all]; len(result.Groups) != want {
					t.Errorf("%d groups", len(result.Groups))
				}
				if left := f.left(); len(left) > 0 {
					t.Errorf("left %v", left)
				}
			})
		}
	}
}

// Those who follow a run see each node begin and end.
func TestProgressCounts(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.nodes(3)
	f.play = func(job *batchv1.Job) {
		if nodeOf(job) == "gpu-001" {
			f.pod(job, ends(1, "Error", "no").Status)
			return
		}
		f.succeed(job, "24.04", 0)
	}
	var all []Progress
	r := f.runner()
	r.Report = func(p Progress) { all = append(all, p) }
	spec := allNodes()
	spec.Parallel = 1
	if _, err := r.Run(t.Context(), spec, testOwner); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, p := range all {
		seen = append(seen, fmt.Sprintf("%s %d/%d %d running, %d failed, error %t", p.Node, p.Ended, p.Nodes, p.Running, p.Failed, p.Err != nil))
	}
	want := []string{
		" 0/3 1 running, 0 failed, error false", "gpu-000 1/3 0 running, 0 failed, error false",
		" 1/3 1 running, 0 failed, error false", "gpu-001 2/3 0 running, 1 failed, error true",
		" 2/3 1 running, 1 failed, error false", "gpu-002 3/3 0 running, 1 failed, error false",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("progress %q, want %q", seen, want)
	}
}
