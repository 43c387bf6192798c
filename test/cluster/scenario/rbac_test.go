// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// readerFile is what the documentation tells users to apply.
const readerFile = "../../../examples/rbac/snapshot-reader.yaml"

// readerAccount is the identity that the file gives rights to.
const (
	readerNamespace = "gpu-operator"
	readerAccount   = "eidos"
	readerRole      = "eidos-snapshot-reader"
)

// listRules are the single permissions of the file's ClusterRole, as the server
// has it.
func listRules(t *testing.T) []rbacv1.PolicyRule {
	t.Helper()
	role, err := newClient(t, server.Admin()).RbacV1().ClusterRoles().Get(t.Context(), readerRole, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var single []rbacv1.PolicyRule
	for _, rule := range role.Rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				single = append(single, rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{resource}, Verbs: rule.Verbs})
			}
		}
	}
	return single
}

func TestReaderRights(t *testing.T) {
	t.Parallel()
	populate(t)
	manifest, err := os.ReadFile(readerFile)
	if err != nil {
		t.Fatal(err)
	}
	fixture.CreateManifest(t, server.Admin(), manifest)
	fixture.Create(t, server.Admin(),
		fixture.SnapshotConfigMap(readerNamespace, "eidos-snapshot", exampleSnapshot(t)),
		fixture.SnapshotConfigMap(readerNamespace, "another", exampleSnapshot(t)))
	token := server.ServiceAccountToken(t, readerNamespace, readerAccount)
	reader, rules := withToken(server, token), listRules(t)
	waitAllowed(t, server.TokenConfig(token), rules...)

	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		w := newWorkspace(t, snapshotBy(reader, `cluster = {}
  required_collectors = ["K8s/server", "K8s/image", "K8s/policy", "K8s/node"]`))
		w.Apply(t)
		checkWhole(t, readFacts(t, w))
	})
	t.Run("ConfigMap", func(t *testing.T) {
		t.Parallel()
		const source = `config_map = { namespace = "gpu-operator", name = %q }`
		newWorkspace(t, snapshotBy(reader, fmt.Sprintf(source, "eidos-snapshot"))).Apply(t)
		newWorkspace(t, snapshotBy(reader, fmt.Sprintf(source, "another"))).ApplyFails(t, "ConfigMap Forbidden", `"another"`)
	})
	if len(rules) != 3 {
		t.Errorf("the file gives %d permissions: %v", len(rules), rules)
	}
	for i, rule := range rules {
		name := rule.Resources[0]
		t.Run("without "+name, func(t *testing.T) {
			t.Parallel()
			others := slices.Delete(slices.Clone(rules), i, i+1)
			checkLacking(t, account(t, server, "without-"+name, others...), name)
		})
	}
}

// checkLacking collects as somebody who may not list one resource.
func checkLacking(t *testing.T, token, resource string) {
	t.Helper()
	collector := map[string]string{"nodes": "K8s/node", "pods": "K8s/image", "clusterpolicies": "K8s/policy"}[resource]
	c := withToken(server, token)
	w := newWorkspace(t, snapshotBy(c, "cluster = {}"))
	r := w.Apply(t)
	if count := strings.Count(r.Stdout+r.Stderr, "Snapshot Is Incomplete"); count != 1 {
		t.Errorf("%d warnings, want 1:\n%s%s", count, r.Stdout, r.Stderr)
	}
	got := readFacts(t, w)
	message := got.errors[collector]
	if len(got.errors) != 1 || !strings.Contains(message, "cannot list "+resource) || !strings.Contains(message, `verbs: ["list"]`) ||
		!strings.Contains(message, `User "system:serviceaccount:accounts:without-`+resource) {
		t.Errorf("collector_errors: %v, want the right to list %s under %s", got.errors, resource, collector)
	}
	for _, whole := range []string{"server", "image", "policy", "node"} {
		if "K8s/"+whole != collector && len(got.measurements["K8s"][whole]) == 0 {
			t.Errorf("without the right to list %s there is no K8s/%s", resource, whole)
		}
	}
	required := fmt.Sprintf("cluster = {}\n  required_collectors = [%q]", collector)
	newWorkspace(t, snapshotBy(c, required)).ApplyFails(t, "Required Collector Failed", collector, "cannot list "+resource)
}

// Everybody who is authenticated may read /version, so that is what is left.
func TestAccountWithoutRights(t *testing.T) {
	t.Parallel()
	populate(t)
	c := withToken(server, account(t, server, "no-rights"))
	w := newWorkspace(t, snapshotBy(c, "cluster = {}"))
	checkSays(t, w.Apply(t), "Snapshot Is Incomplete")
	got := readFacts(t, w)
	if lacking := slices.Sorted(maps.Keys(got.errors)); !slices.Equal(lacking, []string{"K8s/image", "K8s/node", "K8s/policy"}) {
		t.Errorf("collector_errors: %v", got.errors)
	}
	if want := map[string]string{"kubernetes_version": serverVersion(t, got)}; !maps.Equal(got.query, want) {
		t.Errorf("the query is %v, want %v", got.query, want)
	}
	newWorkspace(t, snapshotBy(c, "cluster = {}\n  required_collectors = [\"K8s/node\"]")).ApplyFails(t, "Required Collector Failed", "K8s/node")
}

// A hardened cluster keeps /version from those who have no right to it.
func TestHardenedServer(t *testing.T) {
	t.Parallel()
	hardened := apiserver.New(t)
	client := newClient(t, hardened.Admin())
	for _, binding := range []string{"system:discovery", "system:public-info-viewer"} {
		if err := client.RbacV1().ClusterRoleBindings().Delete(t.Context(), binding, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	fixture.Create(t, hardened.Admin(), fixture.Node(t, "eks", "eks"))
	list := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes", "pods"}, Verbs: []string{"list"}}
	reader, nobody := account(t, hardened, "reader", list), account(t, hardened, "nobody")
	waitForbidden(t, hardened.TokenConfig(nobody), "/version")

	w := newWorkspace(t, snapshotBy(withToken(hardened, reader), "cluster = {}"))
	checkSays(t, w.Apply(t), "Snapshot Is Incomplete")
	got := readFacts(t, w)
	if message := got.errors["K8s/server"]; !strings.Contains(message, `nonResourceURLs: ["/version"]`) {
		t.Errorf("collector_errors: %v, want /version under K8s/server", got.errors)
	}
	if got.query["service"] != "eks" {
		t.Errorf("the query is %v, want the service of the nodes", got.query)
	}

	newWorkspace(t, snapshotBy(withToken(hardened, nobody), "cluster = {}")).
		ApplyFails(t, "Nothing Collected", "K8s/server", "K8s/image", "K8s/node", "K8s/policy", "forbidden")
}

func TestUnknownToken(t *testing.T) {
	t.Parallel()
	newWorkspace(t, snapshotBy(withToken(server, "no-such-token"), "cluster = {}")).
		ApplyFails(t, "Nothing Collected", "does not accept the credentials (401)")
}
