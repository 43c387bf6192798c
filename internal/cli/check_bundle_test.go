// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

// installed writes a bundle of one component, and returns its directory and a cluster
// that has all of it: every object of the component's manifests, and the release of
// this version of the chart.
func installed(t *testing.T, version string) (dir string, cluster *httptest.Server) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "out")
	recipe := filepath.Join(t.TempDir(), "recipe.yaml")
	must(t, "recipe", "--service", "aks", "--os", "ubuntu", "--gpu", "h100", "--k8s", "1.34", "--release", "gpu-operator=v26.7.0", "--output", recipe)
	must(t, "bundle", "--recipe", recipe, "--bundlers", "gpu-operator", "--output", dir)
	answers := map[string]any{
		"/api/v1/nodes":       map[string]any{"kind": "NodeList", "apiVersion": "v1", "items": []any{}},
		"/api/v1":             map[string]any{"resources": []any{map[string]any{"name": "namespaces", "kind": "Namespace"}, map[string]any{"name": "resourcequotas", "kind": "ResourceQuota", "namespaced": true}}},
		"/apis/nvidia.com/v1": map[string]any{"resources": []any{map[string]any{"name": "clusterpolicies", "kind": "ClusterPolicy"}}},
		"/api/v1/namespaces/gpu-operator/secrets": helmRecords(t, version),
	}
	for _, kind := range []string{"daemonsets", "deployments", "statefulsets"} {
		answers["/apis/apps/v1/namespaces/gpu-operator/"+kind] = map[string]any{"kind": "List", "apiVersion": "apps/v1", "items": []any{}}
	}
	manifests, err := filepath.Glob(filepath.Join(dir, "gpu-operator", "manifests", "*.yaml"))
	if err != nil || len(manifests) == 0 {
		t.Fatal("there are no manifests", err)
	}
	for _, file := range manifests {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(contents(t, file)), &object); err != nil {
			t.Fatal(err)
		}
		path := "/api/v1/namespaces/gpu-operator"
		switch object["kind"] {
		case "ClusterPolicy":
			object["status"] = map[string]any{"state": "ready"}
			path = "/apis/nvidia.com/v1/clusterpolicies/cluster-policy"
		case "ResourceQuota":
			path += "/resourcequotas/" + object["metadata"].(map[string]any)["name"].(string)
		}
		answers[path] = object
	}
	cluster = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer := answers[r.URL.Path]
		if answer == nil || r.Method == http.MethodPatch { // nobody may change anything
			w.WriteHeader(http.StatusForbidden)
			answer = map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": `User "bob" cannot do that`, "reason": "Forbidden", "code": http.StatusForbidden}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(cluster.Close)
	return dir, cluster
}

// helmRecords is a list of one record of a release, whatever is asked for.
func helmRecords(t *testing.T, version string) any {
	t.Helper()
	var record bytes.Buffer
	w := gzip.NewWriter(&record)
	_, _ = fmt.Fprintf(w, `{"version":1,"info":{"status":"deployed"},"chart":{"metadata":{"name":"gpu-operator","version":%q}},"config":{"a":"hunter2"}}`, version)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string]any{"kind": "SecretList", "apiVersion": "v1", "items": []any{map[string]any{
		"metadata": map[string]any{"name": "sh.helm.release.v1.gpu-operator.v1", "labels": map[string]any{"version": "1"}},
		"data":     map[string]any{"release": []byte(base64.StdEncoding.EncodeToString(record.Bytes()))},
	}}}
}

func TestCheckBundle(t *testing.T) {
	t.Parallel()
	dir, cluster := installed(t, "v26.7.0")
	args := []string{"check", "--bundle", dir, "--server", cluster.URL}
	o := run(t, args...)
	o.check(t, cli.ExitOK)
	equal(t, "", o.stdout+o.stderr)
	all := run(t, append(args, "--all", "--wait", "1m")...).stdout
	for _, want := range []string{`ClusterPolicy.nvidia.com "cluster-policy"`, `Namespace "gpu-operator"`, `release "gpu-operator" in namespace "gpu-operator"`} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}

	dir, cluster = installed(t, "v26.3.3")
	args = []string{"check", "--bundle", dir, "--server", cluster.URL}
	o = run(t, args...)
	o.check(t, cli.ExitDifferent, "1 of ", " things are not as the bundle says")
	if lines := strings.Split(strings.TrimSpace(o.stdout), "\n"); len(lines) != 2 || !strings.Contains(lines[1], `the version is "v26.3.3", not "v26.7.0"`) {
		t.Errorf("got:\n%s", o.stdout)
	}
	o = run(t, append(args, "--format", "json")...)
	var report status.Report
	if err := json.Unmarshal([]byte(o.stdout), &report); err != nil || !report.Ready || len(report.Releases) != 1 || strings.Contains(o.stdout, "hunter2") {
		t.Errorf("%v: %s", err, o.stdout)
	}
	if o = run(t, append(args, "--format", "junit")...); !strings.Contains(o.stdout, `failures="1" skipped="0"`) || !strings.Contains(o.stdout, `<testcase classname="eidos" name="gpu-operator release &#34;gpu-operator&#34;`) {
		t.Errorf("got:\n%s", o.stdout)
	}
}

// What may not be read is a warning, unless nothing may be.
func TestCheckBundleWithoutRights(t *testing.T) {
	t.Parallel()
	dir, _ := installed(t, "")
	kubeconfig := func(nodes string) string {
		server := newAPIServer(t, "", "")
		server.nodes = nodes
		return filepath.Join(plant(t, map[string]string{"config": server.kubeconfig("x")}), "config")
	}
	o := run(t, "check", "--bundle", dir, "--kubeconfig", kubeconfig(`{"metadata":{"name":"cpu"}}`))
	o.check(t, cli.ExitDifferent, `warning: cannot list secrets in namespace "gpu-operator": forbidden`, "things are not as the bundle says")
	o = run(t, "check", "--bundle", dir, "--kubeconfig", kubeconfig(""))
	o.check(t, cli.ExitFailure, "cannot list nodes: forbidden", `cannot list secrets in namespace "gpu-operator"`)
	equal(t, "", o.stdout)
}

func TestCheckBundleThatWasEdited(t *testing.T) {
	t.Parallel()
	dir, cluster := installed(t, "v26.7.0")
	file, err := os.OpenFile(filepath.Join(dir, "gpu-operator", "values.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(file, "# edited\n")
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	run(t, "check", "--bundle", dir, "--server", cluster.URL).check(t, cli.ExitUsage, "gpu-operator/values.yaml is not as it was written")
}
