// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"context"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// may reports whether a service account of the namespace may do something, such
// as "list pods". A resource of the core group is meant, but for
// clusterpolicies.
func (s *stage) may(ctx context.Context, account, question, name string) bool {
	verb, resource, _ := strings.Cut(question, " ")
	attributes := &authorizationv1.ResourceAttributes{Namespace: s.namespace, Verb: verb, Resource: resource, Name: name}
	if resource == "clusterpolicies" {
		attributes.Group = "nvidia.com"
	}
	review, err := s.client.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{User: "system:serviceaccount:" + s.namespace + ":" + account, ResourceAttributes: attributes},
	}, metav1.CreateOptions{})
	s.check(err)
	return err == nil && review.Status.Allowed
}

// waitFor returns when the server knows what an account may, or may not.
func (s *stage) waitFor(ctx context.Context, allowed bool, account, question, name string) {
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		return s.may(ctx, account, question, name) == allowed, nil
	})
	s.check(err)
}

// waitForRights gives the server's cache of roles the moment that a pod takes to
// start on a real node.
func (s *stage) waitForRights(ctx context.Context, pod *corev1.Pod) {
	account := pod.Spec.ServiceAccountName
	role, err := s.client.RbacV1().Roles(s.namespace).Get(ctx, account, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return // the account is the user's
	}
	s.check(err)
	rules := role.Rules
	if clusterRole, err := s.client.RbacV1().ClusterRoles().Get(ctx, "eidos-agent-"+s.namespace+"-"+account, metav1.GetOptions{}); err == nil {
		rules = append(rules, clusterRole.Rules...)
	}
	for _, rule := range rules {
		name := ""
		if len(rule.ResourceNames) > 0 {
			name = rule.ResourceNames[0]
		}
		s.waitFor(ctx, true, account, rule.Verbs[0]+" "+rule.Resources[0], name)
	}
}
