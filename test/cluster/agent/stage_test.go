// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// stage is a namespace in which somebody plays what a cluster has next to its API
// server: the Job controller, the scheduler, the kubelets and the garbage
// collector.
type stage struct {
	t         *testing.T
	server    *apiserver.Server
	client    *kubernetes.Clientset
	namespace string
	// host is the file system of a node.
	host func(node string) host
	// kubelet runs a pod; the real command unless a test plays something else.
	kubelet func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus
	// schedule may put a pod off; nil lets every pod run on the node it asks for.
	schedule func(pod *corev1.Pod) *corev1.PodCondition

	mu      sync.Mutex
	maxRSS  int64 // KiB, of the largest agent
	maxCPU  time.Duration
	resumed map[string]bool
	// jobs is how many are there, and mostJobs how many were at most.
	jobs, mostJobs int
}

// newStage creates a namespace that allows what agents mount, and plays in it
// until the test ends.
func newStage(t *testing.T, namespace string, change ...func(*stage)) *stage {
	t.Helper()
	return newStageOn(t, server, namespace, change...)
}

func newStageOn(t *testing.T, server *apiserver.Server, namespace string, change ...func(*stage)) *stage {
	t.Helper()
	client, err := kubernetes.NewForConfig(server.Admin())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, server: server, client: client, namespace: namespace, resumed: map[string]bool{}}
	s.host = func(string) host { return newHost("6.8.0-1034-aws") }
	s.kubelet = s.runCommand
	for _, f := range change {
		f(s)
	}
	fixture.Create(t, server.Admin(), fixture.Namespace(namespace))
	ctx, cancel := context.WithCancel(context.Background())
	none, err := client.BatchV1().Jobs(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// The API server ends the watch of a client that is slow, as one with a fleet is.
	jobs, err := watchtools.NewRetryWatcherWithContext(ctx, none.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: client.BatchV1().Jobs(namespace).Watch,
	})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() { s.control(ctx, &group, jobs) })
	t.Cleanup(func() {
		cancel()
		jobs.Stop()
		group.Wait()
	})
	return s
}

// control is the Job controller and the garbage collector.
func (s *stage) control(ctx context.Context, group *sync.WaitGroup, jobs watch.Interface) {
	for event := range jobs.ResultChan() {
		job, ok := event.Object.(*batchv1.Job)
		s.count(event.Type)
		switch {
		case !ok:
			s.t.Errorf("the watch of Jobs ends: %v", event.Object)
			return
		case event.Type == watch.Deleted:
			group.Go(func() { s.collectGarbage(ctx, job) })
		case (job.Spec.Suspend == nil || !*job.Spec.Suspend) && !s.resumed[job.Name]:
			s.resumed[job.Name] = true
			group.Go(func() { s.runJob(ctx, job) })
		}
	}
}

// count keeps the number of Jobs.
func (s *stage) count(event watch.EventType) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch event {
	case watch.Added:
		s.jobs++
		s.mostJobs = max(s.mostJobs, s.jobs)
	case watch.Deleted:
		s.jobs--
	}
}

func (s *stage) most() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostJobs
}

func (s *stage) runJob(ctx context.Context, job *batchv1.Job) {
	pod, err := s.client.CoreV1().Pods(s.namespace).Create(ctx, podOf(job), metav1.CreateOptions{})
	if err != nil {
		s.report(ctx, "Job", job, "FailedCreate", "Error creating: "+err.Error())
		return
	}
	if s.schedule != nil {
		if condition := s.schedule(pod); condition != nil {
			s.setStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{*condition}})
			return
		}
	}
	s.bind(ctx, pod)
	status := s.kubelet(ctx, pod)
	s.setStatus(ctx, pod, status)
	s.finish(ctx, job, status)
}

func podOf(job *batchv1.Job) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: *job.Spec.Template.ObjectMeta.DeepCopy(), Spec: *job.Spec.Template.Spec.DeepCopy()}
	pod.GenerateName = job.Name + "-"
	pod.Labels[batchv1.JobNameLabel] = job.Name
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(job, batchv1.SchemeGroupVersion.WithKind("Job"))}
	return pod
}

// bind is the scheduler: a pod names the only node that it may run on, or takes
// one of those with GPUs.
func (s *stage) bind(ctx context.Context, pod *corev1.Pod) {
	node := "gpu-1"
	terms := pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	if fields := terms[0].MatchFields; len(fields) > 0 {
		node = fields[0].Values[0]
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}, Target: corev1.ObjectReference{Kind: "Node", Name: node}}
	s.check(s.client.CoreV1().Pods(s.namespace).Bind(ctx, binding, metav1.CreateOptions{}))
	pod.Spec.NodeName = node
}

func (s *stage) setStatus(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) {
	current, err := s.client.CoreV1().Pods(s.namespace).Get(ctx, pod.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return // removed in the meantime
	}
	if err != nil {
		s.check(err)
		return
	}
	current.Status = status
	_, err = s.client.CoreV1().Pods(s.namespace).UpdateStatus(ctx, current, metav1.UpdateOptions{})
	if !apierrors.IsNotFound(err) {
		s.check(err)
	}
}

// finish sets the status of a Job whose pod has ended.
func (s *stage) finish(ctx context.Context, job *batchv1.Job, status corev1.PodStatus) {
	if status.Phase != corev1.PodSucceeded && status.Phase != corev1.PodFailed {
		return
	}
	current, err := s.client.BatchV1().Jobs(s.namespace).Get(ctx, job.Name, metav1.GetOptions{})
	if err != nil {
		return // removed in the meantime
	}
	now := metav1.Now()
	current.Status.StartTime = &now
	types := []batchv1.JobConditionType{batchv1.JobFailureTarget, batchv1.JobFailed}
	current.Status.Failed = 1
	if status.Phase == corev1.PodSucceeded {
		types = []batchv1.JobConditionType{batchv1.JobSuccessCriteriaMet, batchv1.JobComplete}
		current.Status.Failed, current.Status.Succeeded, current.Status.CompletionTime = 0, 1, &now
	}
	for _, t := range types {
		current.Status.Conditions = append(current.Status.Conditions, batchv1.JobCondition{
			Type: t, Status: corev1.ConditionTrue, Reason: "Played", LastTransitionTime: now, LastProbeTime: now,
		})
	}
	_, err = s.client.BatchV1().Jobs(s.namespace).UpdateStatus(ctx, current, metav1.UpdateOptions{})
	if !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		s.check(err)
	}
}

// collectGarbage removes the pods of a Job that is gone.
func (s *stage) collectGarbage(ctx context.Context, job *batchv1.Job) {
	now := metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}
	err := s.client.CoreV1().Pods(s.namespace).DeleteCollection(ctx, now, metav1.ListOptions{LabelSelector: batchv1.JobNameLabel + "=" + job.Name})
	s.check(err)
}

// report is a warning of a controller or a kubelet.
func (s *stage) report(ctx context.Context, kind string, about metav1.Object, reason, message string) {
	name := about.GetName()
	event := &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{GenerateName: name + ".", Namespace: s.namespace},
		InvolvedObject: corev1.ObjectReference{Kind: kind, Namespace: s.namespace, Name: name, UID: about.GetUID()},
		Type:           corev1.EventTypeWarning, Reason: reason, Message: message,
	}
	_, err := s.client.CoreV1().Events(s.namespace).Create(ctx, event, metav1.CreateOptions{})
	s.check(err)
}

// check fails the test, unless the stage is being left.
func (s *stage) check(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		s.t.Error(err)
	}
}
