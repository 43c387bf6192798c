// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const testJob = "eidos-snapshot-abcdefgh"

func podWith(status corev1.PodStatus) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "gpu-operator", Name: testJob + "-x1y2z", Labels: map[string]string{batchv1.JobNameLabel: testJob}},
		Status:     status,
	}
}

func waits(reason, message string) *corev1.Pod {
	return podWith(corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
		Name: containerName, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}},
	}}})
}

func ends(code int32, reason, message string) *corev1.Pod {
	return podWith(corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{{
		Name: containerName, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, Message: message}},
	}}})
}

func conditioned(t corev1.PodConditionType, status corev1.ConditionStatus, reason, message string) *corev1.Pod {
	return podWith(corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{{Type: t, Status: status, Reason: reason, Message: message}}})
}

func madeUp(pod *corev1.Pod) *corev1.Pod {
	pod.Spec.NodeName = "gpu-2"
	return pod
}

func nominated() *corev1.Pod {
	pod := conditioned(corev1.PodScheduled, corev1.ConditionFalse, "Unschedulable", "preempting")
	pod.Status.NominatedNodeName = "gpu-1"
	return pod
}

func failedJob(reason, message string) *batchv1.Job {
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: testJob},
		Status:     batchv1.JobStatus{Conditions: []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: reason, Message: message}}},
	}
}

func event(kind, name, reason, message string) *corev1.Event {
	return &corev1.Event{InvolvedObject: corev1.ObjectReference{Kind: kind, Name: name}, Reason: reason, Message: message, Type: corev1.EventTypeWarning}
}

// forged is an event that somebody writes who knows names alone.
func forged(e *corev1.Event) *corev1.Event {
	e.InvolvedObject.UID = "made-up"
	return e
}

func put(objects ...runtime.Object) []change {
	var changes []change
	for _, object := range objects {
		changes = append(changes, change{one: object})
	}
	return changes
}

func gone(object runtime.Object) change { return change{one: object, removed: true} }

