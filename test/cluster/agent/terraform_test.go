// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// deployerFile is what the documentation tells users to apply.
const (
	deployerFile      = "../../../examples/rbac/agent-deployer.yaml"
	deployerNamespace = "gpu-operator"
	deployerAccount   = "terraform"
)

// agentConfig is a configuration of one agent, with more arguments.
func agentConfig(t *testing.T, user *rest.Config, namespace, arguments string) string {
	t.Helper()
	var collectors []string
	for _, name := range withoutSystemD() {
		collectors = append(collectors, fmt.Sprintf("%q", name))
	}
	return fmt.Sprintf(`
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}

provider "eidos" {
  kubernetes = { config_path = %q }
}

resource "eidos_agent" "this" {
  namespace  = %q
  image      = "registry.example/eidos:1.0.0"
  collectors = [%s]
  %s
}

output "snapshot" { value = eidos_agent.this.snapshot }
output "sha256" { value = eidos_agent.this.sha256 }
output "nodes" { value = eidos_agent.this.nodes }
`, apiserver.Kubeconfig(t, user), namespace, strings.Join(collectors, ", "), arguments)
}

const pipeline = `
data "eidos_recipe" "this" {
  snapshot = eidos_agent.this.snapshot
  intent   = "training"
  kubernetes_version = "1.34"
}

resource "eidos_bundle" "this" {
  recipe   = data.eidos_recipe.this.json
  bundlers = ["gpu-operator"]
}

output "values" { value = eidos_bundle.this.components["gpu-operator"].values }
`

func checkEmptyPlan(t *testing.T, w *terraform.Workspace) {
	t.Helper()
	if r := w.Run(t, "plan", "-input=false", "-detailed-exitcode"); r.Code != 0 {
		t.Errorf("the second plan is not empty:\n%s%s", r.Stdout, r.Stderr)
	}
}

func output(t *testing.T, w *terraform.Workspace, name string) string {
	t.Helper()
	var text string
	w.Output(t, name, &text)
	return text
}

// The rights in the documented file suffice, for one apply from the agent to the
// bundle, for a second run, for removing everything, and for the command.
func TestAgentToBundle(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, deployerNamespace)
	manifest, err := os.ReadFile(deployerFile)
	if err != nil {
		t.Fatal(err)
	}
	fixture.CreateManifest(t, server.Admin(), manifest)
	user := server.TokenConfig(server.ServiceAccountToken(t, deployerNamespace, deployerAccount))
	s.waitFor(t.Context(), true, deployerAccount, "list nodes", "")
	s.waitFor(t.Context(), true, deployerAccount, "create configmaps", "")

	config := agentConfig(t, user, deployerNamespace, `node_selector = { pool = "gpu" }`) + pipeline
	w := terraform.NewWorkspace(t, plugins, config)
	w.Apply(t)
	if snapshot := output(t, w, "snapshot"); !strings.Contains(snapshot, "VERSION_ID: \"24.04\"") || strings.Contains(snapshot, "created:") || strings.Contains(snapshot, "eidos") {
		t.Errorf("the snapshot:\n%s", snapshot)
	}
	if values := output(t, w, "values"); !strings.Contains(values, `"driver":`) {
		t.Errorf("the bundle's values:\n%s", values)
	}
	checkEmptyPlan(t, w)
	s.checkLeft("ConfigMap eidos-snapshot")

	// The same facts in a second run, on all nodes, change nothing downstream.
	before := output(t, w, "sha256")
	w.Write(t, "main.tf", strings.Replace(config, "node_selector = {", `all_nodes = true
  node_selector = {`, 1))
	if r := w.Apply(t); !r.Says("1 changed, 0 destroyed") && !r.Says("2 changed, 0 destroyed") {
		t.Errorf("the second run:\n%s", r.Stdout)
	}
	if after := output(t, w, "sha256"); after != before {
		t.Error("the same facts have another sha256")
	}
	checkEmptyPlan(t, w)

	if r := w.Run(t, "destroy", "-auto-approve", "-input=false"); r.Code != 0 {
		t.Errorf("destroying:\n%s%s", r.Stdout, r.Stderr)
	}
	s.checkLeft()

	// They suffice at a prompt, too.
	for _, nodes := range []string{"--all-nodes", "--all-nodes=false"} {
		s.snapshotAs(user, "--node-selector", "pool=gpu", nodes).check(t, 0)
	}
	s.checkLeft()
}

