// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"

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
