// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

var (
	nodes    sync.Once
	kubelets *logs // of these nodes
)

// populate creates the nodes of the shared server once. Agents run on those of
// the pool.
func populate(t *testing.T) {
	t.Helper()
	nodes.Do(func() {
		pooled := func(name string) *corev1.Node {
			n := fixture.Node(t, "eks", name)
			n.Labels["pool"] = "gpu"
			kubelets.reach(n)
			return n
		}
		tainted := fixture.Node(t, "eks", "tainted")
		tainted.Spec.Taints = []corev1.Taint{{Key: "dedicated", Value: "team", Effect: corev1.TaintEffectNoSchedule}}
		fixture.Create(t, server.Admin(), pooled("gpu-1"), pooled("gpu-2"), pooled("gpu-3"), tainted, fixture.Node(t, "control-plane", "control-plane"))
	})
}

// withoutSystemD are the collectors that find what they look for on a node
// without D-Bus.
func withoutSystemD() []string {
	return slices.DeleteFunc(agent.CollectorNames(), func(name string) bool { return strings.HasPrefix(name, "SystemD") })
}

func (s *stage) spec() agent.Spec {
	return agent.Spec{Namespace: s.namespace, Name: "eidos-snapshot", Image: "registry.example/eidos:1.0.0", NodeName: "gpu-1", Collectors: withoutSystemD()}
}

func runner(t *testing.T, config *rest.Config) *agent.Runner {
	t.Helper()
	client := cluster.NewClient(func() (*rest.Config, error) { return config, nil })
	connection, err := client.Connect()
	if err != nil {
		t.Fatal(err)
	}
	clients, err := typed.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return &agent.Runner{Connection: clients, Cluster: snapshot.Kubernetes(client, snapshot.KubernetesOptions{Catalog: catalog})}
}

// left lists what a run creates and is there, as "Kind name".
func (s *stage) left() []string {
	s.t.Helper()
	ctx, labeled := context.Background(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=agent"}
	var names []string
	add := func(kind string, list runtime.Object, err error) {
		if err != nil {
			s.t.Fatal(err)
		}
		err = meta.EachListItem(list, func(object runtime.Object) error {
			accessor, err := meta.Accessor(object)
			names = append(names, kind+" "+accessor.GetName())
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	jobs, err := s.client.BatchV1().Jobs(s.namespace).List(ctx, labeled)
	add("Job", jobs, err)
	accounts, err := s.client.CoreV1().ServiceAccounts(s.namespace).List(ctx, labeled)
	add("ServiceAccount", accounts, err)
	roles, err := s.client.RbacV1().Roles(s.namespace).List(ctx, labeled)
	add("Role", roles, err)
	bindings, err := s.client.RbacV1().RoleBindings(s.namespace).List(ctx, labeled)
	add("RoleBinding", bindings, err)
	configMaps, err := s.client.CoreV1().ConfigMaps(s.namespace).List(ctx, labeled)
	add("ConfigMap", configMaps, err)
	return names
}

func textOf(list measurement.List, kind, subtype, key string) string {
	return list.Text(measurement.Type(kind), subtype, key)
}

func (s *stage) checkLeft(want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.left(), cmpopts.EquateEmpty()); diff != "" {
		s.t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "run")
	r := runner(t, server.Admin())
	result, err := r.Run(t.Context(), s.spec(), "owner")
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Warnings) > 0 {
		t.Errorf("warnings: %v", result.Warnings)
	}
	found := result.Snapshot()
	for _, tt := range []struct{ kind, subtype, key, want string }{
		{"OS", "release", "VERSION_ID", "24.04"},
		{"OS", "sysctl", "/proc/sys/vm/swappiness", "60"},
		{"OS", "sysctl", "/proc/sys/net/core/rmem_max", ""},
		{"OS", "grub", "numa_balancing", "disable"},
		{"OS", "kmod", "efa", "true"},
		{"GPU", "device", "count", "2"},
		{"K8s", "node", "provider", "eks"},
	} {
		if got := textOf(found.Measurements, tt.kind, tt.subtype, tt.key); got != tt.want {
			t.Errorf("%s/%s/%s is %q, want %q", tt.kind, tt.subtype, tt.key, got, tt.want)
		}
	}
	if found.Metadata.Hostname != "gpu-1" || found.Metadata.Created == "" {
		t.Errorf("metadata %+v", found.Metadata)
	}
	s.checkLeft("ConfigMap eidos-snapshot")
	t.Logf("the agent took %d KiB of memory and %s of CPU", s.maxRSS, s.maxCPU)

	again, err := r.Run(t.Context(), s.spec(), "owner")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(found.Measurements, again.Snapshot().Measurements); diff != "" {
		t.Errorf("a second run found other facts (-first +second):\n%s", diff)
	}
	stored := agent.Stored{Namespace: s.namespace, Name: "eidos-snapshot", Owner: "owner", Nodes: map[string]string{"gpu-1": "eidos-snapshot"}}
	if left, err := r.Remove(t.Context(), stored); err != nil || len(left) > 0 {
		t.Errorf("removing: %v, left %v", err, left)
	}
	s.checkLeft()
}

// The default collectors ask for D-Bus, which this node does not have.
func TestPathThatTheNodeLacks(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "no-dbus")
	spec := s.spec()
	spec.Collectors = nil
	_, err := runner(t, server.Admin()).Run(t.Context(), spec, "owner")
	checkError(t, err, agent.NotStarted, "hostPath type check failed: /run/dbus is not a directory", "with collectors")
	s.checkLeft()
}

// A D-Bus that does not answer costs its collector and no other.
func TestPartial(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "partial", func(s *stage) {
		s.host = func(string) host { return newHost("6.8.0").with("/run/dbus/system_bus_socket", "no socket\n") }
	})
	spec := s.spec()
	spec.Collectors = append(spec.Collectors, "SystemD/containerd.service")
	result, err := runner(t, server.Admin()).Run(t.Context(), spec, "owner")
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0].String(), "SystemD/containerd.service") {
		t.Errorf("warnings: %v", result.Warnings)
	}
	if got := textOf(result.Snapshot().Measurements, "OS", "release", "ID"); got != "ubuntu" {
		t.Errorf("OS/release/ID is %q", got)
	}
	if got := textOf(result.Snapshot().Measurements, "OS", "network", "mellanox-default-route"); got != "true" {
		t.Errorf("OS/network/mellanox-default-route is %q", got)
	}
}

