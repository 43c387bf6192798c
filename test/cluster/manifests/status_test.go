// SPDX-License-Identifier: Apache-2.0

package manifests_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/release/common"
	release "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/storage/driver"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/faultproxy"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// policy stands for what an operator's chart creates; its kind says in status.state
// whether it is ready.
const policy = "apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy\nmetadata: {name: NS}\nspec: {size: 3, tags: [a, b]}\n"

// policyDefinition is that of one test, for the whole server.
func policyDefinition() string {
	return strings.NewReplacer("GROUP", "mellanox.com", "widgets", "nicclusterpolicies", "singular: widget", "singular: nicclusterpolicy",
		"Widget", "NicClusterPolicy", "Namespaced", "Cluster", "name: v1\n", "name: v1alpha1\n").Replace(definition)
}

// component is what a bundle says of a component with a policy, objects and a release.
func (s *stage) component() string {
	return fmt.Sprintf(`{
    chart = "operator", version = "v2.0.0", namespace = %[1]q, release_name = "op"
    ready = [{ api_version = "mellanox.com/v1alpha1", kind = "NicClusterPolicy", name = %[1]q, after = "" }]
    manifests = { "manifests/settings.yaml" = %[2]q, "manifests/quota.yaml" = %[3]q }
    chart_manifests = { "manifests/policy.yaml" = %[4]q }
  }`, s.namespace, strings.ReplaceAll(configMap, "NS", s.namespace), strings.ReplaceAll(quota, "NS", s.namespace), strings.ReplaceAll(policy, "NS", s.namespace))
}

// lookAtStatus writes a configuration that applies the objects and looks at them.
func (s *stage) lookAtStatus() {
	s.t.Helper()
	s.Write(s.t, "main.tf", s.config+resource("this", "", s.inNamespace(map[string]string{"n": namespace, "c": configMap, "q": quota}))+fmt.Sprintf(`
data "eidos_status" "this" {
  components = { op = %s }
  depends_on = [eidos_manifests.this]
}
output "status" {
  value = data.eidos_status.this
}
`, s.component()))
}

type statusSeen struct {
	Components, Kubernetes any
	Ready                  bool
	Objects                []struct{ Object, State string }
	Drift                  []struct{ Object, Path, Want, Have string }
	Releases               []struct {
		Name, Chart, Version, Status, Difference string
		Revision                                 int
	}
	Nodes []struct {
		Name, Product string
		Wrong         []string
	}
	Problems []struct{ Verb, Resource, Namespace string }
}

// checkStatus refreshes and fails unless the status says these things.
func (s *stage) checkStatus(ready bool, want ...string) {
	s.t.Helper()
	s.Apply(s.t)
	var seen statusSeen
	s.Output(s.t, "status", &seen)
	var got []string
	for _, o := range seen.Objects {
		got = append(got, o.Object+": "+o.State)
	}
	for _, d := range seen.Drift {
		got = append(got, fmt.Sprintf("drift %s %s: %s -> %s", d.Object, d.Path, d.Want, d.Have))
	}
	for _, r := range seen.Releases {
		got = append(got, fmt.Sprintf("release %s %s %s %d %s: %s", r.Name, r.Chart, r.Version, r.Revision, r.Status, r.Difference))
	}
	for _, p := range seen.Problems {
		got = append(got, strings.TrimSpace(fmt.Sprintf("problem %s %s %s", p.Verb, p.Resource, p.Namespace)))
	}
	if diff := cmp.Diff(want, got); diff != "" || seen.Ready != ready {
		s.t.Errorf("ready is %v (-want +got):\n%s", seen.Ready, diff)
	}
	if seen.Components != nil || seen.Kubernetes != nil {
		s.t.Errorf("the state holds %v, %v", seen.Components, seen.Kubernetes)
	}
}

