// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

func allNodes() Spec {
	spec := baseSpec()
	spec.AllNodes = true
	return spec
}

// nodes adds so many, gpu-000 and so on.
func (f *fakeCluster) nodes(n int) {
	f.t.Helper()
	for i := range n {
		f.add(gpuNode(fmt.Sprintf("gpu-%03d", i)))
	}
}

func TestParallel(t *testing.T) {
	t.Parallel()
	for nodes, want := range map[int]int{1: 10, 99: 10, 250: 25, 1000: 100, 5000: 100} {
		if got := allNodes().parallel(nodes); got != want {
			t.Errorf("%d of %d nodes at a time, want %d", got, nodes, want)
		}
	}
	for name, tt := range map[string]struct{ nodes, stated, want int }{
		"stated":  {nodes: 30, stated: 3, want: 3},
		"default": {nodes: 30, want: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			f.nodes(tt.nodes)
			var running, most atomic.Int64
			full := make(chan struct{})
			f.play = func(job *batchv1.Job) {
				now := running.Add(1)
				if now == int64(tt.want) && most.Swap(now) < now {
					close(full)
				} else if now > int64(tt.want) {
					t.Errorf("%d at a time, want %d", now, tt.want)
				}
				<-full
				f.succeed(job, "24.04", 0)
			}
			f.log = func(pod string) (string, error) {
				running.Add(-1) // its place is taken by the next when this is read
				log, _ := f.logs.Load(pod)
				return log.(string), nil
			}
			spec := allNodes()
			spec.Parallel = tt.stated
			result, err := f.runner().Run(t.Context(), spec, testOwner)
			if err != nil || len(result.Nodes) != tt.nodes {
				t.Errorf("result %v, %v", result, err)
			}
		})
	}
}

// Nodes that lie, in any of these ways, cost no other, and neither do those that
// hang, also when all of the first ones do.
func TestNodesThatLie(t *testing.T) {
	t.Parallel()
	const cluster = "  - type: K8s\n    subtypes:\n      - subtype: server\n        data: {version: v9.9.9}\n"
	lies := []func(f *fakeCluster, job *batchv1.Job){
		func(f *fakeCluster, job *batchv1.Job) { f.say(job, fmt.Sprintf(testSnapshot, "gpu-099", "24.04"), 0) },
		func(f *fakeCluster, job *batchv1.Job) {
			f.say(job, fmt.Sprintf(testSnapshot, nodeOf(job), "24.04")+cluster, 0)
		},
		func(f *fakeCluster, job *batchv1.Job) { f.say(job, "kind: Nonsense\n", 0) },
		func(f *fakeCluster, job *batchv1.Job) { f.say(job, strings.Repeat("# padding\n", maxDocument/10+1), 0) },
		func(f *fakeCluster, job *batchv1.Job) {
			f.succeed(job, "24.04", 0)
			f.logs.Store(podName(job), strings.Repeat("noise\n", maxLog))
		},
		func(f *fakeCluster, job *batchv1.Job) { f.pod(job, ends(0, "", "").Status) },
		func(f *fakeCluster, job *batchv1.Job) {
			f.succeed(job, "24.04", 0)
			log, _ := f.logs.Load(podName(job))
			f.logs.Store(podName(job), strings.Replace(log.(string), "ubuntu", "debian", 1))
		},
		func(f *fakeCluster, job *batchv1.Job) { f.pod(job, ends(1, "Error", "no").Status) },
		func(*fakeCluster, *batchv1.Job) {},
		func(*fakeCluster, *batchv1.Job) {},
	}
	wants := []string{
		`wrote the snapshot of a node "gpu-099"`, "wrote about the cluster", "cannot be read", "more than the 262144 that are read",
		"the log holds no document", "the log holds no document", "does not have the SHA-256", "exit status 1", "did not end in time", "did not end in time",
	}
	synctest.Test(t, func(t *testing.T) { // the time is the test's own
		f := newFakeCluster(t)
		f.nodes(2 * len(lies))
		f.play = func(job *batchv1.Job) {
			var i int
			if _, err := fmt.Sscanf(nodeOf(job), "gpu-%d", &i); err != nil {
				t.Error(err)
			}
			if i < len(lies) {
				lies[i](f, job)
				return
			}
			f.succeed(job, "24.04", 0)
		}
		var last Progress
		r := f.runner()
		r.Report = func(p Progress) { last = p }
		result, err := r.Run(t.Context(), allNodes(), testOwner)
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Nodes) != len(lies) || len(result.Groups) != 1 || result.Snapshot().Measurements.Text("K8s", "server", "version") != "v1.34.1" {
			t.Errorf("nodes %v", slices.Sorted(maps.Keys(result.Nodes)))
		}
		for i, want := range wants {
			if got := result.LeftOut[fmt.Sprintf("gpu-%03d", i)]; !strings.Contains(got, want) {
				t.Errorf("node %d was left out because %q, want %q", i, got, want)
			}
		}
		if last.Ended != last.Nodes || last.Nodes != 2*len(lies) || last.Failed != len(lies) {
			t.Errorf("progress %+v", last)
		}
		if diff := cmp.Diff([]string{"ConfigMap eidos-snapshot"}, f.left()); diff != "" {
			t.Errorf("left (-want +got):\n%s", diff)
		}
	})
}

