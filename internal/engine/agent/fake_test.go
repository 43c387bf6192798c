// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/frame"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

const testSnapshot = `apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
metadata:
  created: "2026-11-02T09:15:00Z"
  hostname: %[1]s
measurements:
  - type: OS
    subtypes:
      - subtype: release
        data:
          ID: ubuntu
          VERSION_ID: "%[2]s"
`

// fakeCluster is client-go's, with somebody who plays the Job controller and the
// kubelet.
type fakeCluster struct {
	t      *testing.T
	client *fake.Clientset
	// play is called with every Job that is resumed, in a goroutine of its own.
	play func(job *batchv1.Job)
	// version of what agents write.
	version atomic.Int64
	// logs of pods by name.
	logs sync.Map
	// log answers for a pod where it is set.
	log func(pod string) (string, error)
}

func newFakeCluster(t *testing.T) *fakeCluster {
	t.Helper()
	f := &fakeCluster{t: t, client: fake.NewClientset()}
	f.client.PrependReactor("patch", "jobs", func(action clienttesting.Action) (bool, runtime.Object, error) {
		patch, ok := action.(clienttesting.PatchAction)
		if ok && strings.Contains(string(patch.GetPatch()), "suspend") && f.play != nil {
			play := f.play
			go func() { play(f.job(patch.GetNamespace(), patch.GetName())) }() // the client is locked until this returns
		}
		return false, nil, nil
	})
	f.client.PrependReactor("create", "jobs", func(action clienttesting.Action) (bool, runtime.Object, error) {
		job := action.(clienttesting.CreateAction).GetObject().(*batchv1.Job).DeepCopy()
		if !isSuspended(job) && f.play != nil {
			go f.play(job)
		}
		return false, nil, nil
	})
	return f
}

// logOf answers what client-go's fake cannot tell apart: whose it is.
func (f *fakeCluster) logOf(pod string) (io.ReadCloser, error) {
	text, err := "", error(nil)
	if f.log != nil {
		text, err = f.log(pod)
	} else if log, ok := f.logs.Load(pod); ok {
		text = log.(string)
	}
	return io.NopCloser(strings.NewReader(text)), err
}

// asked are collectors of the API server that find a version of it.
func asked() []snapshot.Collector {
	var all []snapshot.Collector
	for _, c := range snapshot.Kubernetes(nil, snapshot.KubernetesOptions{}) {
		c.Collect = func(context.Context) (measurement.List, error) { return nil, nil }
		if c.Name == snapshot.KubernetesServer {
			c.Collect = func(context.Context) (measurement.List, error) {
				return measurement.List{}.With(measurement.ParsePath("K8s/server/version"), measurement.Str("v1.34.1")), nil
			}
		}
		all = append(all, c)
	}
	return all
}

// in forgets what else client-go's clients can do.
func in[T, L any, C typed.Objects[T, L]](client func(string) C) typed.In[T, L] {
	return func(namespace string) typed.Objects[T, L] { return client(namespace) }
}

func (f *fakeCluster) runner() *Runner {
	f.t.Helper()
	connection, err := cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: "https://api.example"}, nil }).Connect()
	if err != nil {
		f.t.Fatal(err)
	}
	core, batch, rbac := f.client.CoreV1(), f.client.BatchV1(), f.client.RbacV1()
	clients := &typed.Connection{
		Connection: connection, Nodes: core.Nodes(),
		ConfigMaps:      in(core.ConfigMaps),
		Events:          in(core.Events),
		Jobs:            in(batch.Jobs),
		Pods:            in(core.Pods),
		Roles:           in(rbac.Roles),
		RoleBindings:    in(rbac.RoleBindings),
		ServiceAccounts: in(core.ServiceAccounts),
		Log: func(_ context.Context, _, pod string, _ *corev1.PodLogOptions) (io.ReadCloser, error) {
			return f.logOf(pod)
		},
	}
	return &Runner{Connection: clients, Cluster: asked(), GPUInstanceType: func(t string) bool { return t == "p5.48xlarge" }}
}

