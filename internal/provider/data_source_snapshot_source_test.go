// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const testToken = "s3cr3t-t0k3n"

// apiServer answers like an API server: with the objects of its paths, else
// with the status of a missing object. It accepts one token.
func apiServer(t *testing.T, objects map[string]any) apiAddress {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		object, found := objects[r.URL.Path]
		status := func(code int, reason, message string) {
			w.WriteHeader(code)
			object = map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message}
		}
		switch {
		case r.Header.Get("Authorization") != "Bearer "+testToken:
			status(http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		case !found:
			status(http.StatusNotFound, "NotFound", r.URL.Path+" not found")
		case object == nil:
			status(http.StatusForbidden, "Forbidden", `User "ci" cannot read `+r.URL.Path)
		}
		if err := json.NewEncoder(w).Encode(object); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return apiAddress{
		url: server.URL,
		ca:  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
	}
}

// apiAddress is how to reach an API server.
type apiAddress struct{ url, ca string }

// settings is a `kubernetes` object; host is an expression.
func (a apiAddress) settings(host string) string {
	return fmt.Sprintf("kubernetes = { host = %s, token = %q, cluster_ca_certificate = %q }", host, testToken, a.ca)
}

func configMap(data map[string]string) map[string]any {
	return map[string]any{"kind": "ConfigMap", "apiVersion": "v1", "metadata": map[string]any{"name": "eidos-snapshot", "namespace": "gpu-operator"}, "data": data}
}

func clusterObjects() map[string]any {
	node := map[string]any{
		"metadata": map[string]any{"name": "gpu-1", "labels": map[string]any{
			"kubernetes.azure.com/cluster": "c", "node.kubernetes.io/instance-type": "Standard_ND96isr_H100_v5",
		}},
		"spec": map[string]any{"providerID": "azure:///subscriptions/x"},
		"status": map[string]any{"nodeInfo": map[string]any{
			"kernelVersion": "6.8.0-1034-azure", "osImage": "Ubuntu 24.04.3 LTS", "kubeletVersion": "v1.34.2", "containerRuntimeVersion": "containerd://1.7.28",
			"architecture": "amd64", "operatingSystem": "linux",
		}},
	}
	return map[string]any{
		"/version":      map[string]any{"gitVersion": "v1.34.2", "platform": "linux/amd64", "goVersion": "go1.24.6"},
		"/api/v1/nodes": list("v1", "NodeList", node),
		"/api/v1/pods":  list("v1", "PodList"),
	}
}

func list(apiVersion, kind string, items ...any) map[string]any {
	return map[string]any{"kind": kind, "apiVersion": apiVersion, "metadata": map[string]any{}, "items": items}
}

// snapshotFrom is a data source with its own connection.
func snapshotFrom(server apiAddress, source string) string {
	return fmt.Sprintf("data \"eidos_snapshot\" \"test\" {\n  %s\n  %s\n}\n", server.settings(strconv.Quote(server.url)), source)
}

func TestSnapshotFromCluster(t *testing.T) {
	t.Parallel()
	const address = "data.eidos_snapshot.test"
	check(t, resource.TestStep{
		Config: snapshotFrom(apiServer(t, clusterObjects()), `cluster = {}
  required_collectors = ["K8s/server", "K8s/node"]`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("query"), knownvalue.ObjectExact(map[string]knownvalue.Check{
				"os":                 knownvalue.StringExact("ubuntu"),
				"os_version":         knownvalue.StringExact("24.04"),
				"kernel_version":     knownvalue.StringExact("6.8.0-1034-azure"),
				"service":            knownvalue.StringExact("aks"),
				"kubernetes_version": knownvalue.StringExact("v1.34.2"),
				"gpu":                knownvalue.StringExact("h100"),
				"intent":             knownvalue.Null(),
			})),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("kubernetes"), knownvalue.Null()),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("collector_errors"), knownvalue.MapSizeExact(0)),
		},
	})
}

func TestSnapshotFromConfigMap(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/namespaces/gpu-operator/configmaps/eidos-snapshot"
	const source = `config_map = { namespace = "gpu-operator", name = "eidos-snapshot" }`
	server := apiServer(t, map[string]any{path: configMap(map[string]string{"snapshot.yaml": snapshotDocument, "other": "x"})})
	check(t, resource.TestStep{
		Config: snapshotFrom(server, source),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.eidos_snapshot.test", tfjsonpath.New("query").AtMapKey("gpu"), knownvalue.StringExact("h100")),
		},
	})
	for name, tt := range map[string]struct {
		objects map[string]any
		source  string
		want    []string
	}{
		"missing":         {nil, source, []string{"ConfigMap Not Found", `"eidos-snapshot"`, `"gpu-operator"`}},
		"no such key":     {map[string]any{path: configMap(map[string]string{"a": "", "b": ""})}, source, []string{"ConfigMap Has No Such Key", "snapshot.yaml", "a, b"}},
		"forbidden":       {map[string]any{path: nil}, source, []string{"ConfigMap Forbidden", "get", "configmaps", "gpu-operator"}},
		"broken document": {map[string]any{path: configMap(map[string]string{"snapshot.yaml": "a: ["})}, source, []string{"Invalid Snapshot", "line 1, column 1"}},
		"no such name":    {nil, `config_map = { namespace = "gpu-operator", name = "A/B" }`, []string{"config_map", "A/B"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, resource.TestStep{Config: snapshotFrom(apiServer(t, tt.objects), tt.source), ExpectError: inOrder(tt.want...)})
		})
	}
}