// Whoever may not read logs is told so once, not for each node.
func TestLogForbidden(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.nodes(30)
	f.log = func(pod string) (string, error) {
		return "", apierrors.NewForbidden(schema.GroupResource{Resource: "pods/log"}, pod, errors.New(`User "bob" cannot get resource "pods/log"`))
	}
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
	_, err := f.runner().Run(t.Context(), allNodes(), testOwner)
	if err == nil || !strings.Contains(err.Error(), "cannot get pods/log") || !strings.Contains(err.Error(), `in namespace "gpu-operator"`) || strings.Count(err.Error(), "bob") != 1 {
		t.Errorf("error %v", err)
	}
	if left := f.left(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// A log that breaks off is read again.
func TestLogIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakeCluster(t)
		f.nodes(1)
		reads := 0
		f.log = func(pod string) (string, error) {
			if reads++; reads == 1 {
				return "", io.ErrUnexpectedEOF
			}
			log, _ := f.logs.Load(pod)
			return log.(string)[:len(log.(string))/max(1, 4-reads)], nil
		}
		f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", exitPartial) }
		result, err := f.runner().Run(t.Context(), allNodes(), testOwner)
		if err != nil || reads != 3 {
			t.Fatalf("%d reads, %v", reads, err)
		}
		if text := fmt.Sprint(result.Warnings); !strings.Contains(text, "node gpu-000: a note\nOS/kmod: permission denied]") {
			t.Errorf("warnings %s", text)
		}
	})
}

// What the API server knows needs no pod.
func TestClusterOnly(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{false, true} {
		f := newFakeCluster(t)
		f.nodes(3)
		f.play = func(job *batchv1.Job) { t.Errorf("the Job %s runs", job.Name) }
		spec := baseSpec()
		spec.AllNodes, spec.Collectors = all, []string{"K8s"}
		result, err := f.runner().Run(t.Context(), spec, testOwner)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{false: 1, true: 3}[all]; len(result.Nodes) != want || len(result.Groups) != 1 || result.Snapshot().Measurements.Text("K8s", "server", "version") != "v1.34.1" {
			t.Errorf("result %+v", result)
		}
		if left := f.left(); !slices.Equal(left, []string{"ConfigMap eidos-snapshot"}) {
			t.Errorf("left %v", left)
		}
	}
}

func TestClusterDoesNotTell(t *testing.T) {
	t.Parallel()
	broken := func() []snapshot.Collector {
		all := asked()
		for i := range all {
			all[i].Collect = func(context.Context) (measurement.List, error) { return nil, errors.New("cannot list it") }
		}
		return all
	}
	f := newFakeCluster(t)
	f.nodes(1)
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
	r := f.runner()
	r.Cluster = broken()
	result, err := r.Run(t.Context(), baseSpec(), testOwner)
	if err != nil || len(result.Warnings) != 1 || result.Warnings[0].Kind != Incomplete || !strings.Contains(result.Warnings[0].String(), "K8s/node: cannot list it") {
		t.Errorf("result %+v, %v", result, err)
	}
	spec := baseSpec()
	spec.Collectors = []string{"k8s"}
	if _, err := r.Run(t.Context(), spec, testOwner); ReasonOf(err) != Failed || !strings.Contains(err.Error(), "nothing was collected: K8s/image: cannot list it") {
		t.Errorf("error %v", err)
	}
}

