// SPDX-License-Identifier: Apache-2.0

package bundle_test

import "strings"

func gpuNodeCases() map[string]ruleCase {
	return map[string]ruleCase{
		"driver-no-container-for-os": {
			func(s *scenario) {
				s.onProvidersFabric("gke", "gpudirect").on("gke", "cos", "h100")
			},
			func(s *scenario) {
				s.onProvidersFabric("gke", "gpudirect").on("gke", "cos", "h100").
					set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"os-not-of-release": {
			func(s *scenario) { s.Recipe.Request.OSVersion = "20.04" },
			func(s *scenario) { s.Recipe.Request.OSVersion = "22.04" },
		},
		"fabric-manager-on-host": {
			func(s *scenario) { s.set(config("driver_source"), "image").set(config("gds"), false) },
			func(s *scenario) {
				s.on("self-managed", "ubuntu", "l40s").set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"gke-install-dir": {
			func(s *scenario) { s.onProvidersFabric("gke", "gpudirect").withoutOperatorDriver() },
			func(s *scenario) {
				s.onProvidersFabric("gke", "gpudirect").withoutOperatorDriver().
					set(config("driver_install_dir"), "/home/kubernetes/bin/nvidia").set(config("toolkit_install_dir"), "/home/kubernetes/bin/nvidia")
			},
		},
		"aks-runtime-class": {
			func(s *scenario) {
				s.on("aks", "ubuntu", "h100").withoutOperatorDriver().set(config("toolkit_source"), "image")
			},
			func(s *scenario) {
				s.on("aks", "ubuntu", "h100").withoutOperatorDriver().set(config("toolkit_source"), "image").set(config("runtime_class"), "nvidia-container-runtime")
			},
		},
		"recipe-key-ignored": {
			func(s *scenario) { s.withoutOperatorDriver().set(config("kernel_module_params"), "A=1") },
			func(s *scenario) { s.set(config("kernel_module_params"), "A=1") },
		},
	}
}

// withoutOperatorDriver lets the node image bring the driver.
func (s *scenario) withoutOperatorDriver() *scenario {
	return s.set(config("driver_source"), "image").set(config("gds"), false).set(config("gdrcopy"), false)
}

func gpuValueCases() map[string]ruleCase {
	long := "A=" + strings.Repeat("x", 1<<20-2)
	return map[string]ruleCase{
		"one-nfd": {
			func(s *scenario) { s.override("network-operator", "nfd: {enabled: on}") },
			func(s *scenario) { s.override("network-operator", "nfd: {enabled: on}").gpu("nfd: {enabled: off}") },
		},
		"nfd-missing": {
			func(s *scenario) { s.gpu("nfd: {enabled: off}") },
			func(s *scenario) { s.gpu("nfd: {enabled: off}").override("network-operator", "nfd: {enabled: on}") },
		},
		"no-cluster-object": {
			func(s *scenario) { s.gpu("clusterPolicy: {deployCR: false}") },
			func(s *scenario) { s.gpu("{gpuCluster: {deployCR: true}, clusterPolicy: {deployCR: false}}") },
		},
		"nri-needs-cdi": {
			func(s *scenario) { s.set(config("cdi"), false).gpu("cdi: {nriPluginEnabled: true}") },
			func(s *scenario) { s.gpu("cdi: {nriPluginEnabled: true}") },
		},
		"validator-env-missing": {
			func(s *scenario) { s.line("v25.3.4", "25.4.0", "1.31.0").gpu("validator: {plugin: {env: []}}") },
			func(s *scenario) { s.line("v25.3.4", "25.4.0", "1.31.0") },
		},
		"nri-needs-toolkit": {
			func(s *scenario) { s.gpu("{cdi: {nriPluginEnabled: true}, toolkit: {enabled: false}}") },
			func(s *scenario) { s.gpu("{cdi: {nriPluginEnabled: true}, toolkit: {enabled: true}}") },
		},
		"one-cluster-object": {
			func(s *scenario) { s.gpu("gpuCluster: {deployCR: true}") },
			func(s *scenario) { s.gpu("{gpuCluster: {deployCR: true}, clusterPolicy: {deployCR: false}}") },
		},
		"config-map-incomplete": {
			func(s *scenario) { s.gpu("devicePlugin: {config: {create: true, name: slices}}") },
			func(s *scenario) {
				s.gpu("devicePlugin: {config: {create: true, name: slices, data: {any: 'version: v1'}}}")
			},
		},
		"config-map-too-large": {
			func(s *scenario) { s.set(config("kernel_module_params"), long+"x") },
			func(s *scenario) { s.set(config("kernel_module_params"), long) },
		},
		"device-plugin-config-default": {
			func(s *scenario) {
				s.line("v25.10.1", "25.10.0", "1.33.5").gpu("devicePlugin: {config: {name: slices}}")
			},
			func(s *scenario) {
				s.line("v25.10.1", "25.10.0", "1.33.5").gpu("devicePlugin: {config: {name: slices, default: any}}")
			},
		},
	}
}