func (f *fakeCluster) add(object runtime.Object) {
	f.t.Helper()
	if err := f.client.Tracker().Add(object); err != nil {
		f.t.Error(err)
	}
}

func (f *fakeCluster) job(namespace, name string) *batchv1.Job {
	f.t.Helper()
	job, err := f.client.BatchV1().Jobs(namespace).Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		f.t.Error(err)
	}
	return job
}

// pod creates the pod of a Job with a status.
func (f *fakeCluster) pod(job *batchv1.Job, status corev1.PodStatus) {
	f.t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: job.Namespace, Name: podName(job), Labels: job.Spec.Template.Labels},
		Spec:       job.Spec.Template.Spec, Status: status,
	}
	pod.Spec.NodeName = nodeOf(job)
	pod.Labels[batchv1.JobNameLabel] = job.Name
	f.add(pod)
}

// write stores a document as the agent would.
func (f *fakeCluster) write(job *batchv1.Job, document string) {
	f.t.Helper()
	output := job.Spec.Template.Spec.Containers[0].Args[2]
	namespace, name, _ := strings.Cut(strings.TrimPrefix(output, "cm://"), "/")
	configMaps := f.client.CoreV1().ConfigMaps(namespace)
	object, err := configMaps.Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		f.t.Error(err)
		return
	}
	object.Data = map[string]string{"snapshot.yaml": document}
	object.ResourceVersion = fmt.Sprint(f.version.Add(1))
	if _, err := configMaps.Update(context.Background(), object, metav1.UpdateOptions{}); err != nil {
		f.t.Error(err)
	}
}

// succeed writes a snapshot with a version of Ubuntu and ends with a status.
func (f *fakeCluster) succeed(job *batchv1.Job, version string, code int32) {
	f.say(job, fmt.Sprintf(testSnapshot, nodeOf(job), version), code)
}

// say writes a document and ends with a status.
func (f *fakeCluster) say(job *batchv1.Job, document string, code int32) {
	const failure = "OS/kmod: permission denied"
	if slices.Contains(job.Spec.Template.Spec.Containers[0].Args, "--framed") {
		var log bytes.Buffer
		if err := frame.Write(&log, []byte(document)); err != nil {
			f.t.Error(err)
		}
		f.logs.Store(podName(job), "a note\n"+log.String()+failure+"\n")
	} else {
		f.write(job, document)
	}
	f.pod(job, ends(code, "", failure).Status)
}

func podName(job *batchv1.Job) string { return job.Name + "-x1y2z" }

func nodeOf(job *batchv1.Job) string {
	return job.Spec.Template.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchFields[0].Values[0]
}

// left lists what is there of the kinds that a run creates, as "Kind name".
// Kubernetes' garbage collector removes the pods.
func (f *fakeCluster) left() []string {
	f.t.Helper()
	ctx, all := context.Background(), metav1.ListOptions{}
	var names []string
	add := func(kind string, list runtime.Object, err error) {
		if err != nil {
			f.t.Fatal(err)
		}
		err = meta.EachListItem(list, func(object runtime.Object) error {
			accessor, err := meta.Accessor(object)
			names = append(names, kind+" "+accessor.GetName())
			return err
		})
		if err != nil {
			f.t.Fatal(err)
		}
	}
	jobs, err := f.client.BatchV1().Jobs("").List(ctx, all)
	add("Job", jobs, err)
	accounts, err := f.client.CoreV1().ServiceAccounts("").List(ctx, all)
	add("ServiceAccount", accounts, err)
	roles, err := f.client.RbacV1().Roles("").List(ctx, all)
	add("Role", roles, err)
	bindings, err := f.client.RbacV1().RoleBindings("").List(ctx, all)
	add("RoleBinding", bindings, err)
	configMaps, err := f.client.CoreV1().ConfigMaps("").List(ctx, all)
	add("ConfigMap", configMaps, err)
	return names
}
