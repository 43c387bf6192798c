// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
)

const (
	testOwner = "somebody"
	otherRun  = "zzzzzzzz"
)

func stored(spec Spec, nodes map[string]string) Stored {
	return Stored{Namespace: spec.Namespace, Name: spec.Name, Owner: testOwner, Nodes: nodes}
}

func TestRun(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	var seen []string
	f.play = func(job *batchv1.Job) {
		seen = f.left()
		f.succeed(job, "24.04", 0)
	}
	r := f.runner()
	result, err := r.Run(t.Context(), baseSpec(), testOwner)
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Snapshot().Measurements.Text("K8s", "server", "version"); got != "v1.34.1" {
		t.Errorf("the snapshot has the API server's version %q", got)
	}
	if got := result.Snapshot().Measurements.Text("OS", "release", "VERSION_ID"); got != "24.04" || result.Node != "gpu-1" || len(result.Warnings) > 0 {
		t.Errorf("result %+v", result)
	}
	if len(seen) != 5 {
		t.Errorf("while the agent ran there were %v", seen)
	}
	if diff := cmp.Diff([]string{"ConfigMap eidos-snapshot"}, f.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}

	names := map[string]string{"gpu-1": "eidos-snapshot"}
	again, missing, err := r.Read(t.Context(), stored(baseSpec(), names))
	if err != nil || len(missing) > 0 {
		t.Fatalf("reading: %v, missing %v", err, missing)
	}
	if diff := cmp.Diff(result.Nodes["gpu-1"], again.Nodes["gpu-1"]); diff != "" {
		t.Errorf("read again (-first +now):\n%s", diff)
	}
	left, err := r.Remove(t.Context(), stored(baseSpec(), names))
	if err != nil || len(left) > 0 || len(f.left()) > 0 {
		t.Errorf("removing: %v, left %v, %v", err, left, f.left())
	}
}

func TestRunWithOwnAccount(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	f.add(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "gpu-operator", Name: "mine"}})
	f.play = func(job *batchv1.Job) {
		if account := job.Spec.Template.Spec.ServiceAccountName; account != "mine" || len(f.left()) != 3 {
			t.Errorf("account %q next to %v", account, f.left())
		}
		f.succeed(job, "24.04", 0)
	}
	spec := baseSpec()
	spec.ServiceAccount = "mine"
	if _, err := f.runner().Run(t.Context(), spec, testOwner); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ServiceAccount mine", "ConfigMap eidos-snapshot"}, f.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestRunPartial(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", exitPartial) }
	result, err := f.runner().Run(t.Context(), baseSpec(), testOwner)
	if err != nil || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0].String(), "node gpu-1: OS/kmod: permission denied") {
		t.Errorf("result %+v, %v", result, err)
	}
}

