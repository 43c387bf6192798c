// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// remover removes an object by its name. One that is not there is no error.
type remover func(context.Context) error

func (s *session) remover(call cluster.Call, remove func(context.Context, string, metav1.DeleteOptions) error) remover {
	return func(ctx context.Context) error {
		// The pods of a Job go in the background; the default would leave them.
		err := remove(ctx, call.Name, metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground)})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return s.Connection.Explain(ctx, err, call)
	}
}

func (s *session) removeJob(name string) remover {
	return s.remover(s.call("delete", "batch", "jobs", name), s.Connection.Batch.Jobs(s.spec.Namespace).Delete)
}

func (s *session) removeAccount(name string) remover {
	return s.remover(s.call("delete", "", "serviceaccounts", name), s.Connection.Core.ServiceAccounts(s.spec.Namespace).Delete)
}

func (s *session) removeRole(name string) remover {
	return s.remover(s.call("delete", rbacv1.GroupName, "roles", name), s.Connection.RBAC.Roles(s.spec.Namespace).Delete)
}

func (s *session) removeRoleBinding(name string) remover {
	return s.remover(s.call("delete", rbacv1.GroupName, "rolebindings", name), s.Connection.RBAC.RoleBindings(s.spec.Namespace).Delete)
}

func (s *session) removeClusterRole(name string) remover {
	return s.remover(clusterCall("delete", "clusterroles", name), s.Connection.RBAC.ClusterRoles().Delete)
}

func (s *session) removeClusterRoleBinding(name string) remover {
	return s.remover(clusterCall("delete", "clusterrolebindings", name), s.Connection.RBAC.ClusterRoleBindings().Delete)
}

// removeConfigMap removes a ConfigMap that is the one it was: nobody has made
// another one of that name since.
func (s *session) removeConfigMap(object metav1.Object) remover {
	uid := object.GetUID()
	return s.remover(s.call("delete", "", "configmaps", object.GetName()), func(ctx context.Context, name string, options metav1.DeleteOptions) error {
		options.Preconditions = &metav1.Preconditions{UID: &uid}
		err := s.Connection.Core.ConfigMaps(s.spec.Namespace).Delete(ctx, name, options)
		if apierrors.IsConflict(err) {
			return nil
		}
		return err
	})
}