// attemptOf is an attempt that has just begun.
func attemptOf(t *testing.T) (*progress, *attempt) {
	t.Helper()
	d := deploymentOf(t, baseSpec(), "abcdefgh", "gpu-1")
	p, a := &progress{}, &attempt{target: d.targets[0], spec: d.spec, job: d.job(d.targets[0], false)}
	p.begin(a)
	return p, a
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	const image = "registry.example/eidos:1.2.3"
	for name, tt := range map[string]struct {
		changes []change
		reason  Reason
		want    []string // nothing for an attempt that goes on
	}{
		"nothing yet":          {},
		"scheduled":            {changes: put(conditioned(corev1.PodScheduled, corev1.ConditionTrue, "", ""))},
		"container is created": {changes: put(waits("ContainerCreating", ""))},
		"first pull failed":    {changes: put(waits("ErrImagePull", "not found"))},
		"image not found": {
			changes: put(waits("ErrImagePull", "manifest unknown"), waits("ImagePullBackOff", "Back-off pulling image")),
			reason:  NoImage, want: []string{"node gpu-1, pod " + testJob + "-x1y2z: ", image, "manifest unknown", "ImagePullBackOff", "image_pull_secrets"},
		},
		"image name":  {changes: put(waits("InvalidImageName", "couldn't parse")), reason: NoImage, want: []string{"couldn't parse"}},
		"root image":  {changes: put(waits("CreateContainerConfigError", "container has runAsNonRoot and image will run as root")), reason: NotStarted, want: []string{"runAsNonRoot"}},
		"not eidos":   {changes: put(ends(128, "StartError", `exec: "eidos": not found`)), reason: NotStarted, want: []string{`exec: "eidos": not found`, "an image of the eidos command"}},
		"agent fails": {changes: put(ends(1, "Error", "line one\nline two\n")), reason: Failed, want: []string{"exit status 1. Its last lines:\n  line one\n  line two"}},
		"out of memory": {changes: put(ends(137, "OOMKilled", "")), reason: Failed, want: []string{
			"exit status 137 (OOMKilled). It wrote nothing",
		}},
		"evicted": {
			changes: put(podWith(corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted", Message: "low on memory"})),
			reason:  Lost, want: []string{"(Evicted): low on memory"},
		},
		"preempted": {
			changes: put(conditioned(corev1.DisruptionTarget, corev1.ConditionTrue, "PreemptionByScheduler", "preempting")),
			reason:  Lost, want: []string{"(PreemptionByScheduler): preempting"},
		},
		"node gone":                     {changes: append(put(waits("ContainerCreating", "")), gone(waits("", ""))), reason: Lost, want: []string{"the node disappeared"}},
		"pod that another node made up": {changes: put(madeUp(ends(1, "Error", "lies")))},
		"Job younger than the list":     {changes: []change{{kind: jobKind, all: []runtime.Object{}}}},
		"Job gone while nobody looked": {
			changes: append(put(&batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: testJob}}), change{kind: jobKind, all: []runtime.Object{}}),
			reason:  Lost, want: []string{"the Job was deleted"},
		},
		"pod gone while nobody looked": {
			changes: append(put(waits("ContainerCreating", "")), change{kind: podKind, all: []runtime.Object{}}),
			reason:  Lost, want: []string{"the node disappeared"},
		},
		"no room": {
			changes: put(conditioned(corev1.PodScheduled, corev1.ConditionFalse, "Unschedulable", "0/1 nodes are available: 1 Too many pods.")),
			reason:  Unschedulable, want: []string{"1 Too many pods"},
		},
		"gated": {changes: put(conditioned(corev1.PodScheduled, corev1.ConditionFalse, "SchedulingGated", ""))},
		"Pod Security": {
			changes: put(event("Job", testJob, "FailedCreate", `Error creating: pods "x" is forbidden: violates PodSecurity "baseline:latest": hostPath volumes`)),
			reason:  NotAdmitted, want: []string{"hostPath volumes", "enforce=privileged", "limit collectors to those of type K8s"},
		},
		"quota":   {changes: put(event("Job", testJob, "FailedCreate", `pods "x" is forbidden: exceeded quota: q`)), reason: NotAdmitted, want: []string{"exceeded quota: q. Raise the quota"}},
		"webhook": {changes: put(event("Job", testJob, "FailedCreate", `admission webhook "w" denied the request: no`)), reason: NotAdmitted, want: []string{"denied the request: no"}},
		"failed quota": {
			changes: put(event("Job", testJob, "FailedCreate", `pods "x" is forbidden: failed quota: q: must specify limits.ephemeral-storage`)),
			reason:  NotAdmitted, want: []string{"LimitRange"},
		},
		"quota not counted yet": {changes: put(event("Job", testJob, "FailedCreate", `pods "x" is forbidden: status unknown for quota: q, resources: pods`))},
		"no such runtime class": {
			changes: put(event("Job", testJob, "FailedCreate", `pods "x" is forbidden: pod rejected: RuntimeClass "nvidia" not found`)),
			reason:  NoRuntime, want: []string{"Check runtime_class"},
		},
		"no such account": {
			changes: put(event("Job", testJob, "FailedCreate", `pods "x" is forbidden: error looking up service account ns/mine: serviceaccount "mine" not found`)),
			reason:  NoAccount, want: []string{"service_account"},
		},
		"room is made":            {changes: put(nominated())},
		"sandbox trouble":         {changes: put(event("Pod", testJob+"-x1y2z", "FailedCreatePodSandBox", "failed to create containerd task: OCI runtime create failed"))},
		"passing trouble":         {changes: put(event("Job", testJob, "FailedCreate", "Internal error occurred: timeout"))},
		"event of another":        {changes: put(event("Job", "other", "FailedCreate", "is forbidden: x"), event("Pod", testJob+"-1-x1y2z", "FailedMount", "hostPath type check failed"))},
		"forged event of the Job": {changes: put(forged(event("Job", testJob, "FailedCreate", "is forbidden: x")))},
		"forged event of the pod": {changes: put(podWith(corev1.PodStatus{Phase: corev1.PodPending}), forged(event("Pod", testJob+"-x1y2z", "FailedMount", "hostPath type check failed")))},
		"event long past":         {changes: append(put(event("Job", testJob, "FailedCreate", "is forbidden: x"))[:0], gone(event("Job", testJob, "FailedCreate", "is forbidden: x")))},
		"no such path":            {changes: put(event("Pod", testJob+"-x1y2z", "FailedMount", "hostPath type check failed: /run/dbus is not a directory")), reason: NotStarted, want: []string{"/run/dbus", "with collectors"}},
		"mount takes long":        {changes: put(event("Pod", testJob+"-x1y2z", "FailedMount", "timed out waiting"))},
		"runtime class":           {changes: put(event("Pod", testJob+"-x1y2z", "FailedCreatePodSandBox", `no runtime for "nvidia" is configured`)), reason: NoRuntime, want: []string{"Check runtime_class"}},
		"overdue":                 {changes: put(waits("ContainerCreating", ""), failedJob("DeadlineExceeded", "")), reason: TimedOut, want: []string{"it waits: ContainerCreating"}},
		"Job deleted":             {changes: []change{gone(failedJob("", ""))}, reason: Lost, want: []string{"Job " + testJob + ": the Job was deleted"}},
		"Job failed":              {changes: put(failedJob("PodFailurePolicy", "why")), reason: Failed, want: []string{"(PodFailurePolicy): why"}},
		"the pod comes late":      {changes: put(failedJob("BackoffLimitExceeded", ""))},
		"killed with its Job": {
			changes: put(ends(143, "Error", ""), failedJob("DeadlineExceeded", "")), reason: TimedOut, want: []string{"did not end in time"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, a := attemptOf(t)
			var o *outcome
			for _, c := range tt.changes {
				p.apply(c)
				o = a.outcome()
			}
			if tt.want == nil {
				if o != nil {
					t.Fatalf("outcome %+v, want none yet", o)
				}
				return
			}
			if o == nil || o.err == nil || o.err.Reason != tt.reason {
				t.Fatalf("outcome %+v, want reason %d", o, tt.reason)
			}
			for _, text := range tt.want {
				if !strings.Contains(o.err.Error(), text) {
					t.Errorf("the error lacks %q: %v", text, o.err)
				}
			}
		})
	}
}

