// SPDX-License-Identifier: Apache-2.0

package manifests_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// checkNothing fails unless the state is empty.
func (s *stage) checkNothing() {
	s.t.Helper()
	if r := s.Run(s.t, "state", "list"); strings.TrimSpace(r.Stdout) != "" {
		s.t.Errorf("the state holds %s", r.Stdout)
	}
}

// A wait that fails says why and leaves nothing, neither in the cluster nor in the
// state; once the object is ready the same configuration is applied.
func TestWaitFor(t *testing.T) {
	t.Parallel()
	s := newStage(t, "wait", server.Admin())
	fixture.Create(t, server.Admin(), fixture.Namespace("wait"))
	const arguments = `wait_for = [{ api_version = "apps/v1", kind = "Deployment", namespace = "wait", name = "web" }]
  timeouts = { create = "3s" }`
	s.set(arguments, map[string]string{"a": configMap})
	s.ApplyFails(t, "Object Not Ready", `Deployment.apps "web" in namespace "wait" is not ready: it does not exist`, "timeouts.create is 3s", "Nothing was applied")

	s.create(deployment)
	live := s.live(deployment)
	fixture.Create(t, server.Admin(), &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "wait", Name: "web.1"},
		InvolvedObject: corev1.ObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "wait", Name: "web", UID: live.GetUID()},
		Type:           corev1.EventTypeWarning, Reason: "Starved", Message: "no node has room", LastTimestamp: metav1.NewTime(time.Unix(1_800_000_000, 0)),
	})
	s.ApplyFails(t, "Object Not Ready", "event Warning Starved: no node has room")
	s.checkNothing()
	if s.live(configMap) != nil {
		t.Error("something was applied")
	}

	s.setStatus(deployment, map[string]any{
		"observedGeneration": live.GetGeneration(), "replicas": int64(2), "updatedReplicas": int64(2), "readyReplicas": int64(2), "availableReplicas": int64(2),
		"conditions": []any{
			map[string]any{"type": "Available", "status": "True"},
			map[string]any{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
		},
	})
	s.Apply(t)
	s.checkEmptyPlan()
}

// A ClusterPolicy says that it is ready also where it has found no labels, which is
// waited for, and no nodes, which is a warning.
func TestWaitForClusterPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t, "policy", server.Admin())
	fixture.Create(t, server.Admin(), fixture.Namespace("policy"))
	manifest, err := os.ReadFile("../fixture/objects/nvidia-clusterpolicy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fixture.CreateManifest(t, server.Admin(), manifest)
	const policy = "apiVersion: nvidia.com/v1\nkind: ClusterPolicy\nmetadata: {name: cluster-policy}\n"
	set := func(state, reason string) {
		s.edit(policy, func(object map[string]any) {
			object["status"] = map[string]any{"state": state, "conditions": []any{map[string]any{"type": "Ready", "status": "True", "reason": reason, "message": "as said"}}}
		})
	}
	s.set(`wait_for = [{ api_version = "nvidia.com/v1", kind = "ClusterPolicy", name = "cluster-policy" }]
  timeouts = { create = "3s" }`, map[string]string{"a": configMap})
	set("ready", "NFDLabelsMissing")
	s.ApplyFails(t, `status.state is "ready", but Ready=True (NFDLabelsMissing): as said`)
	set("notReady", "Reconciled")
	s.ApplyFails(t, `status.state is "notReady", not "ready"`)
	set("ready", "NoGPUNodes")
	checkSays(t, s.Apply(t), "Object Ready With Reservations", "Ready=True (NoGPUNodes): as said")
}

// A kind that is not known yet is fine at plan, and waited for by the apply; a
// definition of the same run may bring it.
func TestMissingDefinition(t *testing.T) {
	t.Parallel()
	s := newStage(t, "missing", server.Admin())
	definition, widget := of("missing.example.com", definition), of("missing.example.com", widget)
	s.set(`timeouts = { create = "3s" }`, map[string]string{"n": namespace, "w": widget})
	s.plan()
	s.ApplyFails(t, "Kind Not Known", "no kind Widget in missing.example.com/v1", "timeouts.create is 3s", "Objects Applied Before The Error", `Namespace "missing"`)
	s.checkNothing()

	// Two resources, the definition's last by name.
	s.Write(t, "main.tf", s.config+
		resource("a", `timeouts = { create = "2m" }`, s.inNamespace(map[string]string{"n": namespace, "w": widget}))+
		resource("b", "", s.inNamespace(map[string]string{"d": definition})))
	s.Apply(t)
	s.checkEmptyPlan()

	// A definition that is gone takes its objects: the plan has them again.
	if err := s.kube.Delete(t.Context(), s.object(definition)); err != nil {
		t.Fatal(err)
	}
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		return s.live(definition) == nil, nil //nolint:contextcheck // that of the test will do
	})
	if err != nil {
		t.Fatal("the definition stays")
	}
	checkSays(t, s.plan(), "0 to add, 2 to change", `+ "w"`, `+ "d"`)
	s.Apply(t)
	s.checkEmptyPlan()
}

// The cluster may come in the same apply: its connection is unknown when the plan is
// made.
func TestClusterOfTheSameApply(t *testing.T) {
	t.Parallel()
	s := newStage(t, "later", server.Admin())
	created := strings.Replace(s.config, `provider "eidos"`, "resource \"terraform_data\" \"cluster\" {\n  input = \"now\"\n}\n\nprovider \"eidos\"", 1)
	created = strings.Replace(created, "config_path = ", "config_context = terraform_data.cluster.output == \"now\" ? \"test\" : \"none\", config_path = ", 1)
	s.config = created
	s.set("", map[string]string{"n": namespace, "c": configMap})
	s.plan()
	s.Apply(t)
	s.checkEmptyPlan()
	if s.live(configMap) == nil {
		t.Error("nothing was applied")
	}
}

// What an operator holds by a finalizer is waited for, so that the operator is still
// there.
func TestDestroyWaits(t *testing.T) {
	t.Parallel()
	s := newStage(t, "finalizers", server.Admin())
	held := strings.Replace(configMap, "{name: settings,", "{name: settings, finalizers: [example.com/held],", 1)
	s.set(`timeouts = { delete = "2s" }`, map[string]string{"n": namespace, "c": held})
	s.Apply(t)
	r := s.Run(t, "destroy", "-auto-approve", "-input=false")
	checkSays(t, r, "Object Not Gone", "waits for what its finalizers name: example.com/held", "timeouts.delete is 2s")
	if r.Code == 0 {
		t.Error("destroying did not wait")
	}
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"metadata":{"finalizers":null}}`))
	if err := s.kube.Patch(t.Context(), s.live(configMap), patch); err != nil {
		t.Fatal(err)
	}
	s.destroy()
	s.checkNothing()
}
