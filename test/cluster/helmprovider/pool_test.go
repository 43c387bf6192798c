// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// The drivers of the guide, and what the operator reads and writes on nodes.
const (
	oldDriver, newDriver = "580.126.20", "595.91.07"

	skipLabel   = "nvidia.com/gpu-driver-upgrade.skip"
	stateLabel  = "nvidia.com/gpu-driver-upgrade-state"
	driverLabel = "nvidia.com/cuda.driver-version.full"
)

// TestOnePoolFirst follows the guide: the driver of a pool, of the next one, and back.
func TestOnePoolFirst(t *testing.T) {
	t.Parallel()
	own, repository := apiserver.New(t), charts.Serve(t)
	c := fixture.NewClient(t, own.Admin())
	pools := map[string]string{"canary-1": "canary", "canary-2": "canary", "training-1": "training", "other-1": ""}
	for name, pool := range pools {
		fixture.Create(t, own.Admin(), gpuNode(name, pool))
	}
	const page = guides + "one-pool-first.md.tmpl"
	commands := blocks(t, page, "sh")
	config := "provider \"helm\" {\n  kubernetes = { config_path = \"~/.kube/config\" }\n}\n" + blocks(t, page, "terraform")[0] + blocks(t, guides+"helm.md.tmpl", "hcl")[0]
	p := newPrompt(t, own.Admin())
	p.Write(t, "main.tf", config)
	p.Write(t, "override.tf", fmt.Sprintf("resource \"eidos_bundle\" \"training\" {\n  registry = { chart_repositories = { \"*\" = %q } }\n}\n", repository))
	p.Apply(t)
	rollDriver(t, c, driverOf(t, own))
	checkDrivers(t, c, map[string]string{"canary-1": oldDriver, "canary-2": oldDriver, "training-1": oldDriver, "other-1": oldDriver})

	p.must(t, commands[0])
	p.Write(t, "main.tf", strings.Replace(config, oldDriver, newDriver, 1))
	if r := p.must(t, commands[1]); !r.Says(blocks(t, page, "text")[0]) || !r.Says("autoUpgrade true") {
		t.Errorf("the plan does not say what the guide says:\n%s", r.Stdout)
	}
	p.must(t, commands[2])
	rollDriver(t, c, driverOf(t, own))
	if r := p.must(t, commands[3]); strings.Count(r.Stdout, newDriver) != 2 || strings.Count(r.Stdout, "upgrade-required") != 2 {
		t.Errorf("the nodes:\n%s", r.Stdout)
	}
	checkDrivers(t, c, map[string]string{"canary-1": newDriver, "canary-2": newDriver, "training-1": oldDriver, "other-1": oldDriver})
	checkRecipe(t, p, own, commands[4])

	p.must(t, commands[5])
	rollDriver(t, c, driverOf(t, own))
	checkDrivers(t, c, map[string]string{"canary-1": newDriver, "canary-2": newDriver, "training-1": newDriver, "other-1": oldDriver})

	p.Write(t, "main.tf", config)
	p.Apply(t)
	rollDriver(t, c, driverOf(t, own))
	checkDrivers(t, c, map[string]string{"canary-1": oldDriver, "canary-2": oldDriver, "training-1": oldDriver, "other-1": oldDriver})
}

func gpuNode(name, pool string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"nvidia.com/gpu.present": "true", driverLabel: oldDriver, stateLabel: "upgrade-done"}}}
	if pool != "" {
		n.Labels["pool"] = pool
	}
	return n
}

// driverOf is the driver that the chart of the GPU Operator got.
func driverOf(t *testing.T, s *apiserver.Server) string {
	t.Helper()
	driver, _ := charts.Values(t, s.Admin(), "gpu-operator", "gpu-operator")["driver"].(map[string]any)
	version, _ := driver["version"].(string)
	return version
}

// rollDriver does what the operator's upgrade controller does with a driver: nodes that
// are not to be upgraded keep theirs.
func rollDriver(t *testing.T, c client.Client, driver string) {
	t.Helper()
	var nodes corev1.NodeList
	if err := c.List(t.Context(), &nodes); err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes.Items {
		patch := client.MergeFrom(node.DeepCopy())
		switch {
		case node.Labels[driverLabel] == driver:
			node.Labels[stateLabel] = "upgrade-done"
		case node.Labels[skipLabel] == "true":
			node.Labels[stateLabel] = "upgrade-required"
		default:
			node.Labels[driverLabel], node.Labels[stateLabel] = driver, "upgrade-done"
		}
		if err := c.Patch(t.Context(), &node, patch); err != nil {
			t.Fatal(err)
		}
	}
}

func checkDrivers(t *testing.T, c client.Client, want map[string]string) {
	t.Helper()
	var nodes corev1.NodeList
	if err := c.List(t.Context(), &nodes); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, node := range nodes.Items {
		got[node.Name] = node.Labels[driverLabel]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("drivers of the nodes (-want +got):\n%s", diff)
	}
}

// checkRecipe compares the recipe with a snapshot that the agent has left: of a node
// with the new driver, then of one with the old.
func checkRecipe(t *testing.T, p *prompt, s *apiserver.Server, commands string) {
	t.Helper()
	dir := t.TempDir()
	if err := terraform.BuildCommand(t.Context(), "../../..", dir); err != nil {
		t.Fatal(err)
	}
	p.programs = append(p.programs, dir)
	for driver, want := range map[string]int{newDriver: 0, oldDriver: 4} {
		snapshot := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: "gpu-operator", Name: "eidos-snapshot"},
			Data:       map[string]string{"snapshot.yaml": fmt.Sprintf(snapshotOfNode, driver), "format": "yaml"},
		}
		fixture.Create(t, s.Admin(), snapshot)
		if r := p.types(t, commands); r.Code != want || (want != 0) != r.Says(oldDriver) {
			t.Errorf("with the driver %s, eidos check ends with %d, want %d:\n%s%s", driver, r.Code, want, r.Stdout, r.Stderr)
		}
		if err := fixture.NewClient(t, s.Admin()).Delete(t.Context(), snapshot); err != nil {
			t.Fatal(err)
		}
	}
}

const snapshotOfNode = `apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
metadata: {created: "2026-11-02T08:30:00Z", hostname: canary-1, version: v0.1.0}
measurements:
  - type: GPU
    subtypes:
      - {subtype: driver, data: {version: %s}}
`
