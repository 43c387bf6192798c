// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// exitPartial is the agent's exit status when some collectors failed: the
// snapshot is written, without what they would have found.
const exitPartial = 3

// attempt is what is known of the Job of one node.
type attempt struct {
	target target
	spec   Spec
	job    *batchv1.Job // nil when it is gone
	jobUID types.UID
	// jobSeen is set when a watch has reported the Job.
	jobSeen bool
	// timer ends the attempt of a node that hangs.
	timer *time.Timer
	pod   *corev1.Pod // as last seen
	// podGone is set when the pod was there once and is gone.
	podGone bool
	// jobWarnings and podWarnings are the messages of events, oldest first, of those
	// that may be about the Job and the pod: events are anybody's to write. What
	// tells the pod's own is its UID, which is known when the pod is seen.
	jobWarnings, podWarnings []warning
	// pullError is the registry's answer, which the kubelet forgets while it
	// backs off.
	pullError string
}

type warning struct {
	reason, message string
	about           types.UID
}

// ofPod returns the warnings about the pod itself.
func (a *attempt) ofPod() (own []warning) {
	var pod types.UID
	if a.pod != nil {
		pod = a.pod.UID
	}
	for _, w := range a.podWarnings {
		if w.about == pod {
			own = append(own, w)
		}
	}
	return own
}

// outcome is how an attempt ended.
type outcome struct {
	target target
	// partial is set when some collectors failed; lines is what the agent wrote
	// about them.
	partial bool
	lines   string
	text    []byte // of the document
	err     *Error
}

// alike reports whether an attempt failed for a reason that others are likely to
// share: not that of a node that hangs, disappears or lies.
func (o outcome) alike() bool {
	return o.err != nil && o.err.Reason != TimedOut && o.err.Reason != Lost && o.err.Reason != BadSnapshot
}

// outcome returns nil while the attempt goes on. What says most comes first: a
// container that is killed with its node or its Job fails as well.
func (a *attempt) outcome() *outcome {
	if t := a.terminated(); t != nil && (t.ExitCode == 0 || t.ExitCode == exitPartial) {
		return &outcome{target: a.target, partial: t.ExitCode == exitPartial, lines: strings.TrimSpace(t.Message)}
	}
	for _, check := range []func() *Error{
		a.overdue, a.lost, a.failed, a.refusedByNode, a.waiting, a.unschedulable, a.notMounted, a.notAdmitted, a.jobFailed,
	} {
		if err := check(); err != nil {
			return &outcome{target: a.target, err: err}
		}
	}
	return nil
}

func (a *attempt) status() *corev1.ContainerStatus {
	if a.pod == nil {
		return nil
	}
	return first(a.pod.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool { return s.Name == containerName })
}

// first returns the first element that a function accepts, or nil.
func first[T any](list []T, accept func(T) bool) *T {
	if i := slices.IndexFunc(list, accept); i >= 0 {
		return &list[i]
	}
	return nil
}

func (a *attempt) terminated() *corev1.ContainerStateTerminated {
	if status := a.status(); status != nil {
		return status.State.Terminated
	}
	return nil
}

func (a *attempt) failed() *Error {
	t := a.terminated()
	if t == nil {
		return nil
	}
	if t.Reason == "StartError" || t.Reason == "ContainerCannotRun" {
		return a.errorf(NotStarted, "the container cannot be started: %s. Is %s an image of the eidos command?", strings.TrimSpace(t.Message), a.spec.Image)
	}
	return a.errorf(Failed, "the agent failed with exit status %d%s%s", t.ExitCode, inBrackets(t.Reason), lastLines(t.Message))
}

// inBrackets shows reasons that say more than that there was an error, such as
// OOMKilled.
func inBrackets(reason string) string {
	if reason == "" || reason == "Error" {
		return ""
	}
	return " (" + reason + ")"
}

func lastLines(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ". It wrote nothing"
	}
	return ". Its last lines:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// waiting finds out why a container does not start. The kubelet tries again
// forever; none of these reasons goes away by itself.
func (a *attempt) waiting() *Error {
	status := a.status()
	if status == nil || status.State.Waiting == nil {
		return nil
	}
	switch w := status.State.Waiting; w.Reason {
	case "ErrImagePull":
		a.pullError = w.Message
		return nil // once may be bad luck: the kubelet tries again and then backs off
	case "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed":
		return a.errorf(NoImage, "the image %s cannot be pulled (%s): %s. Check %s, that the node reaches the registry, and %s",
			a.spec.Image, w.Reason, cmp.Or(a.pullError, w.Message), a.spec.called("image"), a.spec.called("image_pull_secrets"))
	case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError":
		return a.errorf(NotStarted, "the container cannot be started (%s): %s", w.Reason, w.Message)
	default:
		return nil
	}
}