func TestRunOnAllNodes(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	for _, node := range []string{"a", "b", "c", "d"} {
		f.add(gpuNode(node))
	}
	f.add(notReady("e"))
	f.play = func(job *batchv1.Job) {
		switch nodeOf(job) {
		case "a":
			f.succeed(job, "22.04", 0)
		case "d":
			f.pod(job, ends(1, "Error", "no such thing").Status)
		default:
			f.succeed(job, "24.04", 0)
		}
	}
	spec := baseSpec()
	spec.AllNodes = true
	result, err := f.runner().Run(t.Context(), spec, testOwner)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(result.Nodes)); !slices.Equal(got, []string{"a", "b", "c"}) || result.Node != "b" {
		t.Errorf("nodes %v, typical %s", got, result.Node)
	}
	if diff := cmp.Diff(map[string]string{"OS/release/VERSION_ID": "24.04: 2, 22.04: 1"}, result.Disagreements); diff != "" {
		t.Errorf("disagreements (-want +got):\n%s", diff)
	}
	if text := fmt.Sprint(result.Warnings); !strings.Contains(text, "node d, pod") || !strings.Contains(text, "no such thing") || !strings.Contains(text, "e: not ready") {
		t.Errorf("warnings: %v", result.Warnings)
	}
	// The typical node and the one like it share a ConfigMap.
	other := "eidos-snapshot-" + result.Groups[1].SHA256[:12]
	if diff := cmp.Diff([]string{"ConfigMap eidos-snapshot", "ConfigMap " + other}, f.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if got := []string{result.Nodes["a"].ConfigMap, result.Nodes["b"].ConfigMap, result.Nodes["c"].ConfigMap}; !slices.Equal(got, []string{other, "eidos-snapshot", "eidos-snapshot"}) {
		t.Errorf("ConfigMaps %v", got)
	}
	if got := result.LeftOut; len(got) != 2 || !strings.Contains(got["d"], "no such thing") || got["e"] != "not ready NodeStatusUnknown" {
		t.Errorf("left out: %v", got)
	}
	// The same owner, on one node: the ConfigMaps of the others go.
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
	spec.AllNodes, spec.NodeName = false, "a"
	if _, err := f.runner().Run(t.Context(), spec, testOwner); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ConfigMap eidos-snapshot"}, f.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestRunOnManyNodesThatAllFail(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	for i := range 3 * MinParallel {
		f.add(gpuNode("gpu-" + string(rune('a'+i))))
	}
	resumed := make(chan string, 3*MinParallel)
	f.play = func(job *batchv1.Job) {
		resumed <- job.Name
		f.pod(job, waits("ImagePullBackOff", "not found").Status)
	}
	spec := baseSpec()
	spec.AllNodes = true
	_, err := f.runner().Run(t.Context(), spec, testOwner)
	if ReasonOf(err) != NoImage || strings.Count(err.Error(), "not found") != shownNodes {
		t.Errorf("error: %v", err)
	}
	if n := len(resumed); n != MinParallel {
		t.Errorf("%d nodes were tried", n)
	}
	if left := f.left(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	conflict := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "gpu-operator", Name: "eidos-snapshot", Labels: map[string]string{nameLabel: appName}}}
	for name, tt := range map[string]struct {
		prepare func(*fakeCluster)
		play    func(*fakeCluster, *batchv1.Job)
		reason  Reason
		want    []string
		left    []string
	}{
		"agent":   {play: func(f *fakeCluster, job *batchv1.Job) { f.pod(job, ends(1, "Error", "last words").Status) }, reason: Failed, want: []string{"last words"}},
		"nothing": {play: func(f *fakeCluster, job *batchv1.Job) { f.pod(job, ends(0, "", "").Status) }, reason: BadSnapshot, want: []string{"without writing"}},
		"another version": {
			play: func(f *fakeCluster, job *batchv1.Job) {
				f.write(job, "apiVersion: snapshot.dgxc.io/v2\nkind: Snapshot\nmeasurements: []\n")
				f.pod(job, ends(0, "", "").Status)
			},
			reason: BadSnapshot, want: []string{`line 1, column 13`, `got "snapshot.dgxc.io/v2", want "snapshot.dgxc.io/v1"`, "may be of another version"},
		},
		"ConfigMap deleted": {
			play: func(f *fakeCluster, job *batchv1.Job) {
				if err := f.client.CoreV1().ConfigMaps("gpu-operator").Delete(context.Background(), "eidos-snapshot", metav1.DeleteOptions{}); err != nil {
					t.Error(err)
				}
				f.pod(job, ends(0, "", "").Status)
			},
			reason: BadSnapshot, want: []string{"was deleted while the agent ran"},
		},
		"foreign ConfigMap": {
			prepare: func(f *fakeCluster) { f.add(conflict) }, reason: Foreign,
			want: []string{`ConfigMap "eidos-snapshot" in namespace "gpu-operator" is not an agent's`}, left: []string{"ConfigMap eidos-snapshot"},
		},
		"immutable ConfigMap": {
			prepare: func(f *fakeCluster) {
				mine := deploymentOf(f.t, baseSpec(), "abcdefgh", "gpu-1")
				object := mine.configMap(mine.spec.Name, nil)
				object.Immutable = new(true)
				f.add(object)
			}, reason: Foreign, want: []string{"immutable"}, left: []string{"ConfigMap eidos-snapshot"},
		},
		"forbidden": {
			prepare: func(f *fakeCluster) { f.forbid("create", "roles") },
			want:    []string{"cannot create roles.rbac.authorization.k8s.io", `in namespace "gpu-operator"`, "Grant this rule in a Role"},
		},
		"namespace": {
			prepare: func(f *fakeCluster) {
				f.refuse("create", "jobs", apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "gpu-operator"))
			},
			reason: NoNamespace, want: []string{`there is no namespace "gpu-operator": create it first`},
		},
		"quota on objects": {
			prepare: func(f *fakeCluster) {
				f.refuse("create", "jobs", apierrors.NewForbidden(schema.GroupResource{Resource: "jobs"}, "x", errors.New("exceeded quota: q")))
			},
			reason: NotAdmitted, want: []string{"exceeded quota: q. Raise the quota"},
		},
		"rights that Terraform lacks": {
			prepare: func(f *fakeCluster) {
				f.refuse("create", "roles", apierrors.NewForbidden(schema.GroupResource{Resource: "roles"}, "x", errors.New(`user "bob" (groups=[]) is attempting to grant RBAC permissions not currently held`)))
			},
			want: []string{"not currently held"},
		},
		"watch forbidden": {prepare: func(f *fakeCluster) { f.forbid("list", "events") }, want: []string{"cannot list events in namespace"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			f.add(gpuNode("gpu-1"))
			if tt.prepare != nil {
				tt.prepare(f)
			}
			if tt.play != nil {
				f.play = func(job *batchv1.Job) { tt.play(f, job) }
			}
			_, err := f.runner().Run(t.Context(), baseSpec(), testOwner)
			if err == nil || ReasonOf(err) != tt.reason {
				t.Fatalf("error %v, want reason %d", err, tt.reason)
			}
			for _, text := range tt.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error lacks %q: %v", text, err)
				}
			}
			if diff := cmp.Diff(tt.left, f.left()); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
		})
	}
}

