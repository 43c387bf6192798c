// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serverVersion is that of the kube-apiserver: nodes may be older.
func serverVersion(t *testing.T, f facts) string {
	t.Helper()
	version := f.measurements["K8s"]["server"]["version"]
	if !strings.HasPrefix(version, "v1.") {
		t.Errorf("the server's version is %q", version)
	}
	return version
}

func TestCollectClouds(t *testing.T) {
	t.Parallel()
	populate(t)
	for node, want := range map[string]map[string]string{
		"eks":          {"service": "eks", "os": "amazonlinux", "os_version": "2023", "kernel_version": "6.12.46-66.121.amzn2023.x86_64", "gpu": "h100"},
		"gke":          {"service": "gke", "os": "cos", "kernel_version": "6.6.105+", "gpu": "h100"},
		"aks":          {"service": "aks", "os": "ubuntu", "os_version": "24.04", "kernel_version": "6.8.0-1034-azure", "gpu": "h100"},
		"oke":          {"service": "oke", "os": "ubuntu", "os_version": "22.04", "kernel_version": "6.8.0-1029-oracle", "gpu": "h100"},
		"self-managed": {"service": "self-managed", "os": "ubuntu", "os_version": "24.04", "kernel_version": "6.8.0-1035-aws", "gpu": "h100"},
	} {
		t.Run(node, func(t *testing.T) {
			t.Parallel()
			source := fmt.Sprintf(`cluster = { node_selector = { "kubernetes.io/hostname" = %q } }`, node)
			w := newWorkspace(t, snapshotBy(withKubeconfig(t, server.Admin()), source)+pipeline)
			w.Apply(t)
			got := readFacts(t, w)
			want["kubernetes_version"] = serverVersion(t, got)
			if diff := cmp.Diff(want, got.query); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
			checkPipeline(t, w, want["service"])
		})
	}
}

func TestCollectEverything(t *testing.T) {
	t.Parallel()
	populate(t)
	w := newWorkspace(t, snapshotBy(withKubeconfig(t, server.Admin()), "cluster = {}"))
	w.Apply(t)
	got := readFacts(t, w)
	checkWhole(t, got)
	for path, want := range map[[2]string]string{
		{"image", "driver"}:             "580.95.05-ubuntu24.04",
		{"image", "k8s-driver-manager"}: "v0.9.0",
		{"image", "debug"}:              "1.2",
		{"policy", "driver.version"}:    "580.95.05",
	} {
		if value := got.measurements["K8s"][path[0]][path[1]]; value != want {
			t.Errorf("K8s/%s/%s is %q, want %q", path[0], path[1], value, want)
		}
	}
	for _, foreign := range []string{"sentinel", "validationFailureAction", "check-team"} {
		if strings.Contains(got.yaml, foreign) {
			t.Errorf("the snapshot holds %q:\n%s", foreign, got.yaml)
		}
	}
	w.Apply(t)
	if again := readFacts(t, w); again.yaml != got.yaml {
		t.Errorf("a second collection differs:\n%s", cmp.Diff(got.yaml, again.yaml))
	}
}

// checkWhole wants what every collector of the API server finds, and no failure.
func checkWhole(t *testing.T, f facts) {
	t.Helper()
	if len(f.errors) > 0 {
		t.Errorf("collectors failed: %v", f.errors)
	}
	for _, subtype := range []string{"server", "image", "policy", "node"} {
		if len(f.measurements["K8s"][subtype]) == 0 {
			t.Errorf("the snapshot has no K8s/%s", subtype)
		}
	}
}
