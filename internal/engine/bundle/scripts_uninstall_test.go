// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestUninstall(t *testing.T) {
	t.Parallel()
	c := newCluster(t, networkBundle(t), "helm", "kubectl")
	const script = "network-operator/scripts/uninstall.sh"
	plain := []string{
		"kubectl <get> <crd> <ippools.nv-ipam.nvidia.com> <--ignore-not-found> <--output> <name>",
		"kubectl <delete> <--ignore-not-found> <--timeout> <10m> <--filename> <DIR/network-operator/manifests/ippool.yaml>",
		"kubectl <get> <crd> <macvlannetworks.mellanox.com> <--ignore-not-found> <--output> <name>",
		"kubectl <delete> <--ignore-not-found> <--timeout> <10m> <--filename> <DIR/network-operator/manifests/network.yaml>",
		"kubectl <get> <crd> <nicclusterpolicies.mellanox.com> <--ignore-not-found> <--output> <name>",
		"kubectl <delete> <--ignore-not-found> <--timeout> <10m> <--filename> <DIR/network-operator/manifests/nicclusterpolicy.yaml>",
		"helm <uninstall> <network-operator> <--namespace> <net> <--ignore-not-found> <--wait> <--timeout> <10m>",
	}
	for _, args := range [][]string{nil, {"--yes"}} {
		calls, output, failed := c.run(nil, script, args...)
		if failed {
			t.Fatalf("%v failed:\n%s", args, output)
		}
		c.want("uninstall", plain, calls)
	}
	calls, _, _ := c.run(nil, script, "--delete-crds", "--delete-namespace")
	c.want("with everything", append(plain,
		"kubectl <delete> <crd> <--ignore-not-found> <--timeout> <10m> <hostdevicenetworks.mellanox.com> <ipoibnetworks.mellanox.com> <macvlannetworks.mellanox.com> <nicclusterpolicies.mellanox.com> <nicnodepolicies.mellanox.com> <cidrpools.nv-ipam.nvidia.com> <ippools.nv-ipam.nvidia.com>",
		"kubectl <delete> <namespace> <--ignore-not-found> <--timeout> <10m> <net>",
	), calls)
	calls, _, _ = c.run([]string{"FAKE_NO_CRDS=1"}, script)
	c.want("when nothing is installed", []string{plain[0], plain[2], plain[4], plain[6]}, calls)
	if calls, output, failed := c.run(nil, script, "--dry-run"); failed || calls != nil || !strings.Contains(output, "helm uninstall") {
		t.Errorf("--dry-run called %v and printed:\n%s", calls, output)
	}
}

// TestUninstallDeletesWhatThePartsBrought: the definitions of parts that are
// off are somebody else's.
func TestUninstallDeletesWhatThePartsBrought(t *testing.T) {
	t.Parallel()
	const maintenance = "maintenanceOperator: {enabled: true}"
	for name, tt := range map[string]struct {
		component string
		change    func(*scenario)
		want, not []string
	}{
		"gpu-operator":         {"gpu-operator", func(*scenario) {}, []string{"gpuclusters.nvidia.com"}, []string{"nfd.k8s-sigs.io", "mellanox"}},
		"shared devices":       {"network-operator", func(*scenario) {}, []string{"ippools.nv-ipam"}, []string{"sriovnetwork", "maintenance"}},
		"virtual functions":    {"network-operator", func(s *scenario) { s.set(network("enable_sriov"), true) }, []string{"sriovnetworks.sriovnetwork.openshift.io", "cidrpools.nv-ipam"}, nil},
		"maintenance operator": {"network-operator", func(s *scenario) { s.override("network-operator", maintenance) }, []string{"nodemaintenances.maintenance.nvidia.com"}, []string{"sriovnetwork"}},
		"no secondary network": {"network-operator", func(s *scenario) {
			s.on("aks", "ubuntu", "h100").set(network("fabric"), "infiniband").set(network("ip_range"), nil)
		}, []string{"nicclusterpolicies.mellanox.com"}, []string{"nv-ipam"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, render(t, newScenario(t, tt.change).Request), "helm", "kubectl")
			calls, output, failed := c.run(nil, tt.component+"/scripts/uninstall.sh", "--delete-crds")
			if failed {
				t.Fatal(output)
			}
			deleted := calls[len(calls)-1]
			for _, crd := range tt.want {
				if !strings.Contains(deleted, crd) {
					t.Errorf("%s stays: %s", crd, deleted)
				}
			}
			for _, crd := range tt.not {
				if strings.Contains(deleted, crd) {
					t.Errorf("%s goes: %s", crd, deleted)
				}
			}
		})
	}
}

// TestReadmeTellsWhatToUninstallFirst names the components of the bundle only.
func TestReadmeTellsWhatToUninstallFirst(t *testing.T) {
	t.Parallel()
	b := networkBundle(t)
	const first = "Uninstall first what needs this component: network-operator."
	if readme := contents(b)["gpu-operator/README.md"]; !strings.Contains(readme, first) {
		t.Errorf("the required component says:\n%s", readme)
	}
	alone := newScenario(t, func(s *scenario) { s.Bundlers = []string{"gpu-operator"} })
	for _, readme := range []string{contents(b)["network-operator/README.md"], contents(render(t, alone.Request))["gpu-operator/README.md"]} {
		if strings.Contains(readme, "Uninstall first") {
			t.Errorf("a component that nothing requires says:\n%s", readme)
		}
	}
}

// TestUninstallAsksOnATerminal gives the script a terminal with the program
// script, which most systems have.
func TestUninstallAsksOnATerminal(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("script")
	if err != nil {
		t.Logf("the program script is not in PATH, so no terminal can be had")
		return
	}
	c := newCluster(t, networkBundle(t), "helm", "kubectl")
	for answer, want := range map[string]bool{"n\n": false, "y\n": true} {
		_ = os.Remove(c.log) // missing in the first round
		cmd := exec.CommandContext(t.Context(), tool, "--quiet", "--return", "--command", `"$SCRIPT"`, "/dev/null")
		cmd.Env = []string{"PATH=" + c.path, "FAKE_LOG=" + c.log, "SHELL=/bin/sh", "SCRIPT=" + filepath.Join(c.dir, "network-operator/scripts/uninstall.sh")}
		cmd.Stdin = strings.NewReader(answer)
		out, err := cmd.CombinedOutput()
		_, logErr := os.Stat(c.log)
		if removed := logErr == nil; removed != want || (err == nil) != want {
			t.Errorf("answer %q: removed %v, %v\n%s", answer, removed, err, out)
		}
		if !strings.Contains(string(out), "Uninstall network-operator from namespace net?") {
			t.Errorf("no question on a terminal:\n%s", out)
		}
	}
}