func (f *fakeCluster) forbid(verb, resource string) {
	f.refuse(verb, resource, apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "x", errors.New(`User "bob" cannot do it`)))
}

func (f *fakeCluster) refuse(verb, resource string, err error) {
	f.client.PrependReactor(verb, resource, func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, err })
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		timeout time.Duration
		reason  Reason
		want    []string
	}{
		"canceled": {time.Hour, Canceled, []string{"node gpu-1", "canceled"}},
		"timeout":  {time.Nanosecond, TimedOut, []string{"did not answer before the deadline", "the timeout of the agent is 1ns"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			f.add(gpuNode("gpu-1"))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f.client.PrependReactor("list", "nodes", func(clienttesting.Action) (bool, runtime.Object, error) {
				if tt.reason == TimedOut { // as a client does that knows its context
					return true, nil, context.DeadlineExceeded
				}
				return false, nil, nil
			})
			f.play = func(job *batchv1.Job) {
				f.pod(job, corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
					Name: containerName, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
				}}})
				cancel()
			}
			spec := baseSpec()
			spec.Timeout = tt.timeout
			_, err := f.runner().Run(ctx, spec, testOwner)
			if ReasonOf(err) != tt.reason {
				t.Fatalf("error %v, want reason %d", err, tt.reason)
			}
			for _, text := range tt.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error lacks %q: %v", text, err)
				}
			}
			if left := f.left(); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

func TestKeepOnFailure(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.add(gpuNode("gpu-1"))
	f.play = func(job *batchv1.Job) { f.pod(job, ends(1, "Error", "").Status) }
	spec := baseSpec()
	spec.KeepOnFailure = true
	if _, err := f.runner().Run(t.Context(), spec, testOwner); ReasonOf(err) != Failed {
		t.Fatalf("error %v", err)
	}
	jobs, err := f.client.BatchV1().Jobs("").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(jobs.Items) != 1 || jobs.Items[0].Spec.TTLSecondsAfterFinished != nil {
		t.Errorf("the Jobs that were kept: %+v, %v", jobs.Items, err)
	}
	name := jobs.Items[0].Name
	if diff := cmp.Diff([]string{"Job " + name, "ServiceAccount " + name, "Role " + name, "RoleBinding " + name}, f.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	// The next run removes what was kept, whoever's it is.
	f.play = func(job *batchv1.Job) { f.succeed(job, "24.04", 0) }
	if _, err := f.runner().Run(t.Context(), spec, "another"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ConfigMap eidos-snapshot"}, f.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestReadWhatIsMissing(t *testing.T) {
	t.Parallel()
	mine := deploymentOf(t, baseSpec(), "abcdefgh", "gpu-1")
	mine.owner = testOwner
	for name, tt := range map[string]struct {
		change func(*corev1.ConfigMap)
		want   string
		left   []string
	}{
		"taken over": {func(c *corev1.ConfigMap) { c.Labels[ownerLabel] = "another" }, "taken over by another agent", []string{"eidos-snapshot"}},
		"relabelled": {func(c *corev1.ConfigMap) { c.Labels = nil }, "taken over by another agent", []string{"eidos-snapshot"}},
		"emptied":    {func(c *corev1.ConfigMap) { c.Data = nil }, `has no key "snapshot.yaml"`, nil},
		"garbled":    {func(c *corev1.ConfigMap) { c.Data = map[string]string{"snapshot.yaml": "a: ["} }, "line 1, column 1", nil},
		"gone":       {nil, "is gone", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			if tt.change != nil {
				object := mine.configMap(mine.spec.Name, nil)
				tt.change(object)
				f.add(object)
			}
			r, names := f.runner(), stored(baseSpec(), map[string]string{"gpu-1": "eidos-snapshot"})
			result, missing, err := r.Read(t.Context(), names)
			if err != nil || result != nil || len(missing) != 1 || !strings.Contains(missing[0], tt.want) {
				t.Errorf("result %v, missing %v, %v", result, missing, err)
			}
			left, err := r.Remove(t.Context(), names)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.left, left); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
			if there := f.left(); len(there) != len(tt.left) {
				t.Errorf("there: %v", there)
			}
		})
	}
}

func TestRulesAreNotShared(t *testing.T) {
	t.Parallel()
	first, second := collectors(), collectors()
	first[1].rules[0].Verbs[0] = "delete"
	if diff := cmp.Diff([]rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}}}, second[1].rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}
