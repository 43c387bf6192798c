// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

const accountNamespace = "accounts"

func newClient(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// account returns the token of a service account that has the rules and nothing
// else. The server enforces them from then on.
func account(t *testing.T, s *apiserver.Server, name string, rules ...rbacv1.PolicyRule) string {
	t.Helper()
	token := s.ServiceAccountToken(t, accountNamespace, name)
	meta := metav1.ObjectMeta{Name: name}
	fixture.Create(t, s.Admin(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules})
	fixture.Create(t, s.Admin(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: accountNamespace, Name: name}},
	})
	waitAllowed(t, s.TokenConfig(token), rules...)
	return token
}

// waitAllowed returns when the server lets the user do what the rules say.
func waitAllowed(t *testing.T, user *rest.Config, rules ...rbacv1.PolicyRule) {
	t.Helper()
	for _, rule := range rules {
		for _, resource := range rule.Resources {
			waitReview(t, user, true, authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb: rule.Verbs[0], Group: rule.APIGroups[0], Resource: resource,
			}})
		}
	}
}

// waitForbidden returns when the server keeps the path from the user.
func waitForbidden(t *testing.T, user *rest.Config, path string) {
	t.Helper()
	waitReview(t, user, false, authorizationv1.SelfSubjectAccessReviewSpec{
		NonResourceAttributes: &authorizationv1.NonResourceAttributes{Verb: "get", Path: path},
	})
}

// waitReview returns when the server answers the question so.
func waitReview(t *testing.T, user *rest.Config, allowed bool, spec authorizationv1.SelfSubjectAccessReviewSpec) {
	t.Helper()
	reviews := newClient(t, user).AuthorizationV1().SelfSubjectAccessReviews()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		review, err := reviews.Create(ctx, &authorizationv1.SelfSubjectAccessReview{Spec: spec}, metav1.CreateOptions{})
		return err == nil && review.Status.Allowed == allowed, nil
	})
	if err != nil {
		t.Fatalf("the server does not get to allowed = %t: %v", allowed, err)
	}
}
