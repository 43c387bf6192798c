// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// statusRecipe is an expression for a recipe that states a driver.
const statusRecipe = `provider::eidos::recipe({ service = "aks", os = "ubuntu", gpu = "h100", kubernetes_version = "1.34", driver_version = "580.9.9" }).json`

const (
	statusSettings = "/api/v1/namespaces/team/configmaps/settings"
	statusSecrets  = "/api/v1/namespaces/team/secrets"
)

// statusObjects is a cluster with the settings and no workloads.
func statusObjects() map[string]any {
	resources := func(kind, name string) map[string]any {
		return map[string]any{"resources": []any{map[string]any{"name": name, "kind": kind, "namespaced": true}}}
	}
	objects := map[string]any{
		"/api/v1":     resources("ConfigMap", "configmaps"),
		statusSecrets: list("v1", "SecretList"),
		"/api/v1/nodes": list("v1", "NodeList", map[string]any{
			"apiVersion": "v1", "kind": "Node", "metadata": map[string]any{"name": "gpu", "labels": map[string]any{"nvidia.com/gpu.present": "true", "nvidia.com/cuda.driver-version.full": "570.1.2"}},
			"status": map[string]any{
				"conditions": []any{map[string]any{"type": "Ready", "status": "True"}}, "capacity": map[string]any{"nvidia.com/gpu": "8"}, "allocatable": map[string]any{"nvidia.com/gpu": "8"},
			},
		}),
		statusSettings: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "settings", "namespace": "team"}, "data": map[string]any{"mode": "slow"}},
	}
	for kind, name := range map[string]string{"DaemonSet": "daemonsets", "Deployment": "deployments", "StatefulSet": "statefulsets"} {
		objects["/apis/apps/v1/namespaces/team/"+name] = list("apps/v1", kind+"List")
	}
	return objects
}

func statusConfig(arguments string) string {
	return fmt.Sprintf(`
data "eidos_status" "test" {
  components = {
    op = { chart = "operator", version = "v2.0.0", namespace = "team", release_name = "op", wave = 1, values = "{}", manifests = { "manifests/settings.yaml" = %q } }
  }
  %s
}

output "status" {
  value = { for name in ["ready", "objects", "drift", "nodes", "releases", "problems"] : name => jsonencode(data.eidos_status.test[name]) }
}
`, settings, arguments)
}

func TestStatus(t *testing.T) {
	t.Parallel()
	server := apiServer(t, statusObjects())
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + statusConfig("wait_for_ready = \"1ms\"\nrecipe = "+statusRecipe+"\n"+server.settings(fmt.Sprintf("%q", server.url)))})
	w.logging()
	w.apply()
	w.unchanged()
	w.contains(w.terraform("plan", "-no-color", "-input=false"), "Not Ready In Time", `Helm has no release "op" in namespace "team"`)
	var output map[string]string
	if err := json.Unmarshal([]byte(w.must("output", "-json", "status").output), &output); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"ready":    "false",
		"objects":  `[{"component":"op","message":null,"object":"ConfigMap \"settings\" in namespace \"team\"","ready":true,"state":"Current"}]`,
		"drift":    `[]`, // the server takes no manifest
		"nodes":    `[{"allocatable":8,"capacity":8,"driver_version":"570.1.2","mig":null,"mig_state":null,"name":"gpu","product":null,"ready":true,"schedulable":true,"wrong":["it runs driver 570.1.2, the recipe says 580.9.9"]}]`,
		"releases": `[{"chart":null,"component":"op","difference":"Helm has no release \"op\" in namespace \"team\"","name":"op","namespace":"team","revision":0,"status":"missing","version":null}]`,
		"problems": `[]`,
	}
	if diff := cmp.Diff(want, output); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	state := w.read("terraform.tfstate")
	for _, text := range []string{testToken, "manifests/settings.yaml", "Recipe"} {
		if strings.Contains(state, text) {
			t.Errorf("%s is in the state:\n%s", text, state)
		}
	}
	w.logs([]string{"Read the status", "ready=false"})
}

func TestStatusIsIncomplete(t *testing.T) {
	t.Parallel()
	objects := statusObjects()
	objects[statusSecrets] = nil
	server := apiServer(t, objects)
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + statusConfig(server.settings(fmt.Sprintf("%q", server.url)))})
	w.apply()
	w.unchanged()
	w.contains(w.terraform("plan", "-no-color", "-input=false"), "Status Is Incomplete", `cannot list secrets in namespace "team": `)
	w.contains(w.must("output", "-json", "status"), `\"resource\":\"secrets\",\"verb\":\"list\"`, `"ready":"true"`)
}

func TestStatusErrors(t *testing.T) {
	t.Parallel()
	forbidden := statusObjects()
	for path := range forbidden {
		if path != "/api/v1" {
			forbidden[path] = nil
		}
	}
	server := apiServer(t, forbidden)
	const components = "data \"eidos_status\" \"test\" {\n  components = { op = { namespace = \"team\", manifests = { m = %q } } }\n  %s\n}\n"
	for name, tt := range map[string]struct {
		config string
		texts  []string
	}{
		"no access":      {statusConfig(server.settings(fmt.Sprintf("%q", server.url))), []string{"Status Not Readable", `cannot get configmaps "settings" in namespace "team"`, "cannot list secrets"}},
		"no server":      {statusConfig(`kubernetes = { host = "https://127.0.0.1:1" }`), []string{"Status Not Readable", "connection refused"}},
		"no connection":  {statusConfig(""), []string{"Kubernetes Connection Not Configured"}},
		"no manifest":    {fmt.Sprintf(components, "kind: X", `kubernetes = { host = "https://127.0.0.1:1" }`), []string{"Invalid Component", `components["op"], m: line 1, column 1: the object has no apiVersion`}},
		"no recipe":      {fmt.Sprintf(components, settings, "recipe = \"{\"\nkubernetes = { host = \"https://127.0.0.1:1\" }"), []string{"Invalid Recipe", "line 1"}},
		"no duration":    {fmt.Sprintf(components, settings, `wait_for_ready = "soon"`), []string{"Invalid Duration", `"soon" is not a time such as 30s or 20m`}},
		"a negative one": {fmt.Sprintf(components, settings, `wait_for_ready = "-1s"`), []string{"Invalid Duration"}},
		"no components":  {"data \"eidos_status\" \"test\" {\n  components = {}\n}\n", []string{"at least 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newWorkspace(t, map[string]string{"main.tf": requireEidos + tt.config}).fails([]string{"plan", "-input=false"}, tt.texts...)
		})
	}
}

// The status of a stack that comes in the same apply as its cluster is read after it.
func TestStatusOfAClusterOfTheSameApply(t *testing.T) {
	t.Parallel()
	server := apiServer(t, statusObjects())
	head := requireEidos + fmt.Sprintf("resource \"terraform_data\" \"cluster\" {\n  input = %q\n}\n", server.url)
	connection := server.settings("terraform_data.cluster.output")
	for name, tt := range map[string]struct{ provider, arguments string }{
		"of its own":                 {"", connection},
		"the provider's, depends_on": {"provider \"eidos\" {\n  " + connection + "\n}\n", "depends_on = [terraform_data.cluster]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"main.tf": head + tt.provider + statusConfig(tt.arguments)})
			w.apply()
			w.unchanged()
		})
	}
	w := newWorkspace(t, map[string]string{"main.tf": head + "provider \"eidos\" {\n  " + connection + "\n}\n" + statusConfig("")})
	w.fails([]string{"plan", "-input=false"}, "Kubernetes Connection Not Known Yet", "kubernetes.host", "Set `kubernetes` on this data source")
}
