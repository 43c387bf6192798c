// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

const fieldManager = "eidos-agent"

func creating() metav1.CreateOptions { return metav1.CreateOptions{FieldManager: fieldManager} }

// created remembers how to undo a creation, and explains why it failed.
func (s *session) created(ctx context.Context, err error, call cluster.Call, undo removal) error {
	s.remember(ctx, err, undo)
	if apierrors.IsNotFound(err) && call.Namespace != "" {
		return errorf(NoNamespace, "there is no namespace %q: create it first, or choose another one", call.Namespace)
	}
	explained := s.Connection.Explain(ctx, err, call)
	if refusal := refused(err, explained); refusal != nil {
		return refusal
	}
	return explained
}

// createJobs creates the Jobs, suspended: they create no pod yet. The first one
// owns what is created after it, so that Kubernetes removes that too when
// nobody is left to; a suspended Job has no end of its own.
func (s *session) createJobs(ctx context.Context) error {
	jobs := s.Connection.Batch.Jobs(s.spec.Namespace)
	for i, t := range s.targets {
		job := s.job(t, true)
		if s.first != nil {
			job.OwnerReferences = ownedBy(s.first)
		}
		job, err := jobs.Create(ctx, job, creating())
		err = s.created(ctx, err, s.call("create", "batch", "jobs", t.job), removal{remove: s.removeJob(t.job)})
		if err != nil {
			return err
		}
		if i == 0 {
			s.first = job
		}
	}
	return nil
}

// ownedBy makes an object go with the Job.
func ownedBy(job *batchv1.Job) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID}}
}

// grant creates the account to run as with its rights, unless the user has one.
func (s *session) grant(ctx context.Context) error {
	if s.spec.ServiceAccount != "" {
		return nil
	}
	account := s.serviceAccount()
	account.OwnerReferences = ownedBy(s.first)
	_, err := s.Connection.Core.ServiceAccounts(s.spec.Namespace).Create(ctx, account, creating())
	if err := s.created(ctx, err, s.call("create", "", "serviceaccounts", account.Name), removal{remove: s.removeAccount(account.Name)}); err != nil {
		return err
	}
	if err := s.grantNamespace(ctx); err != nil {
		return err
	}
	if len(s.clusterRules()) == 0 {
		return nil
	}
	return s.grantCluster(ctx)
}

func (s *session) grantNamespace(ctx context.Context) error {
	role, binding := s.role(), s.roleBinding()
	role.OwnerReferences, binding.OwnerReferences = ownedBy(s.first), ownedBy(s.first)
	_, err := s.Connection.RBAC.Roles(s.spec.Namespace).Create(ctx, role, creating())
	if err := s.created(ctx, err, s.call("create", rbacv1.GroupName, "roles", role.Name), removal{remove: s.removeRole(role.Name)}); err != nil {
		return err
	}
	_, err = s.Connection.RBAC.RoleBindings(s.spec.Namespace).Create(ctx, binding, creating())
	return s.created(ctx, err, s.call("create", rbacv1.GroupName, "rolebindings", binding.Name), removal{remove: s.removeRoleBinding(binding.Name)})
}

func (s *session) grantCluster(ctx context.Context) error {
	role, binding := s.clusterRole(), s.clusterRoleBinding()
	_, err := s.Connection.RBAC.ClusterRoles().Create(ctx, role, creating())
	if err := s.created(ctx, err, clusterCall("create", "clusterroles", role.Name), removal{remove: s.removeClusterRole(role.Name)}); err != nil {
		return err
	}
	_, err = s.Connection.RBAC.ClusterRoleBindings().Create(ctx, binding, creating())
	return s.created(ctx, err, clusterCall("create", "clusterrolebindings", binding.Name), removal{remove: s.removeClusterRoleBinding(binding.Name)})
}

// call is a call in the namespace of the run.
func (d *deployment) call(verb, group, resource, name string) cluster.Call {
	return cluster.Call{Verb: verb, Group: group, Resource: resource, Namespace: d.spec.Namespace, Name: name}
}

// clusterCall is a call for what is in no namespace.
func clusterCall(verb, resource, name string) cluster.Call {
	return cluster.Call{Verb: verb, Group: rbacv1.GroupName, Resource: resource, Name: name}
}

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
