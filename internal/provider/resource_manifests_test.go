// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func manifestsConfig(arguments string) string {
	return requireEidos + "\nresource \"eidos_manifests\" \"test\" {\n" + arguments + "\n}\n"
}

const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: team}\ndata: {mode: fast}\n"

// What the cluster will hold is known without one, as far as the manifests are.
func TestManifestsAreKnownAtPlan(t *testing.T) {
	t.Parallel()
	const want = `{"apiVersion":"v1","data":{"mode":"fast"},"kind":"ConfigMap","metadata":{"name":"settings","namespace":"team"}}`
	for name, tt := range map[string]struct{ head, manifests, key, want string }{
		"known": {"", fmt.Sprintf("{ a = %q }", settings), "a", want},
		"next to one that is not": {
			"resource \"terraform_data\" \"x\" {\n  input = \"x\"\n}\n",
			fmt.Sprintf("{ a = %q, b = terraform_data.x.output }", settings), "a", want,
		},
		"not known":      {"resource \"terraform_data\" \"x\" {\n  input = \"x\"\n}\n", "{ a = terraform_data.x.output }", "a", ""},
		"none is known":  {"resource \"terraform_data\" \"x\" {\n  input = {}\n}\n", "terraform_data.x.output", "a", ""},
		"unknown server": {"resource \"terraform_data\" \"x\" {\n  input = \"https://x\"\n}\nprovider \"eidos\" {\n  kubernetes = { host = terraform_data.x.output }\n}\n", fmt.Sprintf("{ a = %q }", settings), "a", want},
		"no kubeconfig":  {"provider \"eidos\" {\n  kubernetes = { config_path = \"missing\" }\n}\n", fmt.Sprintf("{ a = %q }", settings), "a", want},
		"a server that is not there": {
			"provider \"eidos\" {\n  kubernetes = { host = \"https://127.0.0.1:1\" }\n}\n", fmt.Sprintf("{ a = %q }", settings), "a", want,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"main.tf": tt.head + manifestsConfig("manifests = "+tt.manifests)})
			planned, _ := w.plan()["eidos_manifests.test"].After["objects"].(map[string]any)
			if got, _ := planned[tt.key].(string); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestManifestsAreRefused(t *testing.T) {
	t.Parallel()
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: x, namespace: team}\nstringData: {password: hunter2}\n"
	for name, tt := range map[string]struct {
		arguments string
		texts     []string
	}{
		"no YAML":         {`manifests = { a = "{" }`, []string{"Invalid Manifest", `manifests["a"]: line 1, column 2`}},
		"a secret":        {fmt.Sprintf("manifests = { a = %q }", secret), []string{"Invalid Manifest", "would be stored in plain text"}},
		"an object twice": {fmt.Sprintf("manifests = { a = %q, b = %q }", settings, strings.Replace(settings, "fast", "slow", 1)), []string{"Invalid Manifest", `is the object of "a" too`}},
		"a null":          {"manifests = { a = null }", []string{"Null Where A Value Is Needed", `manifests["a"] is null`}},
		"a reference":     {`manifests = {}` + "\n" + `wait_for = [{ api_version = "a/b/c", kind = "X", name = "x" }]`, []string{"Invalid Object Reference", `"a/b/c" is not the version of an API`}},
		"no names":        {"manifests = {}\n" + `definitions = { repository = "https://example.com", chart = "x", version = "1.0.0", names = [] }`, []string{"definitions.names", "at least 1 element"}},
		"a nameless one":  {"manifests = {}\n" + `definitions = { repository = "https://example.com", chart = "x", version = "1.0.0", names = [""] }`, []string{"definitions.names", "at least 1"}},
		"a null to wait":  {"manifests = {}\nwait_for = [null]", []string{"An element of wait_for is null"}},
		"a share":         {"manifests = {}\nmin_ready_nodes = \"110%\"", []string{"Invalid Share Of Nodes", `"110%" is not a number of nodes from 1 on`}},
		"a share of none": {"manifests = {}\nmin_ready_nodes = 0", []string{"Invalid Share Of Nodes", `"0" is not a number of nodes`}},
		"an empty name":   {`manifests = {}` + "\n" + `wait_for = [{ api_version = "v1", kind = "X", name = "" }]`, []string{"wait_for[0].name"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"main.tf": manifestsConfig(tt.arguments)})
			r := w.terraform("validate", "-no-color")
			if r.code == 0 {
				t.Fatal("the configuration is valid")
			}
			w.contains(r, tt.texts...)
		})
	}
}

func TestManifestsOfTwoResources(t *testing.T) {
	t.Parallel()
	one := manifestsConfig(fmt.Sprintf("manifests = { a = %q }", settings))
	two := fmt.Sprintf("\nresource \"eidos_manifests\" \"other\" {\n  manifests = { b = %q }\n}\n", strings.Replace(settings, "fast", "slow", 1))
	w := newWorkspace(t, map[string]string{"main.tf": one + two})
	r := w.terraform("plan", "-no-color", "-input=false")
	w.contains(r, "Object Applied Twice", `ConfigMap "settings" in namespace "team" too`)
}

// Without a connection nothing is applied, and the error says how to state one.
func TestManifestsNeedAConnection(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": manifestsConfig(fmt.Sprintf("manifests = { a = %q }", settings))})
	w.contains(w.terraform("apply", "-no-color", "-input=false", "-auto-approve"), "Kubernetes Connection Not Configured")
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(func() {
		hanging.CloseClientConnections()
		hanging.Close()
	})
	w.write("main.tf", fmt.Sprintf("provider \"eidos\" {\n  kubernetes = { host = %q }\n}\n", hanging.URL)+
		manifestsConfig(fmt.Sprintf("manifests = { a = %q }\ntimeouts = { create = \"1s\", read = \"1s\" }", settings)))
	r := w.terraform("apply", "-no-color", "-input=false", "-auto-approve")
	w.contains(r, "did not answer before the deadline (timeouts.create is 1s)")
	if r := w.terraform("state", "list"); strings.TrimSpace(r.output) != "" {
		t.Errorf("the state holds %s", r.output)
	}
}
