// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Texts that no log may hold: what somebody put into an override, an overlay's
// explanation and a fact of a snapshot.
const (
	secretOverride = "s3cr3t-0v3rr1d3"
	secretOverlay  = "s3cr3t-0v3rl4y"
	secretFact     = "s3cr3t-f4ct"
)

// logging makes the workspace's commands write the log that entries reads.
func (w *workspace) logging() {
	w.env = append(w.env, "TF_LOG=TRACE", "TF_LOG_PATH="+w.path("trace.log"))
}

// entries returns the log of the provider itself, and forgets it. It fails on
// texts that must not be in the log: a secret of the connection nowhere, what
// Terraform itself may show not in what the provider says.
func (w *workspace) entries() string {
	w.t.Helper()
	var own strings.Builder
	for line := range strings.Lines(w.read("trace.log")) {
		if strings.Contains(line, testToken) {
			w.t.Errorf("the token is in the log: %s", line)
		}
		if !strings.Contains(line, "provider.terraform-provider-eidos") {
			continue
		}
		for _, secret := range []string{secretOverride, secretOverlay, secretFact} {
			if strings.Contains(line, secret) {
				w.t.Errorf("%s is in the log: %s", secret, line)
			}
		}
		own.WriteString(line)
	}
	w.remove("trace.log")
	return own.String()
}

// logs fails unless the log has an entry with all texts of each of these lists.
func (w *workspace) logs(wanted ...[]string) {
	w.t.Helper()
	lines := slices.Collect(strings.Lines(w.entries()))
	for _, texts := range wanted {
		if !slices.ContainsFunc(lines, func(line string) bool {
			return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) })
		}) {
			w.t.Errorf("the log has no entry with %q", texts)
		}
	}
}

// TestLogOfABundle follows a snapshot, a recipe and a bundle through their
// lives.
func TestLogOfABundle(t *testing.T) {
	t.Parallel()
	objects := clusterObjects()
	fact := strings.Replace(snapshotDocument, "Delegate: true", "Delegate: true, Environment: "+secretFact, 1)
	objects["/api/v1/namespaces/gpu-operator/configmaps/eidos-snapshot"] = configMap(map[string]string{"snapshot.yaml": fact})
	server := apiServer(t, objects)
	config := requireEidos + fmt.Sprintf(`
provider "eidos" {
  %[1]s
}

data "eidos_snapshot" "test" {
  config_map = { namespace = "gpu-operator", name = "eidos-snapshot" }
}

data "eidos_snapshot" "collected" {
  cluster = {}
  %[1]s
}

data "eidos_snapshot" "document" {
  document = data.eidos_snapshot.test.yaml
}

data "eidos_recipe" "test" {
  snapshot = data.eidos_snapshot.document.yaml
  intent   = "training"
  context  = true
  overlays = ["{key: {gpu: h100}, types: [{type: K8s, subtypes: [{subtype: image, data: {driver: 580.126.20}, context: {driver: %[2]s}}]}]}"]
}

resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.json
  bundlers   = ["gpu-operator"]
  output_dir = "out"
  overrides  = { "gpu-operator" = yamlencode({ toolkit = { env = [{ name = "ANYTHING", value = %[3]q }] } }) }
}
`, server.settings(strconv.Quote(server.url)), secretOverlay, secretOverride)
	w := newWorkspace(t, map[string]string{"main.tf": config})
	w.logging()

	w.apply()
	if values := w.read(values); !strings.Contains(values, secretOverride) || !strings.Contains(values, secretOverlay) {
		t.Fatalf("the values do not hold what the log must not:\n%s", values)
	}
	w.logs(
		[]string{"[DEBUG]", "Configured the provider", "kubernetes_is_set=true"},
		[]string{"[DEBUG]", "Reading a snapshot from a ConfigMap", "namespace=gpu-operator", "name=eidos-snapshot", "key=snapshot.yaml"},
		[]string{"[DEBUG]", "Called the Kubernetes API", "host=" + strings.TrimPrefix(server.url, "https://"), "method=GET", "path=/api/v1/namespaces/gpu-operator/configmaps/eidos-snapshot", "status=200"},
		[]string{"[DEBUG]", "Collecting a snapshot"},
		[]string{"[DEBUG]", "Reading a snapshot from a document"},
		[]string{"[DEBUG]", "Read a snapshot", "from=config_map.key", "gpu:h100", "K8s/server/version"},
		[]string{"[DEBUG]", "Read a snapshot", "from=cluster", "failed_collectors="},
		[]string{"[DEBUG]", "Making a recipe", "from_snapshot=true", "overlays=1"},
		[]string{"[DEBUG]", "Made a recipe", "service:aks", "service=aks,gpu=h100", "user:gpu=h100"},
		[]string{"[TRACE]", "Chose the recipe's values", "K8s/image/driver:user:gpu=h100"},
		[]string{"[DEBUG]", "Planning a bundle", "recipe_known=true", "output_dir=out"},
		[]string{"[DEBUG]", "Rendered a bundle", "gpu-operator v", "in namespace gpu-operator"},
		[]string{"[DEBUG]", "Checked the bundle's directory", "accepted=true"},
		[]string{"[DEBUG]", "Creating a bundle", "output_dir=out"},
		[]string{"[DEBUG]", "Wrote the bundle's files", "complete=true", "kept=0", "left=0"},
		[]string{"[TRACE]", "Changed these files", "gpu-operator/values.yaml"},
	)

	w.write("main.tf", strings.ReplaceAll(config, secretOverride, secretOverride+"-rotated"))
	w.apply()
	w.logs(
		[]string{"[DEBUG]", "Reading a bundle", "output_dir=out"},
		[]string{"[DEBUG]", "Looked at the bundle's files"},
		[]string{"[TRACE]", "Found these files of the bundle", "gpu-operator/values.yaml"},
		[]string{"[DEBUG]", "Updating a bundle", "moved=false"},
		[]string{"[DEBUG]", "Wrote the bundle's files", "removed=0"},
	)
	w.unchanged()
	w.logs([]string{"[DEBUG]", "No file is to be written"})
	w.must("destroy", "-auto-approve", "-input=false")
	w.logs(
		[]string{"[DEBUG]", "Planning to remove a bundle"},
		[]string{"[DEBUG]", "Removing a bundle", "output_dir=out"},
		[]string{"[DEBUG]", "Removed the bundle's files", "directory=out", "complete=true", "left=0"},
	)
}

func TestLogOfWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": unknownRecipe + `
resource "eidos_bundle" "test" {
  recipe    = data.eidos_recipe.test.json
  bundlers  = ["gpu-operator"]
  overrides = { "gpu-operator" = yamlencode({ toolkit = { env = [{ name = "TOKEN", value = "` + secretOverride + `" }] } }) }
}
`})
	w.logging()
	w.plan()
	w.logs(
		[]string{"[DEBUG]", "Planning a bundle", "recipe_known=false"},
		[]string{"[DEBUG]", "Outlined a bundle", "gpu-operator"},
	)
}

// TestLogOfAnAgent begins with an agent in the state whose ConfigMap is gone,
// in a cluster without its namespace.
func TestLogOfAnAgent(t *testing.T) {
	t.Parallel()
	server := apiServer(t, map[string]any{
		"/apis/batch/v1/namespaces/gpu-operator/jobs":                         list("batch/v1", "JobList"),
		"/api/v1/namespaces/gpu-operator/configmaps":                          list("v1", "ConfigMapList"),
		"/apis/rbac.authorization.k8s.io/v1/clusterroles":                     list("rbac.authorization.k8s.io/v1", "ClusterRoleList"),
		"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings":              list("rbac.authorization.k8s.io/v1", "ClusterRoleBindingList"),
		"/apis/rbac.authorization.k8s.io/v1/namespaces/gpu-operator/roles":    list("rbac.authorization.k8s.io/v1", "RoleList"),
		"/apis/rbac.authorization.k8s.io/v1/namespaces/gpu-operator/rolebind": list("rbac.authorization.k8s.io/v1", "RoleBindingList"),
		"/api/v1/nodes": clusterObjects()["/api/v1/nodes"],
	})
	w := newWorkspace(t, map[string]string{
		"main.tf": requireEidos + fmt.Sprintf(`
provider "eidos" {
  %s
}

resource "eidos_agent" "test" {
  namespace = "gpu-operator"
  image     = "registry.example/eidos:1.0.0"
}
`, server.settings(strconv.Quote(server.url))),
		"terraform.tfstate": agentState(t),
	})
	w.logging()

	w.fails([]string{"apply", "-auto-approve", "-input=false"}, "Namespace Not Found")
	w.logs(
		[]string{"[DEBUG]", "Reading an agent's snapshot", "namespace=gpu-operator", "name=eidos-snapshot"},
		[]string{"[DEBUG]", "Called the Kubernetes API", "path=/api/v1/namespaces/gpu-operator/configmaps/eidos-snapshot", "name=eidos-snapshot", "status=404"},
		[]string{"[DEBUG]", "The agent's snapshot is gone", "missing=1"},
		[]string{"[DEBUG]", "Planned an agent's snapshot", "runs=true", "the ConfigMap is gone"},
		[]string{"[DEBUG]", "Updating an agent's snapshot", "runs=true"},
		[]string{"[DEBUG]", "Running the agent", "image=registry.example/eidos:1.0.0"},
	)
	w.must("destroy", "-auto-approve", "-input=false")
	w.logs(
		[]string{"[DEBUG]", "Planning to remove an agent's snapshot"},
		[]string{"[DEBUG]", "Removing an agent's snapshot", "name=eidos-snapshot"},
		[]string{"[DEBUG]", "Removed the agent's ConfigMaps", "complete=true"},
	)
	w.fails([]string{"apply", "-auto-approve", "-input=false"}, "Namespace Not Found")
	w.logs([]string{"[DEBUG]", "Creating an agent's snapshot", "namespace=gpu-operator"})
}

// agentState is the state of an agent that has run.
func agentState(t *testing.T) string {
	t.Helper()
	host := "registry.terraform.io"
	if strings.HasPrefix(filepath.Base(terraformBinary), "tofu") {
		host = "registry.opentofu.org"
	}
	state, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.8.0", "serial": 1, "lineage": "test", "outputs": map[string]any{},
		"resources": []any{map[string]any{
			"mode": "managed", "type": "eidos_agent", "name": "test",
			"provider": fmt.Sprintf("provider[%q]", host+"/cloud-native-stack/eidos"),
			"instances": []any{map[string]any{
				"schema_version": 0,
				"private":        base64.StdEncoding.EncodeToString([]byte(`{"owner":"` + base64.StdEncoding.EncodeToString([]byte(`"test"`)) + `"}`)),
				"attributes": map[string]any{
					"namespace": "gpu-operator", "name": "eidos-snapshot", "image": "registry.example/eidos:1.0.0",
					"snapshot": "kind: Snapshot", "sha256": "", "disagreements": map[string]any{},
					"nodes": map[string]any{"gpu-1": map[string]any{"config_map": "eidos-snapshot", "sha256": ""}},
				},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(state)
}
