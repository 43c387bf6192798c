// SPDX-License-Identifier: Apache-2.0

package manifests_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/faultproxy"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// through reaches the server by a proxy with these faults, with the rights of a user.
func (s *stage) through(user *rest.Config, faults faultproxy.Faults) *faultproxy.Proxy {
	s.t.Helper()
	proxy := faultproxy.New(s.t, user, server.ServingCertificate(s.t), faults)
	s.connect(apiserver.Kubeconfig(s.t, &rest.Config{Host: proxy.URL(), TLSClientConfig: rest.TLSClientConfig{CAData: server.CA()}}))
	return proxy
}

// An apply that is killed half-way is completed by the next one, which owns all of
// the objects.
func TestKilledHalfWay(t *testing.T) {
	t.Parallel()
	s := newStage(t, "killed", server.Admin())
	direct := s.config
	proxy := s.through(server.Admin(), faultproxy.Faults{"PATCH /api/v1/namespaces/killed/configmaps/other": faultproxy.NeverAnswers})
	manifests := map[string]string{"n": namespace, "a": configMap, "b": other}
	s.set(`timeouts = { read = "1s" }`, manifests) // of the plan's dry run, which hangs too
	cmd := s.Command(t, "apply", "-auto-approve", "-input=false")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, 2*time.Minute, true, func(context.Context) (bool, error) {
		for _, r := range proxy.Requests() {
			if r.Method == http.MethodPatch && strings.HasSuffix(r.Path, "/other") && !r.Query.Has("dryRun") {
				return s.live(configMap) != nil, nil //nolint:contextcheck // that of the test will do
			}
		}
		return false, nil
	})
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait() // killed
	if err != nil {
		t.Fatal("the apply did not get half-way")
	}
	if err := os.Remove(s.Path(".terraform.tfstate.lock.info")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	s.checkNothing()

	s.config = direct
	s.set("", manifests)
	s.Apply(t)
	s.checkEmptyPlan()
	s.destroy()
	if s.live(configMap) != nil || s.live(other) != nil {
		t.Error("something is left")
	}
}

// A server that hangs ends an apply with its timeout; a plan believes the state.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	s := newStage(t, "hangs", server.Admin())
	const timeouts = `timeouts = { read = "1s", update = "1s", delete = "1s" }`
	s.set(timeouts, map[string]string{"n": namespace, "a": configMap})
	s.Apply(t)
	s.through(server.Admin(), faultproxy.Faults{"/": faultproxy.NeverAnswers})
	s.set(timeouts, map[string]string{"n": namespace, "a": configMap})
	r := s.plan()
	checkSays(t, r, "Objects Not Compared", "did not answer before the deadline")
	s.set(timeouts, map[string]string{"n": namespace, "a": strings.Replace(configMap, "fast", "slow", 1)})
	s.ApplyFails(t, "did not answer before the deadline (timeouts.update is 1s)")
	r = s.Run(t, "destroy", "-auto-approve", "-input=false")
	checkSays(t, r, "did not answer before the deadline")
	if s.live(configMap) == nil || r.Code == 0 {
		t.Error("destroying succeeded")
	}
}

const (
	// applierFile is what the documentation tells users to apply.
	applierFile      = "../../../examples/rbac/manifests-applier.yaml"
	applierNamespace = "gpu-operator"
	applierAccount   = "terraform"
)

// The rights in the documented file suffice for the life of what they are for, and
// whoever lacks one reads which.
func TestRights(t *testing.T) {
	t.Parallel()
	manifest, err := os.ReadFile(applierFile)
	if err != nil {
		t.Fatal(err)
	}
	fixture.CreateManifest(t, server.Admin(), manifest)
	fixture.Create(t, server.Admin(), fixture.Namespace(applierNamespace))
	user := server.TokenConfig(server.ServiceAccountToken(t, applierNamespace, applierAccount))
	s := newStage(t, "rights", user)
	s.set("", map[string]string{"n": namespace, "a": configMap, "q": quota, "d": of("rights.example.com", definition)})
	s.waitUntilAllowed(user)
	s.Apply(t)
	s.checkEmptyPlan()
	s.destroy()

	s.set("", map[string]string{"w": deployment})
	checkSays(t, s.plan(), "Dry Run Failed", `verbs: ["create", "patch"]`)
	s.ApplyFails(t, `cannot apply deployments.apps "web" in namespace "rights": forbidden`, `Grant this rule in a Role of namespace "rights"`)
	s.checkNothing()
}

// waitUntilAllowed returns when the server knows of the rights of a user.
func (s *stage) waitUntilAllowed(user *rest.Config) {
	s.t.Helper()
	c := fixture.NewClient(s.t, user)
	err := wait.PollUntilContextTimeout(s.t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		return client.IgnoreNotFound(c.Get(ctx, client.ObjectKey{Name: s.namespace}, s.object(namespace))) == nil, nil
	})
	if err != nil {
		s.t.Fatal("the server does not let the user read namespaces")
	}
}

// Whoever may only read plans with a warning, and drift that cannot be found is one.
func TestReaderPlans(t *testing.T) {
	t.Parallel()
	s := newStage(t, "reader", server.Admin())
	s.set("", map[string]string{"n": namespace, "a": configMap})
	s.Apply(t)
	meta := metav1.ObjectMeta{Name: "manifests-reader"}
	fixture.Create(t, server.Admin(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps", "namespaces"}, Verbs: []string{"get"}}}})
	fixture.Create(t, server.Admin(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: meta.Name}},
	})
	user := server.CreateUser(t, meta.Name)
	s.waitUntilAllowed(user)
	s.connect(apiserver.Kubeconfig(t, user))
	s.set("", map[string]string{"n": namespace, "a": configMap})
	checkSays(t, s.plan(), "Objects Not Compared", `verbs: ["create", "patch"]`, "No changes")
}

// Neither the state nor a log holds what connects to the cluster, or a Secret that
// was refused.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	s := newStage(t, "secrets", server.Admin())
	fixture.Create(t, server.Admin(), fixture.Namespace("secrets"))
	meta := metav1.ObjectMeta{Name: "manifests-secrets"}
	fixture.Create(t, server.Admin(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "secrets", Name: "admin"}},
	})
	token := server.ServiceAccountToken(t, "secrets", "admin")
	user := server.TokenConfig(token)
	s.waitUntilAllowed(user)
	s.connect(apiserver.Kubeconfig(t, user))
	const password = "hunter2-in-plain-text"
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: NS}\nstringData: {password: " + password + "}\n"
	log := s.Path("trace.log")
	run := func(args ...string) {
		cmd := s.Command(t, args...)
		cmd.Env = append(cmd.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
		_ = cmd.Run() // one of them fails
	}
	s.set("", map[string]string{"c": configMap})
	run("apply", "-auto-approve", "-input=false")
	s.set("", map[string]string{"c": configMap, "s": secret})
	run("apply", "-auto-approve", "-input=false")
	if s.live(configMap) == nil {
		t.Fatal("nothing was applied")
	}
	for _, file := range []string{"terraform.tfstate", "trace.log"} {
		text := s.Read(t, file)
		for _, secret := range []string{token, password} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", file, secret)
			}
		}
	}
	if !strings.Contains(s.Read(t, "trace.log"), "Applied objects") {
		t.Error("there is no log")
	}
}