// keep records a revision of the release op as Helm does, with a secret in its values.
func (s *stage) keep(version string, status common.Status, revision int, secret string) {
	s.t.Helper()
	clients, err := kubernetes.NewForConfig(server.Admin())
	if err != nil {
		s.t.Fatal(err)
	}
	err = driver.NewSecrets(clients.CoreV1().Secrets(s.namespace)).Create(fmt.Sprintf("sh.helm.release.v1.op.v%d", revision), &release.Release{
		Name: "op", Namespace: s.namespace, Version: revision, Info: &release.Info{Status: status}, Config: map[string]any{"anything": secret},
		Chart: &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "operator", Version: version}}, Manifest: "# " + secret,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// reader is a service account with the documented rights, which are bound to it in
// the stage's namespace.
func (s *stage) reader() *rest.Config {
	s.t.Helper()
	manifest, err := os.ReadFile("../../../examples/rbac/status-reader.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	fixture.CreateManifest(s.t, server.Admin(), []byte(strings.ReplaceAll(string(manifest), "namespace: gpu-operator", "namespace: "+s.namespace)))
	return server.TokenConfig(server.ServiceAccountToken(s.t, s.namespace, "eidos"))
}

// TestStatus follows a component from nothing to ready, through edits, an upgrade that
// stops and the loss of rights.
func TestStatus(t *testing.T) {
	t.Parallel()
	s := newStage(t, "status", server.Admin())
	const secret = "s3cr3t-v4lu3-of-a-release"
	settings, pods, nics := `ConfigMap "settings" in namespace "status"`, `ResourceQuota "pods" in namespace "status"`, `NicClusterPolicy.mellanox.com "status"`
	there := []string{settings + ": Current", nics + ": ready", pods + ": Current"}
	installed := "release op operator 2.0.0 2 deployed: "

	s.lookAtStatus()
	s.checkStatus(false, settings+": Current", nics+": Missing", pods+": Current",
		`release op   0 missing: Helm has no release "op" in namespace "status"`)
	s.create(policyDefinition())
	s.waitForKind()
	s.create(policy)
	s.keep("1.0.0", common.StatusSuperseded, 1, secret)
	s.keep("2.0.0", common.StatusDeployed, 2, secret)
	s.checkStatus(false, settings+": Current", nics+": Unknown", pods+": Current", installed)
	s.setStatus(policy, map[string]any{"state": "ready"})
	s.checkStatus(true, append(there, installed)...)
	s.checkEmptyPlan()

	// Defaults and other spellings are no drift, but edits are, with and without the
	// right to a dry run.
	s.edit(policy, func(object map[string]any) {
		_ = unstructured.SetNestedField(object, int64(5), "spec", "size")
		_ = unstructured.SetNestedStringSlice(object, []string{"a"}, "spec", "tags")
	})
	drift := []string{"drift " + nics + " spec.size: 3 -> 5", `drift ` + nics + ` spec.tags[1]: b -> `}
	s.checkStatus(true, append(there, append(drift, installed)...)...)
	s.checkEmptyPlan()
	s.keep("3.0.0", common.StatusPendingUpgrade, 3, secret)
	stopped := `release op operator 3.0.0 3 pending-upgrade: revision 3 is "pending-upgrade" and the version is "3.0.0", not "v2.0.0"`
	s.checkStatus(false, append(there, append(drift, stopped)...)...)

	direct := s.config
	user := s.reader()
	s.waitUntilAllowed(user)
	s.connect(apiserver.Kubeconfig(t, user))
	s.lookAtStatus()
	s.checkStatus(false, append(there, append(drift, stopped)...)...)
	log := s.Path("trace.log")
	cmd := s.Command(t, "plan", "-input=false", "-out", "plan")
	cmd.Env = append(cmd.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"terraform.tfstate", "trace.log", "plan"} {
		if text := s.Read(t, file); strings.Contains(text, secret) || strings.Contains(text, user.BearerToken) || text == "" {
			t.Errorf("%s holds a secret, or nothing", file)
		}
	}

	// What may not be read is named, and what may is said.
	s.config = direct
	s.connect(apiserver.Kubeconfig(t, s.viewer()))
	s.lookAtStatus()
	s.checkStatus(false, settings+": Current", nics+": Unread", pods+": Unread",
		"problem list daemonsets.apps status", "problem list deployments.apps status", "problem get nicclusterpolicies.mellanox.com", "problem list nodes",
		"problem get resourcequotas status", "problem list secrets status", "problem list statefulsets.apps status")
	checkSays(t, s.plan(), "Status Is Incomplete", `cannot list secrets in namespace "status": forbidden. Grant this rule in a Role of namespace "status"`)
	s.connect(apiserver.Kubeconfig(t, server.CreateUser(t, "status-nobody")))
	s.lookAtStatus()
	r := s.Run(t, "plan", "-input=false")
	checkSays(t, r, "Status Not Readable", `cannot get configmaps "settings" in namespace "status": forbidden`)
	if r.Code == 0 {
		t.Error("without any right there is a status")
	}
}

// waitForKind returns when the server serves policies.
func (s *stage) waitForKind() {
	s.t.Helper()
	err := wait.PollUntilContextTimeout(s.t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		list := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": "mellanox.com/v1alpha1", "kind": "NicClusterPolicyList"}}
		return fixture.NewClient(s.t, server.Admin()).List(ctx, list) == nil, nil
	})
	if err != nil {
		s.t.Fatal("the server does not serve policies")
	}
	s.kube = fixture.NewClient(s.t, server.Admin())
}

// viewer may read ConfigMaps and namespaces.
func (s *stage) viewer() *rest.Config {
	s.t.Helper()
	meta := metav1.ObjectMeta{Name: "status-viewer"}
	fixture.Create(s.t, server.Admin(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps", "namespaces"}, Verbs: []string{"get"}}}})
	fixture.Create(s.t, server.Admin(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: meta.Name}},
	})
	user := server.CreateUser(s.t, meta.Name)
	s.waitUntilAllowed(user)
	return user
}

// A wait ends when everything is ready, and says what lacks where it ends before.
func TestStatusWaits(t *testing.T) {
	t.Parallel()
	s := newStage(t, "status-waits", server.Admin())
	s.Write(t, "main.tf", s.config+resource("this", "", s.inNamespace(map[string]string{"n": namespace, "w": deployment}))+fmt.Sprintf(`
data "eidos_status" "this" {
  components     = { web = { namespace = "status-waits", manifests = { web = %q } } }
  wait_for_ready = "2s"
  depends_on     = [eidos_manifests.this]

  lifecycle {
    postcondition {
      condition     = self.ready
      error_message = "not ready"
    }
  }
}
`, strings.ReplaceAll(deployment, "NS", "status-waits")))
	s.ApplyFails(t, "Not Ready In Time", `Deployment.apps "web" in namespace "status-waits": InProgress: `, "After 2s", "Resource postcondition failed")
	s.setStatus(deployment, map[string]any{
		"observedGeneration": s.live(deployment).GetGeneration(), "replicas": int64(2), "updatedReplicas": int64(2), "readyReplicas": int64(2), "availableReplicas": int64(2),
		"conditions": []any{
			map[string]any{"type": "Available", "status": "True"},
			map[string]any{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
		},
	})
	s.Apply(t)
	s.checkEmptyPlan()
}

// A server that hangs ends the read with its timeout.
func TestStatusOfAServerThatHangs(t *testing.T) {
	t.Parallel()
	s := newStage(t, "status-hangs", server.Admin())
	s.through(server.Admin(), faultproxy.Faults{"/": faultproxy.NeverAnswers})
	s.Write(t, "main.tf", s.config+fmt.Sprintf("data \"eidos_status\" \"this\" {\n  components = { op = %s }\n  timeouts = { read = \"1s\" }\n}\n", s.component()))
	r := s.Run(t, "plan", "-input=false")
	checkSays(t, r, "did not answer before the deadline (timeouts.read is 1s)")
	if r.Code == 0 {
		t.Error("there is a status of a server that hangs")
	}
}
