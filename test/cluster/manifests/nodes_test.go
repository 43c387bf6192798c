// SPDX-License-Identifier: Apache-2.0

package manifests_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

const (
	networkPolicies = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: nicclusterpolicies.mellanox.com}
spec:
  group: mellanox.com
  names: {kind: NicClusterPolicy, listKind: NicClusterPolicyList, plural: nicclusterpolicies, singular: nicclusterpolicy}
  scope: Cluster
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
apiVersion: mellanox.com/v1alpha1
kind: NicClusterPolicy
metadata: {name: nic-cluster-policy}
status: {state: notReady}
`
	waitForNetwork = `wait_for = [{ api_version = "mellanox.com/v1alpha1", kind = "NicClusterPolicy", name = "nic-cluster-policy" }]
  timeouts = { create = "3s" }`
)

// networkNode is a ready node with a GPU and a NIC of Mellanox.
func networkNode(name, waits string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			"nvidia.com/gpu.present": "true", "feature.node.kubernetes.io/pci-15b3.present": "true", "network.nvidia.com/operator.mofed.wait": waits,
		}},
		Status: corev1.NodeStatus{
			Capacity:   corev1.ResourceList{"nvidia.com/gpu": apiresource.MustParse("8")},
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady"}},
		},
	}
}

// A policy that is not ready because of nodes that are down or cordoned is not waited
// for where the others are up, or as many as somebody wants.
func TestWaitForNodes(t *testing.T) {
	t.Parallel()
	own := apiserver.New(t) // another test brings the definition to the shared one
	s := newStage(t, "nodes", own.Admin())
	s.kube = fixture.NewClient(t, own.Admin())
	fixture.Create(t, own.Admin(), fixture.Namespace("nodes"))
	fixture.CreateManifest(t, own.Admin(), []byte(networkPolicies))
	down := networkNode("network-down", "true")
	down.Status.Conditions[0] = corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Reason: "NodeStatusUnknown", Message: "Kubelet stopped posting node status."}
	slow := networkNode("network-slow", "true")
	fixture.Create(t, own.Admin(), networkNode("network-up", "false"), slow, down)

	s.set(waitForNetwork, map[string]string{"a": configMap})
	s.ApplyFails(t, "Object Not Ready", `status.state is "notReady", not "ready"`, "It is up on 1 of 2 GPU nodes that are ready and schedulable",
		`node "network-down": it is not ready: Ready=Unknown (NodeStatusUnknown): Kubelet stopped`, `node "network-slow": its network driver does not run yet`, "min_ready_nodes")
	s.checkNothing()

	s.connect(apiserver.Kubeconfig(t, s.userWithoutNodes(own)))
	s.set(waitForNetwork, map[string]string{"a": configMap})
	s.ApplyFails(t, "Which nodes hold it is not known: cannot list nodes: forbidden", `resources: ["nodes"]`)

	s.connect(apiserver.Kubeconfig(t, own.Admin()))
	s.set(waitForNetwork+"\n  min_ready_nodes = \"50%\"", map[string]string{"a": configMap})
	checkSays(t, s.Apply(t), "Object Ready With Reservations", "enough nodes are (50%)", `node "network-slow": its network driver does not run yet`)
	s.checkEmptyPlan()
	s.destroy()

	slow.Spec.Unschedulable = true
	if err := s.kube.Update(t.Context(), slow); err != nil {
		t.Fatal(err)
	}
	s.set(waitForNetwork, map[string]string{"a": configMap})
	checkSays(t, s.Apply(t), "enough nodes are (100%)", "It is up on 1 of 1 GPU nodes", `node "network-slow": it is cordoned`)
}

// userWithoutNodes may do all that the tests of nodes need but list them.
func (s *stage) userWithoutNodes(own *apiserver.Server) *rest.Config {
	s.t.Helper()
	meta := metav1.ObjectMeta{Name: "manifests-without-nodes"}
	fixture.Create(s.t, own.Admin(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps", "namespaces"}, Verbs: []string{"create", "get", "patch"}},
		{APIGroups: []string{"mellanox.com"}, Resources: []string{"nicclusterpolicies"}, Verbs: []string{"get"}},
	}})
	fixture.Create(s.t, own.Admin(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: meta.Name}},
	})
	user := own.CreateUser(s.t, meta.Name)
	s.waitUntilAllowed(user)
	return user
}