func TestAllNodes(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "all-nodes", func(s *stage) {
		s.host = func(node string) host {
			if node == "gpu-1" {
				return newHost("6.8.0-1029-aws")
			}
			return newHost("6.8.0-1034-aws")
		}
	})
	spec := s.spec()
	spec.NodeName, spec.NodeSelector, spec.AllNodes = "", map[string]string{"pool": "gpu"}, true
	result, err := runner(t, server.Admin()).Run(t.Context(), spec, "owner")
	if err != nil {
		t.Fatal(err)
	}
	if result.Node != "gpu-2" || len(result.Nodes) != 3 {
		t.Errorf("the typical node is %s of %d", result.Node, len(result.Nodes))
	}
	want := map[string]string{
		"OS/grub/BOOT_IMAGE":                   "/boot/vmlinuz-6.8.0-1034-aws: 2, /boot/vmlinuz-6.8.0-1029-aws: 1",
		"OS/sysctl//proc/sys/kernel/osrelease": "6.8.0-1034-aws: 2, 6.8.0-1029-aws: 1",
	}
	if diff := cmp.Diff(want, result.Disagreements); diff != "" {
		t.Errorf("disagreements (-want +got):\n%s", diff)
	}
	other := "eidos-snapshot-" + result.Groups[1].SHA256[:12]
	if result.Nodes["gpu-1"].ConfigMap != other || result.Nodes["gpu-3"].ConfigMap != "eidos-snapshot" || len(result.Groups) != 2 {
		t.Errorf("groups %+v", result.Groups)
	}
	s.checkLeft("ConfigMap eidos-snapshot", "ConfigMap "+other)
}

// The only rule that the agent is given is needed.
func TestRuleIsNeeded(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "without-configmaps")
	play := s.kubelet
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		s.revoke(ctx, pod)
		return play(ctx, pod)
	}
	_, err := runner(t, server.Admin()).Run(t.Context(), s.spec(), "owner")
	checkError(t, err, agent.Failed, "exit status 1", "cannot apply configmaps", "forbidden")
	s.checkLeft()
}

// revoke takes the rules of a running agent away.
func (s *stage) revoke(ctx context.Context, pod *corev1.Pod) {
	account := pod.Spec.ServiceAccountName
	roles := s.client.RbacV1()
	role, err := roles.Roles(s.namespace).Get(ctx, account, metav1.GetOptions{})
	s.check(err)
	role.Rules = nil
	_, err = roles.Roles(s.namespace).Update(ctx, role, metav1.UpdateOptions{})
	s.check(err)
	s.waitFor(ctx, false, account, "patch configmaps", "eidos-snapshot")
}

// The account of an agent may not read a secret, nor any ConfigMap, nor write
// another one.
func TestWhatAnAgentMayNot(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "may-not")
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		for _, question := range []string{"list secrets", "get secrets", "get configmaps", "list configmaps", "create configmaps", "delete configmaps", "list nodes", "list pods", "list clusterpolicies", "create pods", "patch nodes"} {
			if s.may(ctx, pod.Spec.ServiceAccountName, question, "") {
				t.Errorf("the agent may %s", question)
			}
		}
		if s.may(ctx, pod.Spec.ServiceAccountName, "patch configmaps", "another") || !s.may(ctx, pod.Spec.ServiceAccountName, "patch configmaps", "eidos-snapshot") {
			t.Error("the agent may patch other ConfigMaps than its own")
		}
		return terminated(1, "asked enough")
	}
	_, err := runner(t, server.Admin()).Run(t.Context(), s.spec(), "owner")
	checkError(t, err, agent.Failed, "asked enough")
}

func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "two-runs")
	started, release := make(chan struct{}), make(chan struct{})
	play := s.kubelet
	s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
		close(started)
		<-release
		return play(ctx, pod)
	}
	first := make(chan error)
	r := runner(t, server.Admin())
	go func() {
		_, err := r.Run(t.Context(), s.spec(), "first")
		first <- err
	}()
	<-started
	_, err := r.Run(t.Context(), s.spec(), "second")
	checkError(t, err, agent.Running, `is writing the same ConfigMap`, `in namespace "two-runs"`)
	close(release)
	if err := <-first; err != nil {
		t.Errorf("the first run: %v", err)
	}
	s.checkLeft("ConfigMap eidos-snapshot")
}

func checkError(t *testing.T, err error, reason agent.Reason, texts ...string) {
	t.Helper()
	if err == nil || agent.ReasonOf(err) != reason {
		t.Fatalf("error %v, want reason %d", err, reason)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error lacks %q: %v", text, err)
		}
	}
}
