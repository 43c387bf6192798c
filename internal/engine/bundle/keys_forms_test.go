// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"
)

// TestForms holds which texts end on hosts.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		at    k8s
		text  string
		wrong string // part of the error, "" for none
	}{
		{network("master_interface"), "ens1f0np0.100", ""},
		{network("master_interface"), "abcdefghijklmno", ""},
		{network("master_interface"), "abcdefghijklmnop", "want the name of a network interface"},
		{network("master_interface"), "eth0; rm -rf", "want the name of a network interface"},
		{network("master_interface"), "a/b", "want the name of a network interface"},
		{network("master_interface"), "..", "want the name of a network interface"},
		{network("master_interface"), "-h", "want the name of a network interface"},
		{network("ip_range"), "10.0.0.0/30", ""},
		{network("ip_range"), "10.0.0.0/31", "no room for two addresses"},
		{network("ip_range"), "10.0.0.1/32", "no room for two addresses"},
		{network("ip_range"), "fd00::1/128", "no room for two addresses"},
		{network("ip_range"), "10.0.0.1/24", "want a network in CIDR form"},
		{config("driver_install_dir"), "/", ""},
		{config("driver_install_dir"), "/opt/nvidia-driver_1.0", ""},
		{config("driver_install_dir"), "opt/nvidia", "want the absolute path"},
		{config("driver_install_dir"), "/opt/../etc", "want the absolute path"},
		{config("driver_install_dir"), "/opt/a b", "want the absolute path"},
		{config("toolkit_install_dir"), "../bin", "want the absolute path"},
		{config("toolkit_install_dir"), "/usr/local/nvidia", ""},
		{config("kernel_module_params"), "NVreg_A=1 NVreg_B=0x2\n\tNVreg_C=a;b", ""},
		{config("kernel_module_params"), "NVreg_A", `got "NVreg_A", want NAME=VALUE`},
		{config("kernel_module_params"), "NVreg_A=1 =2", `got "=2", want NAME=VALUE`},
		{config("kernel_module_params"), "NVreg_A= 1", `got "NVreg_A=", want NAME=VALUE`},
	} {
		_, err := renderer().Render(t.Context(), newScenario(t, func(s *scenario) { s.set(tt.at, tt.text) }).Request)
		switch {
		case tt.wrong == "" && err != nil:
			t.Errorf("%s %q: %v", tt.at.key, tt.text, err)
		case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
			t.Errorf("%s %q: got %v, want an error with %q", tt.at.key, tt.text, err, tt.wrong)
		}
	}
}

// TestKernelModuleParameters: NVIDIA's container reads one a line.
func TestKernelModuleParameters(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.set(config("kernel_module_params"), " NVreg_A=1 NVreg_B=2\n") })
	manifest := decode(t, componentOf(t, render(t, s.Request), "gpu-operator").Manifests["manifests/kernel-module-params.yaml"])
	data, _ := manifest["data"].(map[string]any)
	if got, want := data["nvidia.conf"], "NVreg_A=1\nNVreg_B=2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReplacedKernelModuleParameters: a ConfigMap that nobody reads is not
// shipped.
func TestReplacedKernelModuleParameters(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"mine": false, "kernel-module-params": true} {
		s := newScenario(t, func(s *scenario) {
			s.set(config("kernel_module_params"), "A=1").gpu("driver: {kernelModuleConfig: {name: " + name + "}}")
		})
		if _, got := componentOf(t, render(t, s.Request), "gpu-operator").Manifests["manifests/kernel-module-params.yaml"]; got != want {
			t.Errorf("%s: the bundle has the ConfigMap: %t, want %t", name, got, want)
		}
	}
}