// lost finds out whether the pod will never end by itself: its node is gone, or
// somebody removed it.
func (a *attempt) lost() *Error {
	const ends = "the pod was removed before the agent ended"
	if condition := a.condition(corev1.DisruptionTarget, corev1.ConditionTrue); condition != nil {
		return a.errorf(Lost, ends+" (%s): %s", condition.Reason, condition.Message)
	}
	if a.podGone || a.pod != nil && a.pod.DeletionTimestamp != nil {
		return a.errorf(Lost, ends+". Somebody deleted it, or the node disappeared")
	}
	return nil
}

// refusedByNode finds a pod that the kubelet gave up without its container
// having ended: out of resources, or evicted.
func (a *attempt) refusedByNode() *Error {
	if a.pod == nil || a.pod.Status.Phase != corev1.PodFailed {
		return nil
	}
	return a.errorf(Lost, "the node did not run the pod (%s): %s", a.pod.Status.Reason, a.pod.Status.Message)
}

func (a *attempt) unschedulable() *Error {
	condition := a.condition(corev1.PodScheduled, corev1.ConditionFalse)
	if condition == nil || condition.Reason != corev1.PodReasonUnschedulable {
		return nil
	}
	if a.pod.Status.NominatedNodeName != "" {
		return nil // others make room for it
	}
	return a.errorf(Unschedulable, "the scheduler finds no room for the pod: %s", condition.Message)
}

func (a *attempt) condition(t corev1.PodConditionType, status corev1.ConditionStatus) *corev1.PodCondition {
	if a.pod == nil {
		return nil
	}
	return first(a.pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == t && c.Status == status })
}

// overdue finds a Job whose deadline has passed: Kubernetes kills its pod then.
func (a *attempt) overdue() *Error {
	c := a.jobFailure()
	if c == nil || c.Reason != batchv1.JobReasonDeadlineExceeded {
		return nil
	}
	return a.errorf(TimedOut, "the agent did not end in time: %s", a.describe())
}

// jobFailed is for what no pod shows. The pod that made a Job reach its backoff
// limit does, though news of it may come later than of the Job.
func (a *attempt) jobFailed() *Error {
	if a.job == nil {
		return a.errorf(Lost, "the Job was deleted before the agent ended")
	}
	c := a.jobFailure()
	if c == nil || a.pod != nil || c.Reason == batchv1.JobReasonBackoffLimitExceeded {
		return nil
	}
	return a.errorf(Failed, "the Job failed (%s): %s", c.Reason, c.Message)
}

func (a *attempt) jobFailure() *batchv1.JobCondition {
	if a.job == nil {
		return nil
	}
	return jobCondition(a.job, batchv1.JobFailed)
}

// jobCondition returns a condition that is true, or nil.
func jobCondition(job *batchv1.Job, t batchv1.JobConditionType) *batchv1.JobCondition {
	return first(job.Status.Conditions, func(c batchv1.JobCondition) bool { return c.Type == t && c.Status == corev1.ConditionTrue })
}

func isSuspended(job *batchv1.Job) bool { return job.Spec.Suspend != nil && *job.Spec.Suspend }

// describe says where an attempt is that has not ended, for a timeout.
func (a *attempt) describe() string {
	text := "the Job has created no pod"
	switch status := a.status(); {
	case a.pod == nil && a.job == nil:
		text = "it waits for other nodes to finish"
	case status != nil && status.State.Running != nil:
		text = "it is running"
	case status != nil && status.State.Waiting != nil:
		text = strings.TrimSpace(fmt.Sprintf("it waits: %s %s", status.State.Waiting.Reason, status.State.Waiting.Message))
	case a.pod != nil:
		text = "its pod is " + string(a.pod.Status.Phase)
	}
	if all := slices.Concat(a.jobWarnings, a.ofPod()); len(all) > 0 {
		last := all[len(all)-1]
		text += fmt.Sprintf(". Last event: %s: %s", last.reason, last.message)
	}
	return text
}

// errorf names the node and the pod, or the Job when there is no pod.
func (a *attempt) errorf(reason Reason, format string, args ...any) *Error {
	where := fmt.Sprintf("node %s, Job %s: ", a.target.node, a.target.job)
	if a.pod != nil {
		where = fmt.Sprintf("node %s, pod %s: ", a.target.node, a.pod.Name)
	}
	return errorf(reason, "%s"+format, append([]any{where}, args...)...)
}
