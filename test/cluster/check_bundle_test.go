// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// TestCheckBundle: a bundle of two DaemonSets is held against a cluster that has
// nothing, that has just got them, that runs them, and where somebody edits one.
func TestCheckBundle(t *testing.T) {
	t.Parallel()
	admin := apiserver.New(t).Admin()
	c := fixture.NewClient(t, admin)
	eidos := buildCommand(t)
	dir := t.TempDir()
	recipe, out := filepath.Join(dir, "recipe.yaml"), filepath.Join(dir, "out")
	for _, args := range [][]string{
		{"recipe", "--service", "gke", "--os", "cos", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "--option", "nccl_plugin=tcpxo", "--output", recipe},
		{"bundle", "--recipe", recipe, "--bundlers", "gke-nccl-tcpxo", "--output", out},
	} {
		if code, _, stderr := eidos.run(t, args...); code != 0 {
			t.Fatal(stderr)
		}
	}
	check := func(when string, wantCode int, want ...string) {
		t.Helper()
		code, stdout, stderr := eidos.run(t, "check", "--bundle", out, "--kubeconfig", apiserver.Kubeconfig(t, admin))
		if code != wantCode {
			t.Errorf("%s: exit code %d, want %d: %s%s", when, code, wantCode, stdout, stderr)
		}
		for _, text := range want {
			if !strings.Contains(stdout+stderr, text) {
				t.Errorf("%s: got %s%s want %q in it", when, stdout, stderr, text)
			}
		}
	}

	check("before the install", 4, `DaemonSet.apps "device-injector" in namespace "kube-system"`, "2 of ")
	var sets []*appsv1.DaemonSet
	for _, name := range []string{"device-injector", "installer"} {
		text, err := os.ReadFile(filepath.Join(out, "gke-nccl-tcpxo", "manifests", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		fixture.CreateManifest(t, admin, text)
	}
	var list appsv1.DaemonSetList
	if err := c.List(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	for i := range list.Items {
		sets = append(sets, &list.Items[i])
	}
	check("while pods start", 4, "InProgress")

	for _, set := range sets {
		set.Status = appsv1.DaemonSetStatus{ObservedGeneration: set.Generation, DesiredNumberScheduled: 1, CurrentNumberScheduled: 1, UpdatedNumberScheduled: 1, NumberAvailable: 1, NumberReady: 1}
		if err := c.Status().Update(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	check("when all is up", 0)

	if err := c.Patch(t.Context(), sets[0], client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":{"app.kubernetes.io/instance":"edited"}}}`))); err != nil {
		t.Fatal(err)
	}
	check("after an edit", 4, "edited")

	installer := filepath.Join(out, "gke-nccl-tcpxo", "manifests", "installer.yaml")
	if err := os.WriteFile(installer, []byte("kind: Pod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("with a file that is not the bundle's", 2, "installer.yaml")
}