func TestOutcomeOfSuccess(t *testing.T) {
	t.Parallel()
	for code, partial := range map[int32]bool{0: false, 3: true} {
		p, a := attemptOf(t)
		// An event from before the pod started counts for nothing.
		for _, c := range put(event("Pod", testJob+"-x1y2z", "FailedMount", "hostPath type check failed"), ends(code, "", " OS/kmod: no\n"), failedJob("BackoffLimitExceeded", "")) {
			p.apply(c)
		}
		o := a.outcome()
		if o == nil || o.err != nil || o.partial != partial || o.lines != "OS/kmod: no" {
			t.Errorf("exit status %d: outcome %+v", code, o)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	running := podWith(corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
		Name: containerName, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	}}})
	resumed := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: testJob}}
	for want, changes := range map[string][]change{
		"it waits for other nodes to finish": nil,
		"the Job has created no pod":         put(resumed),
		"it is running":                      put(running),
		"its pod is Pending":                 put(podWith(corev1.PodStatus{Phase: corev1.PodPending})),
		"it waits: ContainerCreating why":    put(waits("ContainerCreating", "why")),
		"the Job has created no pod. Last event: FailedCreate: try again ": put(resumed, event("Job", testJob, "FailedCreate", "try again")),
	} {
		p, a := attemptOf(t)
		if changes == nil {
			a.job = nil
		}
		for _, c := range changes {
			p.apply(c)
		}
		if got := a.describe(); got != strings.TrimSpace(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
