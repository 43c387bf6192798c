// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// exampleSnapshot is one of an EKS cluster with H100s.
func exampleSnapshot(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../../../examples/quickstart/snapshot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestConfigMapToBundle(t *testing.T) {
	t.Parallel()
	fixture.Create(t, server.Admin(), fixture.Namespace("stored"))
	fixture.Create(t, server.Admin(), fixture.SnapshotConfigMap("stored", "snapshot", exampleSnapshot(t)))
	w := newWorkspace(t, snapshotBy(withKubeconfig(t, server.Admin()), `config_map = { namespace = "stored", name = "snapshot" }`)+pipeline)
	w.Apply(t)
	checkPipeline(t, w, readFacts(t, w).query["service"])
	if r := w.Run(t, "plan", "-input=false", "-detailed-exitcode"); r.Code != 0 {
		t.Errorf("the second plan is not empty:\n%s%s", r.Stdout, r.Stderr)
	}
}

func TestConfigMapErrors(t *testing.T) {
	t.Parallel()
	const namespace = "stored-errors"
	fixture.Create(t, server.Admin(), fixture.Namespace(namespace))
	fixture.Create(t, server.Admin(),
		fixture.SnapshotConfigMap(namespace, "complete", exampleSnapshot(t)),
		fixture.SnapshotConfigMap(namespace, "broken", "kind: Snapshot\napiVersion: snapshot.dgxc.io/v1\nmeasurement: []\n"))
	for name, tt := range map[string]struct {
		user   string
		source string
		want   []string
	}{
		"missing":   {"admin", `name = "absent"`, []string{"ConfigMap Not Found", `"absent"`, `"stored-errors"`}},
		"no key":    {"admin", `name = "complete", key = "other.yaml"`, []string{"ConfigMap Has No Such Key", "other.yaml", "format, snapshot.yaml, timestamp"}},
		"forbidden": {"nobody", `name = "complete"`, []string{"ConfigMap Forbidden", "cannot get configmaps", `"stored-errors"`, `resources: ["configmaps"], verbs: ["get"]`}},
		"broken":    {"admin", `name = "broken"`, []string{"Invalid Snapshot", "line 3, column 1", `"measurement"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := server.Admin()
			if tt.user != "admin" {
				user = server.CreateUser(t, tt.user)
			}
			source := fmt.Sprintf("config_map = { namespace = %q, %s }", namespace, tt.source)
			newWorkspace(t, snapshotBy(withKubeconfig(t, user), source)).ApplyFails(t, tt.want...)
		})
	}
}

// checkPipeline wants a recipe for the service, and the values of a bundle.
func checkPipeline(t *testing.T, w *terraform.Workspace, service string) {
	t.Helper()
	var got, values string
	w.Output(t, "service", &got)
	w.Output(t, "values", &values)
	if got != service || service == "" {
		t.Errorf("the recipe is for the service %q, want %q", got, service)
	}
	if !strings.Contains(values, `"driver":`) {
		t.Errorf("the bundle's values have no driver:\n%s", values)
	}
}
