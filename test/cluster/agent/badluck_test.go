// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

func TestBadLuck(t *testing.T) {
	t.Parallel()
	populate(t)
	restricted := func(s *stage) {
		_, err := s.client.CoreV1().Namespaces().Patch(context.Background(), s.namespace, "application/merge-patch+json",
			[]byte(`{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`), metav1.PatchOptions{})
		s.check(err)
	}
	for name, tt := range map[string]struct {
		change  func(*stage) // before the run
		kubelet func(*stage, context.Context, *corev1.Pod) corev1.PodStatus
		spec    func(*agent.Spec)
		reason  agent.Reason
		want    []string
		left    []string
	}{
		"image": {
			kubelet: func(s *stage, ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
				s.setStatus(ctx, pod, waiting("ErrImagePull", "registry.example/eidos:1.0.0: not found"))
				return waiting("ImagePullBackOff", "Back-off pulling image")
			},
			reason: agent.NoImage, want: []string{"node gpu-1, pod eidos-snapshot-", "registry.example/eidos:1.0.0: not found", "image_pull_secrets"},
		},
		"namespace":    {spec: func(s *agent.Spec) { s.Namespace = "no-such-namespace" }, reason: agent.NoNamespace, want: []string{`there is no namespace "no-such-namespace"`}},
		"Pod Security": {change: restricted, reason: agent.NotAdmitted, want: []string{`violates PodSecurity "restricted:latest"`, "hostPath", "enforce=privileged"}},
		"quota": {
			change: func(s *stage) { s.limit(corev1.ResourcePods) },
			reason: agent.NotAdmitted, want: []string{"exceeded quota: none"},
		},
		"no such label": {spec: func(s *agent.Spec) { s.NodeName, s.NodeSelector = "", map[string]string{"pool": "tpu"} }, reason: agent.NoNode, want: []string{"pool=tpu"}},
		"no such node":  {spec: func(s *agent.Spec) { s.NodeName = "gone" }, reason: agent.NoNode, want: []string{`there is no node "gone"`}},
		"tainted":       {spec: func(s *agent.Spec) { s.NodeName = "tainted" }, reason: agent.NoNode, want: []string{"tainted: taint dedicated=team:NoSchedule", "tolerations"}},
		"no room": {
			change: func(s *stage) {
				s.schedule = func(*corev1.Pod) *corev1.PodCondition {
					return &corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/5 nodes are available: 1 Insufficient memory."}
				}
			}, reason: agent.Unschedulable, want: []string{"1 Insufficient memory"},
		},
		"node disappears": {
			kubelet: func(s *stage, ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
				s.setStatus(ctx, pod, running())
				s.check(s.client.CoreV1().Pods(s.namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}))
				return running()
			}, reason: agent.Lost, want: []string{"the node disappeared"},
		},
		"ConfigMap of somebody else": {
			change: func(s *stage) {
				fixture.Create(s.t, server.Admin(), fixture.SnapshotConfigMap(s.namespace, "eidos-snapshot", "mine"))
			}, reason: agent.Foreign, want: []string{"is not an agent's"},
		},
		"ConfigMap of another agent": {
			change: func(s *stage) {
				if _, err := runner(s.t, server.Admin()).Run(context.Background(), s.spec(), "another"); err != nil {
					s.t.Error(err)
				}
				s.kubelet = func(context.Context, *corev1.Pod) corev1.PodStatus { return terminated(1, "") }
			}, reason: agent.Foreign, want: []string{"is another agent's", "kubectl -n bad-luck-configmap-of-another-agent delete configmap eidos-snapshot"},
			left: []string{"ConfigMap eidos-snapshot"},
		},
		"runtime class": {spec: func(s *agent.Spec) { s.RuntimeClass = "no-such" }, reason: agent.NoRuntime, want: []string{`RuntimeClass "no-such" not found`, "Check runtime_class"}},
		"quota on ConfigMaps": {
			change: func(s *stage) { s.limit(corev1.ResourceConfigMaps) },
			reason: agent.NotAdmitted, want: []string{"exceeded quota: none", "Raise the quota"},
		},
		"quota on Jobs": {
			change: func(s *stage) { s.limit("count/jobs.batch") },
			reason: agent.NotAdmitted, want: []string{"exceeded quota: none", "Raise the quota"},
		},
		"too large": {
			change: func(s *stage) {
				s.host = func(string) host { return newHost("6.8.0").with("/proc/sys/kernel/huge", strings.Repeat("x", 1<<20-1)) }
			}, reason: agent.Failed, want: []string{"exit status 1", "a ConfigMap holds 1048576"},
		},
		"another version": {
			kubelet: func(s *stage, ctx context.Context, _ *corev1.Pod) corev1.PodStatus {
				_, err := s.client.CoreV1().ConfigMaps(s.namespace).Patch(ctx, "eidos-snapshot", "application/merge-patch+json",
					[]byte(`{"data":{"snapshot.yaml":"apiVersion: snapshot.dgxc.io/v9\nkind: Snapshot\n"}}`), metav1.PatchOptions{})
				s.check(err)
				return terminated(0, "")
			}, reason: agent.BadSnapshot, want: []string{`got "snapshot.dgxc.io/v9"`, "may be of another version"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bad-luck-"+strings.ToLower(strings.ReplaceAll(name, " ", "-")))
			if tt.change != nil {
				tt.change(s)
			}
			if tt.kubelet != nil {
				s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus { return tt.kubelet(s, ctx, pod) }
			}
			spec := s.spec()
			if tt.spec != nil {
				tt.spec(&spec)
			}
			_, err := runner(t, server.Admin()).Run(t.Context(), spec, "owner")
			checkError(t, err, tt.reason, tt.want...)
			s.checkLeft(tt.left...)
		})
	}
}

// limit allows none of a resource, as the quota controller would count.
func (s *stage) limit(of corev1.ResourceName) {
	none := corev1.ResourceList{of: resource.MustParse("0")}
	quota := &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "none"},
		Spec:       corev1.ResourceQuotaSpec{Hard: none},
	}
	quotas := s.client.CoreV1().ResourceQuotas(s.namespace)
	created, err := quotas.Create(context.Background(), quota, metav1.CreateOptions{})
	s.check(err)
	created.Status = corev1.ResourceQuotaStatus{Hard: none, Used: none}
	_, err = quotas.UpdateStatus(context.Background(), created, metav1.UpdateOptions{})
	s.check(err)
}
