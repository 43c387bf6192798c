// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
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

// TestWhatBecomesOfDefinitions: the README says of each definition whether it goes
// with the release, as a finding does, and the script deletes by its flag only what is left.
func TestWhatBecomesOfDefinitions(t *testing.T) {
	t.Parallel()
	const (
		goes  = "Helm deletes definitions of custom resources with the release, and with them every object of their kinds in the cluster, those of other teams included: "
		stays = " stay with all objects of their kinds, unless `--delete-crds` is given: "
		cert  = "certificaterequests.cert-manager.io, certificates.cert-manager.io, challenges.acme.cert-manager.io, clusterissuers.cert-manager.io, issuers.cert-manager.io, orders.acme.cert-manager.io."
	)
	all := bundle.Request{
		Recipe:   withOptions(t, "self-managed", map[string]string{"scheduler": "kueue", "platform": "kubeflow", "leader_worker_set": "true", "cert_manager": "true", "monitoring": "true"}),
		Bundlers: []string{"cert-manager", "gpu-operator", "kube-prometheus-stack", "kubeflow-trainer", "kueue", "lws", "prometheus-operator-crds"},
	}
	for _, tt := range []struct {
		component, override string
		want                []string
		asks, deletes       bool // before it deletes objects; by the flag
	}{
		{"kueue", "", []string{goes + "admissionchecks.kueue.x-k8s.io, "}, true, false},
		{"kubeflow-trainer", "", []string{goes + "clustertrainingruntimes.trainer.kubeflow.org, ", "Other definitions" + stays + "jobsets.jobset.x-k8s.io."}, true, true},
		{"kubeflow-trainer", "dataCache: {enabled: true}", []string{"Definitions that belong to other components stay in any case: those of LeaderWorkerSet."}, true, true},
		{"kubeflow-trainer", "crds: {enabled: false}", []string{"Definitions of custom resources" + stays + "jobsets.jobset.x-k8s.io."}, false, true},
		{"cert-manager", "", []string{"Definitions of custom resources" + stays + cert}, false, true},
		{"cert-manager", "crds: {keep: false}", []string{goes + cert}, true, false},
		{"prometheus-operator-crds", "crds: {annotations: {helm.sh/resource-policy: null}}", []string{goes + "alertmanagerconfigs.monitoring.coreos.com, "}, true, false},
		{"prometheus-operator-crds", "", []string{"Definitions of custom resources" + stays + "alertmanagerconfigs.monitoring.coreos.com, "}, false, true},
		{"lws", "", []string{"Definitions of custom resources" + stays + "disaggregatedsets.disaggregatedset.x-k8s.io, "}, false, true},
		{"kube-prometheus-stack", "", []string{"```\n\nThe namespace stays"}, false, false},
		{"gpu-operator", "", []string{"Definitions of custom resources" + stays + "clusterpolicies.nvidia.com, ", "those of Node Feature Discovery."}, false, true},
		{"gpu-operator", "operator: {cleanupCRD: true}", []string{goes + "clusterpolicies.nvidia.com, ", "nodefeatures.nfd.k8s-sigs.io."}, true, false},
	} {
		req := all
		if tt.override != "" {
			req.Overrides, req.Bundlers = map[string]string{tt.component: tt.override}, []string{tt.component}
		}
		b := render(t, req)
		warned := func(f bundle.Finding) bool {
			return f.Rule == "uninstall-deletes-objects" && f.Component == tt.component
		}
		if got := slices.ContainsFunc(b.Findings, warned); got != tt.asks {
			t.Errorf("%s, %s: a finding says that definitions go: %t", tt.component, tt.override, got)
		}
		files := contents(b)
		_, readme, _ := strings.Cut(files[tt.component+"/README.md"], "## Uninstall")
		for _, want := range tt.want {
			if !strings.Contains(readme, want) {
				t.Errorf("%s, %s: %q is not in\n%s", tt.component, tt.override, want, readme)
			}
		}
		script := files[tt.component+"/scripts/uninstall.sh"]
		if got := strings.Contains(readme, goes); got != tt.asks || strings.Contains(script, "and delete every object of its kinds") != got {
			t.Errorf("%s, %s: definitions go: %v, and the script asks\n%s", tt.component, tt.override, got, script)
		}
		if got := strings.Contains(script, "delete crd --ignore-not-found"); got != tt.deletes {
			t.Errorf("%s, %s: --delete-crds deletes some: %v", tt.component, tt.override, got)
		}
	}
}