// inOrder matches a diagnostic that says these texts one after the other.
func inOrder(texts ...string) *regexp.Regexp {
	var patterns []string
	for _, text := range texts {
		patterns = append(patterns, wrapped(text))
	}
	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}

func TestSnapshotErrors(t *testing.T) {
	t.Parallel()
	partial := clusterObjects()
	partial["/api/v1/pods"] = nil
	for name, tt := range map[string]struct {
		config string
		want   []string
	}{
		"no source":             {"data \"eidos_snapshot\" \"test\" {}\n", []string{"Missing Attribute Configuration", "document"}},
		"two sources":           {"data \"eidos_snapshot\" \"test\" {\n  document = \"\"\n  cluster = {}\n}\n", []string{"Invalid Attribute Combination"}},
		"nothing configured":    {"data \"eidos_snapshot\" \"test\" {\n  cluster = {}\n}\n", []string{"Kubernetes Connection Not Configured", "config_path", "KUBE_CONFIG_PATH", "in_cluster"}},
		"settings that exclude": {"provider \"eidos\" {\n  kubernetes = { config_path = \"a\", config_paths = [\"b\"] }\n}\ndata \"eidos_snapshot\" \"test\" {\n  cluster = {}\n}\n", []string{"Kubernetes Connection Invalid", "config_path"}},
		"nothing collected":     {snapshotFrom(apiAddress{url: "https://127.0.0.1:1"}, "cluster = {}"), []string{"Nothing Collected", "K8s/image", "K8s/node", "127.0.0.1:1"}},
		"required but forbidden": {
			snapshotFrom(apiServer(t, partial), "cluster = {}\n  required_collectors = [\"K8s/image\"]"),
			[]string{"Required Collector Failed", "K8s/image", "list", "pods"},
		},
		"required but unknown": {snapshotFrom(apiServer(t, clusterObjects()), "cluster = {}\n  required_collectors = [\"pods\"]"), []string{"Unknown Collector", `"pods"`, "K8s/image"}},
		"required but missing": {
			strings.Replace(snapshotConfig(snapshotDocument), "{\n", "{\n  required_collectors = [\"OS/release\"]\n", 1),
			[]string{"Required Part Missing", "OS/release"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, resource.TestStep{Config: tt.config, ExpectError: inOrder(tt.want...)})
		})
	}
}

// TestSnapshotOfAClusterOfTheSameApply: an unknown connection of the provider is
// an error with the two ways out; of the data source itself, the read waits.
func TestSnapshotOfAClusterOfTheSameApply(t *testing.T) {
	t.Parallel()
	server := apiServer(t, clusterObjects())
	head := requireEidos + fmt.Sprintf("resource \"terraform_data\" \"cluster\" {\n  input = %q\n}\n", server.url)
	connection := server.settings("terraform_data.cluster.output")

	w := newWorkspace(t, map[string]string{"main.tf": head + "provider \"eidos\" {\n  " + connection + "\n}\ndata \"eidos_snapshot\" \"test\" {\n  cluster = {}\n}\n"})
	w.fails([]string{"plan", "-input=false"}, "Kubernetes Connection Not Known Yet", "kubernetes.host", "Set `kubernetes` on this data source")

	w = newWorkspace(t, map[string]string{"main.tf": head + "data \"eidos_snapshot\" \"test\" {\n  cluster = {}\n  " + connection + "\n}\n" +
		"data \"eidos_recipe\" \"test\" {\n  snapshot = data.eidos_snapshot.test.yaml\n  intent = \"training\"\n}\n" +
		"resource \"eidos_bundle\" \"test\" {\n  recipe = data.eidos_recipe.test.json\n  bundlers = [\"gpu-operator\"]\n}\n"})
	w.logging()
	w.apply()
	w.unchanged()
	if state := w.read("terraform.tfstate"); strings.Contains(state, testToken) {
		t.Errorf("the token is in the state:\n%s", state)
	}
	w.logs()
}
