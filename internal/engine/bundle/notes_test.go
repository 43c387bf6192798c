// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestNotes: what a README says that values and manifests cannot do.
func TestNotes(t *testing.T) {
	t.Parallel()
	const (
		gpu, net   = "gpu-operator", "network-operator"
		label      = "\nkubectl label node NODE --overwrite nvidia.com/gpu.workload.config=vm-passthrough\n"
		kata       = "kata-containers/kata-deploy-charts/kata-deploy"
		installer  = "\nkubectl apply -f https://raw.githubusercontent.com/GoogleCloudPlatform/container-engine-accelerators/master/nvidia-driver-installer/"
		noAddress  = "### Addresses"
		masterName = `master\_interface`
	)
	confidential := func(s *scenario) *scenario {
		return s.set(config("gds"), false).set(config("confidential_computing"), true)
	}
	bare := func(s *scenario) {
		s.set(network("ip_range"), nil).set(network("master_interface"), nil)
	}
	for name, tt := range map[string]struct {
		component string
		change    func(*scenario)
		has, not  []string
	}{
		"confidential containers": {gpu, func(s *scenario) { confidential(s) }, []string{kata, label, "nvidia.com/cc.mode"}, nil},
		"the operator's Kata": {
			gpu, func(s *scenario) { confidential(s).line("v25.10.1", "25.10.0", "1.33.5") }, []string{label}, []string{kata},
		},
		"all nodes confidential": {
			gpu, func(s *scenario) {
				confidential(s).override(gpu, "sandboxWorkloads: {defaultWorkload: vm-passthrough}")
			}, []string{kata, "nvidia.com/cc.mode"}, []string{label},
		},
		"not confidential":     {gpu, func(*scenario) {}, nil, []string{kata, label}},
		"virtual functions":    {net, func(s *scenario) { bare(s.on("oke", "ubuntu", "h100")) }, []string{noAddress}, []string{masterName}},
		"shared devices":       {net, func(s *scenario) { bare(s) }, []string{noAddress, masterName}, nil},
		"addresses":            {net, func(*scenario) {}, nil, []string{noAddress}},
		"no secondary network": {net, func(s *scenario) { bare(s.on("aks", "ubuntu", "h100").set(network("fabric"), "infiniband")) }, nil, []string{noAddress}},
		"Google's driver":      {gpu, func(s *scenario) { s.Request = bundle.Request{Recipe: fixture(t, "gke-h100-inference")} }, []string{installer + "cos/daemonset-preloaded.yaml\n"}, nil},
		"Google's Ubuntu driver": {
			gpu, func(s *scenario) {
				s.Request = bundle.Request{Recipe: fixture(t, "gke-h100-inference")}
				s.Recipe.Request.OS = "ubuntu"
			}, []string{installer + "ubuntu/daemonset-preloaded.yaml\n"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			readme := contents(render(t, newScenario(t, tt.change).Request))[tt.component+"/README.md"]
			for _, part := range tt.has {
				if !strings.Contains(readme, part) {
					t.Errorf("README.md lacks %q:\n%s", part, readme)
				}
			}
			for _, part := range tt.not {
				if strings.Contains(readme, part) {
					t.Errorf("README.md has %q:\n%s", part, readme)
				}
			}
		})
	}
}
