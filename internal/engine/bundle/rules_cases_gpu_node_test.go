// SPDX-License-Identifier: Apache-2.0

package bundle_test

import "strings"

func gpuNodeCases() map[string]ruleCase {
	return map[string]ruleCase{
		"driver-no-container-for-os": {
			keeps: func(s *scenario) {
				s.onProvidersFabric("gke", "gpudirect").on("gke", "cos", "h100").
					set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"os-not-of-release": {
			keeps: func(s *scenario) { s.Recipe.Request.OSVersion = "22.04" },
		},
		"fabric-manager-on-host": {
			keeps: func(s *scenario) {
				s.on("self-managed", "ubuntu", "l40s").set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"gke-install-dir": {
			keeps: func(s *scenario) {
				s.onProvidersFabric("gke", "gpudirect").withoutOperatorDriver().
					set(config("driver_install_dir"), "/home/kubernetes/bin/nvidia").set(config("toolkit_install_dir"), "/home/kubernetes/bin/nvidia")
			},
		},
		"aks-runtime-class": {
			keeps: func(s *scenario) {
				s.on("aks", "ubuntu", "h100").withoutOperatorDriver().set(config("toolkit_source"), "image").set(config("runtime_class"), "nvidia-container-runtime")
			},
		},
		"recipe-key-ignored": {
			keeps: func(s *scenario) { s.set(config("kernel_module_params"), "A=1") },
		},
	}
}

// withoutOperatorDriver lets the node image include the driver.
func (s *scenario) withoutOperatorDriver() *scenario {
	return s.set(config("driver_source"), "image").set(config("gds"), false).set(config("gdrcopy"), false)
}

// gpuCluster is the override that has the chart create a GPUCluster.
const gpuCluster = "{gpuCluster: {deployCR: true}, clusterPolicy: {deployCR: false}, driver: {nvidiaDriverCRD: {enabled: true}}}"

func gpuValueCases() map[string]ruleCase {
	long := "A=" + strings.Repeat("x", 1<<20-2-len("nvidia.conf\n"))
	return map[string]ruleCase{
		"one-nfd": {
			keeps: func(s *scenario) { s.override("network-operator", "nfd: {enabled: on}").gpu("nfd: {enabled: off}") },
		},
		"nfd-missing": {
			keeps: func(s *scenario) { s.gpu("nfd: {enabled: off}").override("network-operator", "nfd: {enabled: on}") },
		},
		"no-cluster-object": {
			keeps: func(s *scenario) { s.gpu(gpuCluster) },
		},
		"validator-env-missing": {
			keeps: func(s *scenario) { s.line("v25.3.4", "25.4.0", "1.31.0") },
		},
		"config-map-incomplete": {
			keeps: func(s *scenario) {
				s.gpu("devicePlugin: {config: {create: true, name: slices, data: {any: 'version: v1'}}}")
			},
		},
		"config-map-too-large": {
			func(s *scenario) { s.set(config("kernel_module_params"), long+"x") },
			func(s *scenario) { s.set(config("kernel_module_params"), long) },
		},
		"device-plugin-config-default": {
			keeps: func(s *scenario) {
				s.line("v25.10.1", "25.10.0", "1.33.5").gpu("devicePlugin: {config: {name: slices, default: any}}")
			},
		},
	}
}
