// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// commandConfig makes of files what the test makes of them with the command.
const commandConfig = requireEidos + `
data "eidos_snapshot" "test" {
  document = file("snapshot.yaml")
}

data "eidos_recipe" "test" {
  snapshot           = file("snapshot.yaml")
  overlays           = [file("overlay.yaml")]
  intent             = "training"
  kubernetes_version = "1.34"
  context            = true
}

resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  output_dir = "terraform"
  bundlers   = ["gpu-operator", "network-operator"]
  overrides  = { "gpu-operator" = "driver: {version: \"580.126.20\", startupProbe: {timeoutSeconds: 61}}" }
  namespaces = { "gpu-operator" = "gpus" }
}

output "yaml" {
  value = data.eidos_recipe.test.yaml
}

output "json" {
  value = data.eidos_recipe.test.json
}
`

const commandOverlay = `key: {gpu: h100}
types:
- type: K8s
  subtypes:
  - subtype: config
    data: {gds: false}
    context: {gds: our storage is local}
`

// TestCommandGivesTheSameBytes makes recipes and bundles of the same input with
// Terraform and with the command.
func TestCommandGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": commandConfig, "snapshot.yaml": snapshotDocument, "overlay.yaml": commandOverlay})
	w.apply()
	var outputs map[string]struct{ Value string }
	if err := json.Unmarshal(w.must("output", "-json").stdout, &outputs); err != nil {
		t.Fatal(err)
	}
	eidos := buildCommand(t)
	recipe := []string{"recipe", "--snapshot", "snapshot.yaml", "--overlay", "overlay.yaml", "--intent", "training", "--k8s", "1.34", "--context"}
	w.command(eidos, append(recipe, "--output", "recipe.yaml")...)
	w.command(eidos, append(recipe, "--output", "recipe.json")...)
	w.command(eidos, "bundle", "--recipe", "recipe.json", "--output", "command", "--bundlers", "gpu-operator,network-operator",
		"--set", `gpu-operator:driver.version="580.126.20"`, "--set", "gpu-operator:driver.startupProbe.timeoutSeconds=61", "--namespace", "gpu-operator=gpus")

	created := regexp.MustCompile(`(?m)^\s*"?created"?: .*\n`)
	_, written, _ := strings.Cut(w.read("recipe.yaml"), "\n") // which says that there is a last line
	written = strings.TrimSuffix(written, "...\n")
	if diff := cmp.Diff(outputs["yaml"].Value, created.ReplaceAllString(written, "")); diff != "" {
		t.Errorf("recipe.yaml (-terraform +command):\n%s", diff)
	}
	if made, err := document.DecodeRecipe(t.Context(), []byte(outputs["json"].Value)); err != nil {
		t.Error(err)
	} else if yaml, err := made.YAML(); err != nil || string(yaml) != outputs["yaml"].Value {
		t.Errorf("json is not the document that yaml is: %v", err)
	}
	files := w.files("terraform")
	if len(files) < 10 {
		t.Errorf("Terraform wrote %q alone", files)
	}
	if diff := cmp.Diff(files, w.files("command")); diff != "" {
		t.Errorf("files (-terraform +command):\n%s", diff)
	}
	for _, name := range files {
		if name == ".eidos-bundle.json" { // names its owner
			continue
		}
		if diff := cmp.Diff(w.read("terraform/"+name), w.read("command/"+name)); diff != "" {
			t.Errorf("%s (-terraform +command):\n%s", name, diff)
		}
	}
}

func buildCommand(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", dir+string(filepath.Separator), "../../cmd/eidos").CombinedOutput(); err != nil {
		t.Fatalf("building the command: %v\n%s", err, out)
	}
	return filepath.Join(dir, "eidos")
}

// command runs the eidos command in the workspace; it has to succeed.
func (w *workspace) command(binary string, args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), binary, args...)
	cmd.Dir = w.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("eidos %q: %v\n%s", args, err, stderr.String())
	}
}
