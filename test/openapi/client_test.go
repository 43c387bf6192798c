// SPDX-License-Identifier: Apache-2.0

// Package openapi_test calls eidos serve with the client that a generator makes of
// openapi.json. EIDOS names the command.
package openapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	_ "github.com/oapi-codegen/runtime" // of the generated client

	"github.com/cloud-native-stack/terraform-provider-eidos/test/openapi/api"
)

// serve starts a server and returns a client of it.
func serve(t *testing.T) *api.ClientWithResponses {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Getenv("EIDOS"), "serve", "--listen", "127.0.0.1:0")
	log, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	var line struct{ Msg, Address string }
	for lines := bufio.NewScanner(log); line.Msg != "serving"; {
		if !lines.Scan() {
			t.Fatalf("the server ended: %v", lines.Err())
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
	}
	client, err := api.NewClientWithResponses("http://" + line.Address)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func accept(media string) api.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept", media)
		return nil
	}
}

// recipe asks for a recipe of a GPU.
func recipe(t *testing.T, client *api.ClientWithResponses, gpu string) api.Recipe {
	t.Helper()
	service, system, k8s, yes := "aks", "ubuntu", "1.34", true
	answer, err := client.GetRecipeWithResponse(t.Context(), &api.GetRecipeParams{
		Service: &service, Os: &system, Gpu: &gpu, K8s: &k8s, Provenance: &yes, Options: &api.Options{"rdma": "true", "deploy_ofed": "true"},
		IgnoreFindings: &api.IgnoreFindings{"fabric-unknown", "kubernetes-version-unknown"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if answer.JSON200 == nil {
		t.Fatalf("got %s: %s", answer.Status(), answer.Body)
	}
	return *answer.JSON200
}

func TestRecipe(t *testing.T) {
	made := recipe(t, serve(t), "h100")
	if rdma := (*made.Provenance)["K8s/config/rdma"]; rdma.Layer != "argument" {
		t.Errorf("got %+v", rdma)
	}
	if made.Request == nil || *made.Request.Gpu != "h100" || len(made.Measurements) == 0 || made.Findings == nil {
		t.Errorf("got %+v", made)
	}
}

func TestBundle(t *testing.T) {
	client := serve(t)
	answer, err := client.PostBundleWithResponse(t.Context(), &api.PostBundleParams{
		Bundlers: &api.Bundlers{"gpu-operator", "network-operator"}, Namespaces: &api.Namespaces{"gpu-operator": "gpus"},
	}, recipe(t, client, "h100"), accept("application/json"))
	if err != nil {
		t.Fatal(err)
	}
	if answer.JSON200 == nil {
		t.Fatalf("got %s: %s", answer.Status(), answer.Body)
	}
	made := answer.JSON200
	if !slices.Contains(made.Order, "network-operator") || len(made.Files) == 0 || len(made.Images) == 0 || made.Sha256 == "" {
		t.Errorf("got %v", made)
	}
	for _, c := range made.Components {
		if c.Name == "gpu-operator" && (c.Namespace != "gpus" || c.Values == nil) {
			t.Errorf("got %+v", c)
		}
	}
	archive, err := client.PostBundle(t.Context(), &api.PostBundleParams{}, recipe(t, client, "h100"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Body.Close()
	if archive.StatusCode != http.StatusOK || archive.Header.Get("Content-Type") != "application/zip" {
		t.Errorf("got %s, %v", archive.Status, archive.Header)
	}
}

func TestComparisons(t *testing.T) {
	client := serve(t)
	from, to := recipe(t, client, "h100"), recipe(t, client, "h200")
	snapshot := api.Snapshot{ApiVersion: "snapshot.dgxc.io/v1", Kind: "Snapshot", Measurements: from.Measurements}
	check, err := client.PostCheckWithResponse(t.Context(), nil, api.CheckRequest{Recipe: from, Snapshot: snapshot})
	if err != nil {
		t.Fatal(err)
	}
	if check.JSON200 == nil || len(check.JSON200.Values) == 0 {
		t.Errorf("got %s: %s", check.Status(), check.Body)
	}
	diff, err := client.PostDiffWithResponse(t.Context(), nil, api.DiffRequest{From: either(t, from), To: either(t, to)})
	if err != nil {
		t.Fatal(err)
	}
	if diff.JSON200 == nil || len(diff.JSON200.Changes) == 0 || diff.JSON200.Changes[0].Path != "request/gpu" {
		t.Errorf("got %s: %s", diff.Status(), diff.Body)
	}
}

// either is a recipe as a document of any kind.
func either(t *testing.T, r api.Recipe) (e api.RecipeOrSnapshot) {
	t.Helper()
	text, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestCatalog(t *testing.T) {
	client := serve(t)
	answer, err := client.GetCatalogWithResponse(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer.JSON200 == nil || len(answer.JSON200.Gaps) == 0 || len(answer.JSON200.Kubernetes) == 0 {
		t.Fatalf("got %s: %.500s", answer.Status(), answer.Body)
	}
	gap := answer.JSON200.Gaps[len(answer.JSON200.Gaps)-1]
	gpu, k8s, service := gap.Key["gpu"], gap.Key["k8s"], gap.Key["service"]
	refused, err := client.GetRecipeWithResponse(t.Context(), &api.GetRecipeParams{Gpu: &gpu, K8s: &k8s, Service: &service})
	if err != nil {
		t.Fatal(err)
	}
	if refused.JSON400 == nil || !strings.Contains(refused.JSON400.Message, gap.Reason) {
		t.Errorf("got %s: %s, want %s", refused.Status(), refused.Body, gap.Reason)
	}
}
