// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

const fieldManager = "eidos-agent"

func creating() metav1.CreateOptions { return metav1.CreateOptions{FieldManager: fieldManager} }

// created remembers how to undo a creation, and explains why it failed.
func (s *session) created(ctx context.Context, err error, call cluster.Call, undo removal) error {
	s.remember(ctx, err, undo)
	return s.notCreated(ctx, err, call)
}

// notCreated explains why a creation failed.
func (s *session) notCreated(ctx context.Context, err error, call cluster.Call) error {
	if apierrors.IsNotFound(err) && call.Namespace != "" {
		return errorf(NoNamespace, "there is no namespace %q: create it first, or choose another one", call.Namespace)
	}
	explained := s.Connection.Explain(ctx, err, call)
	if refusal := s.spec.refused(err, explained); refusal != nil {
		return refusal
	}
	return explained
}

// lock creates the first Job, suspended: it creates no pod yet. It shows other
// runs that this one is there, and owns what is created after it, so that
// Kubernetes removes that too when nobody is left to; a suspended Job has no end
// of its own.
func (s *session) lock(ctx context.Context) error {
	t := s.targets[0]
	s.launched = map[string]bool{t.job: true}
	job, err := s.Connection.Jobs(s.spec.Namespace).Create(ctx, s.job(t, true), creating())
	s.first = job
	return s.created(ctx, err, s.call("create", "batch", "jobs", t.job), removal{remove: s.removeJobs})
}

// launch lets the agent run on a node. The Job is created when it is the node's
// turn: of 1,000 nodes no more are there than run.
func (s *session) launch(ctx context.Context, t target) (*batchv1.Job, error) {
	s.resumed = true
	if t.job == s.first.Name {
		return s.first, s.patchJob(ctx, t.job, `{"spec":{"suspend":false}}`)
	}
	s.launched[t.job] = true
	job := s.job(t, false)
	job.OwnerReferences = ownedBy(s.first)
	job, err := s.Connection.Jobs(s.spec.Namespace).Create(ctx, job, creating())
	return job, s.notCreated(ctx, err, s.call("create", "batch", "jobs", t.job))
}

func (s *session) patchJob(ctx context.Context, job, patch string) error {
	_, err := s.Connection.Jobs(s.spec.Namespace).Patch(ctx, job, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: fieldManager})
	return s.Connection.Explain(ctx, err, s.call("patch", "batch", "jobs", job))
}

// ownedBy makes an object go with the Job.
func ownedBy(job *batchv1.Job) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID}}
}

// grant creates the account to run as with its rights, where the run has one.
func (s *session) grant(ctx context.Context) error {
	if !s.hasAccount() {
		return nil
	}
	account := s.serviceAccount()
	account.OwnerReferences = ownedBy(s.first)
	_, err := s.Connection.ServiceAccounts(s.spec.Namespace).Create(ctx, account, creating())
	if err := s.created(ctx, err, s.call("create", "", "serviceaccounts", account.Name), removal{remove: s.removeAccount(account.Name)}); err != nil {
		return err
	}
	role, binding := s.role(), s.roleBinding()
	role.OwnerReferences, binding.OwnerReferences = ownedBy(s.first), ownedBy(s.first)
	_, err = s.Connection.Roles(s.spec.Namespace).Create(ctx, role, creating())
	if err := s.created(ctx, err, s.call("create", rbacv1.GroupName, "roles", role.Name), removal{remove: s.removeRole(role.Name)}); err != nil {
		return err
	}
	_, err = s.Connection.RoleBindings(s.spec.Namespace).Create(ctx, binding, creating())
	return s.created(ctx, err, s.call("create", rbacv1.GroupName, "rolebindings", binding.Name), removal{remove: s.removeRoleBinding(binding.Name)})
}

// call is a call in the namespace of the run.
func (d *deployment) call(verb, group, resource, name string) cluster.Call {
	return cluster.Call{Verb: verb, Group: group, Resource: resource, Namespace: d.spec.Namespace, Name: name}
}

// notMounted finds what only events say about a pod: a path that the node does
// not have, and a runtime class that it does not know.
func (a *attempt) notMounted() *Error {
	for _, w := range a.ofPod() {
		switch {
		case w.reason == "FailedMount" && strings.Contains(w.message, "hostPath type check failed"):
			return a.errorf(NotStarted, "the node lacks a path that a collector reads: %s. Leave that collector out with %s", w.message, a.spec.called("collectors"))
		case w.reason == "FailedCreatePodSandBox" && (strings.Contains(w.message, "no runtime for") || strings.Contains(w.message, "RuntimeHandler")):
			return a.errorf(NoRuntime, "the node cannot run the pod: %s. Check %s", w.message, a.spec.called("runtime_class"))
		}
	}
	return nil
}

// notAdmitted finds what only events say about a Job: its pod is refused.
func (a *attempt) notAdmitted() *Error {
	for _, w := range a.jobWarnings {
		if w.reason == "FailedCreate" && refuses(w.message) {
			reason, advice := a.spec.admission(w.message)
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
func (s Spec) admission(message string) (reason Reason, advice string) {
	has := func(text string) bool { return strings.Contains(message, text) }
	switch {
	case has("violates PodSecurity"):
		return NotAdmitted, ". The agent mounts paths of the node. Choose a namespace with the label pod-security.kubernetes.io/enforce=privileged, such as the GPU Operator's, or limit " + s.called("collectors") +
			" to those of type K8s, which need no pod"
	case has("exceeded quota"):
		return NotAdmitted, ". Raise the quota, choose another namespace, or with " + s.called("all_nodes") + " a smaller " + s.called("parallel")
	case has("failed quota"):
		return NotAdmitted, ". The quota asks for requests or limits that the agent does not set. Give them defaults with a LimitRange, or choose another namespace"
	case has("is being terminated"):
		return NotAdmitted, ". Wait until the namespace is gone and create it again, or choose another one"
	case has("RuntimeClass"):
		return NoRuntime, ". Check " + s.called("runtime_class") + ": `kubectl get runtimeclasses` lists those that there are"
	case has("error looking up service account"):
		return NoAccount, ". Create the account, or leave " + s.called("service_account") + " out: the agent then has one of its own"
	default:
		return NotAdmitted, ""
	}
}

// refused returns the error of a call that was allowed but whose object is not,
// nil for other errors.
func (s Spec) refused(err error, explained error) error {
	if err == nil || cluster.LacksRights(err) || !apierrors.IsForbidden(err) && !strings.Contains(err.Error(), "denied the request") {
		return nil
	}
	reason, advice := s.admission(err.Error())
	return errorf(reason, "%w%s", explained, advice)
}