// A ConfigMap that is gone is written again, and one that says something else
// is believed.
func TestConfigMapChanges(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "changes")
	w := terraform.NewWorkspace(t, plugins, agentConfig(t, server.Admin(), s.namespace, `node_name = "gpu-1"`))
	w.Apply(t)
	before := output(t, w, "sha256")
	// What is no argument of a run is no reason for one.
	w.Write(t, "main.tf", agentConfig(t, server.Admin(), s.namespace, "node_name = \"gpu-1\"\n  keep_on_failure = true\n  privileged = false\n  triggers = {}"))
	if r := w.Run(t, "plan", "-input=false"); r.Says("known after apply") || !r.Says("keep_on_failure") {
		t.Errorf("a plan without a run:\n%s", r.Stdout)
	}

	configMaps := s.client.CoreV1().ConfigMaps(s.namespace)
	if err := configMaps.Delete(t.Context(), "eidos-snapshot", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if r := w.Run(t, "plan", "-input=false"); !r.Says("Snapshot Is Gone") || !r.Says("1 to change") {
		t.Errorf("the plan without a ConfigMap:\n%s%s", r.Stdout, r.Stderr)
	}
	w.Apply(t)
	if output(t, w, "sha256") != before {
		t.Error("the snapshot that was taken again has another sha256")
	}

	object, err := configMaps.Get(t.Context(), "eidos-snapshot", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	object.Data["snapshot.yaml"] = strings.Replace(object.Data["snapshot.yaml"], `"24.04"`, `"22.04"`, 1)
	if _, err := configMaps.Update(t.Context(), object, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.Apply(t)
	if !strings.Contains(output(t, w, "snapshot"), `VERSION_ID: "22.04"`) {
		t.Error("the snapshot is not what the ConfigMap says")
	}

	// Somebody else's by now: it is left.
	if object, err = configMaps.Get(t.Context(), "eidos-snapshot", metav1.GetOptions{}); err != nil {
		t.Fatal(err)
	}
	object.Labels = nil
	if _, err := configMaps.Update(t.Context(), object, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if r := w.Run(t, "destroy", "-auto-approve", "-input=false", "-refresh=false"); r.Code != 0 || !r.Says("ConfigMaps Left") {
		t.Errorf("destroying:\n%s%s", r.Stdout, r.Stderr)
	}
	if _, err := configMaps.Get(t.Context(), "eidos-snapshot", metav1.GetOptions{}); err != nil {
		t.Errorf("the ConfigMap of somebody else: %v", err)
	}
}

func TestDiagnostics(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "diagnostics", func(s *stage) {
		s.kubelet = func(context.Context, *corev1.Pod) corev1.PodStatus { return terminated(1, "first line\nlast line\n") }
	})
	nobody := server.CreateUser(t, "agent-nobody")
	for name, tt := range map[string]struct {
		config string
		want   []string
	}{
		"agent":     {agentConfig(t, server.Admin(), s.namespace, `node_name = "gpu-1"`), []string{"Agent Failed", "node gpu-1, pod eidos-snapshot-", "exit status 1", "first line", "last line"}},
		"forbidden": {agentConfig(t, nobody, s.namespace, `node_name = "gpu-1"`), []string{"Agent Failed", "cannot list nodes: forbidden", `verbs: ["list"]`}},
		"node":      {agentConfig(t, server.Admin(), s.namespace, `node_name = "tainted"`), []string{"No Node For Agent", "taint dedicated=team:NoSchedule", "tolerations"}},
		"spec":      {agentConfig(t, server.Admin(), "NOT VALID", `node_name = "gpu-1"`), []string{"Invalid Agent", "namespace", "NOT VALID"}},
		"no image": {
			strings.Replace(agentConfig(t, server.Admin(), s.namespace, ""), `image      = "registry.example/eidos:1.0.0"`, "", 1),
			[]string{"Agent Image Required", "dev", "Dockerfile"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := terraform.NewWorkspace(t, plugins, tt.config)
			w.ApplyFails(t, tt.want...)
			if state := w.Run(t, "state", "list").Stdout; strings.Contains(state, "eidos_agent") {
				t.Errorf("the agent is in the state: %s", state)
			}
		})
	}
}

// An apply that is interrupted in the middle of a run removes everything.
func TestCanceledApply(t *testing.T) {
	t.Parallel()
	populate(t)
	started := make(chan struct{})
	s := newStage(t, "canceled", func(s *stage) {
		s.kubelet = func(ctx context.Context, pod *corev1.Pod) corev1.PodStatus {
			s.setStatus(ctx, pod, running())
			close(started)
			return running()
		}
	})
	w := terraform.NewWorkspace(t, plugins, agentConfig(t, server.Admin(), s.namespace, `node_name = "gpu-1"`))
	cmd := w.Command(t, "apply", "-auto-approve", "-input=false")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-started
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r := terraform.Result{Code: 1}
	if err := cmd.Wait(); err == nil {
		r.Code = 0
	}
	r.Stdout = out.String()
	if r.Code == 0 || !r.Says("Agent Canceled") || !r.Says("node gpu-1") {
		t.Errorf("the interrupted apply:\n%s", r.Stdout)
	}
	s.checkLeft()
}

// A provider that is killed leaves a run, which the next one removes when
// nobody waits for it anymore.
func TestKilledProvider(t *testing.T) {
	t.Parallel()
	populate(t)
	killed := make(chan struct{})
	s := newStage(t, "killed")
	play := s.kubelet
	var once sync.Once
	ctx, kill := context.WithCancel(t.Context())
	s.kubelet = func(jobCtx context.Context, pod *corev1.Pod) corev1.PodStatus {
		once.Do(func() { kill(); <-killed })
		return play(jobCtx, pod)
	}
	w := terraform.NewWorkspace(t, plugins, agentConfig(t, server.Admin(), s.namespace, `node_name = "gpu-1"`))
	apply := w.Command(t, "apply", "-auto-approve", "-input=false")
	apply.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with the provider, its child
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	if err := syscall.Kill(-apply.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = apply.Wait() // it was killed
	w.ApplyFails(t, "Agent Already Running", "is writing the same ConfigMap")
	close(killed)
	s.waitFinished(t)
	w.Apply(t)
	s.checkLeft("ConfigMap eidos-snapshot")
}

// waitFinished returns when every Job of the namespace has ended.
func (s *stage) waitFinished(t *testing.T) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		jobs, err := s.client.BatchV1().Jobs(s.namespace).List(ctx, metav1.ListOptions{})
		return err == nil && !slices.ContainsFunc(jobs.Items, func(j batchv1.Job) bool { return len(j.Status.Conditions) == 0 }), nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The cluster's address is known only after apply, as when the cluster is
// created with the agent.
func TestUnknownConnection(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "same-apply")
	config := agentConfig(t, server.Admin(), s.namespace, `node_name = "gpu-1"`)
	path := regexp.MustCompile(`config_path = "[^"]*"`).FindString(config)
	config = strings.Replace(config, path, "config_path = terraform_data.cluster.output", 1) +
		strings.Replace("resource \"terraform_data\" \"cluster\" {\n  "+path+"\n}\n", "config_path", "input", 1)
	w := terraform.NewWorkspace(t, plugins, config)
	w.Apply(t)
	checkEmptyPlan(t, w)
	s.checkLeft("ConfigMap eidos-snapshot")
}

// An account of the user's with the documented rights, and nothing of its own.
func TestServiceAccount(t *testing.T) {
	t.Parallel()
	populate(t)
	s := newStage(t, "own-account")
	meta := metav1.ObjectMeta{Namespace: s.namespace, Name: "mine"}
	server.ServiceAccountToken(t, s.namespace, meta.Name) // creates it
	subject := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: s.namespace, Name: meta.Name}}
	fixture.Create(t, server.Admin(), &rbacv1.Role{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, ResourceNames: []string{"eidos-snapshot"}, Verbs: []string{"patch"}},
	}})
	fixture.Create(t, server.Admin(), &rbacv1.RoleBinding{ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: meta.Name}, Subjects: subject})
	s.waitFor(t.Context(), true, meta.Name, "patch configmaps", "eidos-snapshot")

	config := strings.Replace(agentConfig(t, server.Admin(), s.namespace, `node_name = "gpu-1"
  service_account = "mine"`), `"K8s/image", "K8s/policy", "K8s/node", `, "", 1)
	w := terraform.NewWorkspace(t, plugins, config)
	if r := w.Apply(t); r.Says("Snapshot Is Incomplete") {
		t.Errorf("the apply:\n%s", r.Stdout)
	}
	s.checkLeft("ConfigMap eidos-snapshot")
	if _, err := s.client.CoreV1().ServiceAccounts(s.namespace).Get(t.Context(), meta.Name, metav1.GetOptions{}); err != nil {
		t.Errorf("the user's account: %v", err)
	}
}
