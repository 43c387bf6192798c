// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// notMounted finds what only events say about a pod: a path that the node does
// not have, and a runtime class that it does not know.
func (a *attempt) notMounted() *Error {
	for _, w := range a.podWarnings {
		switch {
		case w.reason == "FailedMount" && strings.Contains(w.message, "hostPath type check failed"):
			return a.errorf(NotStarted, "the node lacks a path that a collector reads: %s. Leave that collector out with collectors", w.message)
		case w.reason == "FailedCreatePodSandBox" && (strings.Contains(w.message, "no runtime for") || strings.Contains(w.message, "RuntimeHandler")):
			return a.errorf(NoRuntime, "the node cannot run the pod: %s. Check runtime_class", w.message)
		}
	}
	return nil
}

// notAdmitted finds what only events say about a Job: its pod is refused.
func (a *attempt) notAdmitted() *Error {
	for _, w := range a.jobWarnings {
		if w.reason == "FailedCreate" && refuses(w.message) {
			reason, advice := admission(w.message)
			return a.errorf(reason, "the pod is refused: %s%s", w.message, advice)
		}
	}
	return nil
}

// refuses tells a refusal from trouble that passes: a new quota has to count
// first.
func refuses(message string) bool {
	if strings.Contains(message, "status unknown for quota") {
		return false
	}
	return strings.Contains(message, "is forbidden:") || strings.Contains(message, "denied the request") || strings.Contains(message, "is invalid:")
}

// admission sorts what the API server says of an object that it refuses.
func admission(message string) (reason Reason, advice string) {
	has := func(text string) bool { return strings.Contains(message, text) }
	switch {
	case has("violates PodSecurity"):
		return NotAdmitted, ". The agent mounts paths of the node. Choose a namespace with the label pod-security.kubernetes.io/enforce=privileged, such as the GPU Operator's, or collectors of type K8s only"
	case has("exceeded quota"):
		return NotAdmitted, ". Raise the quota, or choose another namespace"
	case has("failed quota"):
		return NotAdmitted, ". The quota asks for requests or limits that the agent does not state. Give them defaults with a LimitRange, or choose another namespace"
	case has("is being terminated"):
		return NotAdmitted, ". Wait until the namespace is gone and create it again, or choose another one"
	case has("RuntimeClass"):
		return NoRuntime, ". Check runtime_class: `kubectl get runtimeclasses` lists those that there are"
	case has("error looking up service account"):
		return NoAccount, ". Create the account, or leave service_account out: the agent then has one of its own"
	default:
		return NotAdmitted, ""
	}
}

// refused returns the error of a call that was allowed but whose object is not,
// nil for other errors.
func refused(err error, explained error) error {
	if err == nil || cluster.LacksRights(err) || !apierrors.IsForbidden(err) && !strings.Contains(err.Error(), "denied the request") {
		return nil
	}
	reason, advice := admission(err.Error())
	return errorf(reason, "%w%s", explained, advice)
}