func nodeSnapshot(pairs ...string) document.Snapshot {
	list := measurement.List{}
	for i := 0; i < len(pairs); i += 2 {
		list = list.With(measurement.ParsePath(pairs[i]), measurement.Str(pairs[i+1]))
	}
	return document.Snapshot{Measurements: list}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	f := newFleet()
	f.add("d", nodeSnapshot("OS/release/ID", "rhel", "OS/kmod/efa", "true", "OS/grub/quiet", "1"))
	f.add("b", nodeSnapshot("OS/release/ID", "ubuntu", "OS/kmod/efa", "true"))
	f.add("a", nodeSnapshot("OS/release/ID", "ubuntu"))
	f.add("c", nodeSnapshot("OS/release/ID", "ubuntu", "OS/kmod/efa", "true"))
	f.complete(nodeSnapshot("K8s/server/version", "v1.34.1", "OS/release/ID", "the cluster's", "OS/kmod/efa", "true").Measurements)
	r, err := f.result()
	if err != nil {
		t.Fatal(err)
	}
	// What the cluster says of a node makes it equal to those that say so themselves.
	var got []string
	for _, g := range r.Groups {
		differences := fmt.Sprint(len(g.Differences))
		for _, path := range slices.Sorted(maps.Keys(g.Differences)) {
			differences += " " + path
			if said := g.Differences[path]; said != nil {
				differences += "=" + *said
			}
		}
		got = append(got, strings.Join(g.Nodes, " ")+": "+differences)
	}
	want := []string{"a b c: 0", "d: 2 OS/grub/quiet=1 OS/release/ID=rhel"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	f.add("d", nodeSnapshot("OS/kmod/efa", "true"))
	if r, err = f.result(); err != nil || len(r.Groups) != 2 || r.Groups[1].Differences["OS/release/ID"] != nil {
		t.Errorf("groups %+v, %v", r.Groups, err)
	}
}

// Snapshots that all differ fill no more of etcd than what is theirs.
func TestStoredIsBounded(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	const nodes = 50
	f.nodes(nodes)
	f.play = func(job *batchv1.Job) {
		f.say(job, fmt.Sprintf(testSnapshot, nodeOf(job), nodeOf(job)+strings.Repeat("x", 200<<10)), 0)
	}
	result, err := f.runner().Run(t.Context(), allNodes(), testOwner)
	if err != nil {
		t.Fatal(err)
	}
	stored, size := Stored{Namespace: "gpu-operator", Name: "eidos-snapshot", Owner: testOwner, Nodes: map[string]string{}, SHA256: map[string]string{}}, 0
	for _, g := range result.Groups {
		stored.Nodes[g.Nodes[0]], stored.SHA256[g.ConfigMap] = g.ConfigMap, g.SHA256
		if g.ConfigMap != "" {
			size += 200 << 10
		}
	}
	if names := stored.names(); size > maxStored || len(names) < 35 || len(f.left()) != len(names) || len(result.Nodes) != nodes || len(result.Groups) != nodes {
		t.Errorf("%d ConfigMaps, %d bytes", len(names), size)
	}
	if w := result.Warnings; len(w) != 1 || w[0].Kind != NotStored {
		t.Errorf("warnings %v", w)
	}
	r := f.runner()
	if again, missing, err := r.Read(t.Context(), stored); again != nil || len(missing) > 0 || err != nil {
		t.Errorf("nothing has changed: %v, %v, %v", again, missing, err)
	}
	stored.SHA256["eidos-snapshot"] = "another"
	if _, missing, err := r.Read(t.Context(), stored); len(missing) == 0 || !strings.Contains(missing[0], "has been rewritten") || err != nil {
		t.Errorf("missing %v, %v", missing, err)
	}
}

// A node that hangs costs no more than its place for half of the time.
func TestNodeTimeout(t *testing.T) {
	t.Parallel()
	spec := allNodes()
	spec.Timeout = time.Hour
	if got := spec.nodeTimeout(); got != 30*time.Minute {
		t.Errorf("%s on a node", got)
	}
	spec.AllNodes = false
	if got := spec.nodeTimeout(); got != time.Hour {
		t.Errorf("%s on the only node", got)
	}
}
