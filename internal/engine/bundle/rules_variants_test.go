// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"
)

// TestRuleVariants has, for rules that hold for several reasons, each further
// reason and its counterpart. A rule with a leading minus is kept.
func TestRuleVariants(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule   string
		change func(*scenario)
	}{
		"a custom resource's fields are no values": {"unknown-value!", func(s *scenario) { s.override("network-operator", "{deployCR: true, ofedDriver: {deploy: true}}") }},
		"a key that the chart dropped":             {"unknown-value!", func(s *scenario) { s.gpu("driver: {useOpenKernelModules: true}") }},
		"a short tag of an override":               {"image-tag-not-of-release!", func(s *scenario) { s.gpu("dcgmExporter: {version: 4.3.1}") }},
		"a full tag of an override":                {"-image-tag-not-of-release!", func(s *scenario) { s.gpu("dcgmExporter: {version: 4.6.0-4.8.3-distroless}") }},
		"a tag of an override for an image below":  {"image-tag-not-of-release!", func(s *scenario) { s.gpu("driver: {manager: {version: v1}}") }},
		"a driver of an override":                  {"-image-tag-not-of-release!", func(s *scenario) { s.gpu("driver: {version: 590.48.01}") }},
		"a digest of an override":                  {"-image-tag-not-of-release!", func(s *scenario) { s.gpu("toolkit: {version: 'sha256:abc'}") }},
		"a tag in a mirror":                        {"-image-tag-not-of-release!", func(s *scenario) { s.gpu("toolkit: {repository: registry.example.com/nvidia, version: v1}") }},
		"a tag of the recipe in a mirror": {"-image-tag-not-of-release!", func(s *scenario) {
			s.set(image("container-toolkit"), "v1").gpu("toolkit: {repository: registry.example.com/nvidia}")
		}},
		"a tag of the recipe that an override mends": {"-image-tag-not-of-release!", func(s *scenario) { s.set(image("container-toolkit"), "v1").gpu("toolkit: {version: v1.20.0}") }},
		"a tag of the EFA chart": {"image-tag-not-of-release!", func(s *scenario) {
			s.efa("v0.5.30", "h100").override("aws-efa-k8s-device-plugin", "image: {tag: v0.5.30}")
		}},
		"a MIG profile is not a value":              {"value-type!", func(s *scenario) { s.gpu("migManager: {config: {default: all-1g.10gb}}") }},
		"on is a bool":                              {"value-type!", func(s *scenario) { s.gpu("ccManager: {defaultMode: on}") }},
		"a quoted on is none":                       {"-value-type!", func(s *scenario) { s.gpu("ccManager: {defaultMode: 'on'}") }},
		"a strategy that no ClusterPolicy has":      {"value-type!", func(s *scenario) { s.gpu("mig: {strategy: both}") }},
		"a sub-chart's type":                        {"value-type!", func(s *scenario) { s.gpu("node-feature-discovery: {worker: {hostNetwork: 'no'}}") }},
		"a sub-chart's key":                         {"unknown-value!", func(s *scenario) { s.gpu("node-feature-discovery: {wroker: {}}") }},
		"a key of the EFA chart":                    {"unknown-value!", func(s *scenario) { s.efa("v0.5.30", "h100").override("aws-efa-k8s-device-plugin", "toleration: []") }},
		"a type of the EFA chart":                   {"value-type!", func(s *scenario) { s.efa("v0.5.30", "h100").override("aws-efa-k8s-device-plugin", "tolerations: {}") }},
		"a null of the EFA chart":                   {"null-breaks-chart!", func(s *scenario) { s.efa("v0.5.30", "h100").override("aws-efa-k8s-device-plugin", "image: null") }},
		"a key of the DRA chart":                    {"unknown-value!", func(s *scenario) { s.dra("resources: {gpu: {enabled: false}}") }},
		"a type of the DRA chart":                   {"value-type!", func(s *scenario) { s.dra("logVerbosity: 4") }},
		"a null of the DRA chart":                   {"null-breaks-chart!", func(s *scenario) { s.dra("resources: null") }},
		"a dead key of the DRA chart":               {"dead-value", func(s *scenario) { s.dra("webhook: {strategy: {type: Recreate}}") }},
		"the DRA driver before Kubernetes 1.32":     {"chart-kube-version!", func(s *scenario) { s.dra("{}").set(k8s{"server", "version"}, "v1.31.4") }},
		"the DRA driver on Kubernetes 1.32":         {"-chart-kube-version!", func(s *scenario) { s.dra("{}").set(k8s{"server", "version"}, "v1.32.4-eks-1") }},
		"the DRA driver next to the device plugin":  {"dra-takes-gpus!", func(s *scenario) { s.dra("{resources: {gpus: {enabled: true}}, gpuResourcesEnabledOverride: true}") }},
		"a namespace among the DRA driver's values": {"chart-refuses!", func(s *scenario) { s.dra("namespace: gpus") }},
		"a namespace next to the DRA driver's own":  {"dra-namespace!", func(s *scenario) { s.dra("namespaceOverride: gpus") }},
		"a webhook with an unknown issuer":          {"chart-refuses!", func(s *scenario) { s.dra("webhook: {enabled: true, tls: {certManager: {issuerType: own}}}") }},
		"a webhook with an unnamed issuer":          {"chart-refuses!", func(s *scenario) { s.dra("webhook: {enabled: true, tls: {certManager: {issuerType: issuer}}}") }},
		"a webhook with an unnamed secret":          {"chart-refuses!", func(s *scenario) { s.dra("webhook: {enabled: true, tls: {mode: secret}}") }},
		"an instance type that the chart lacks":     {"efa-instance-type!", func(s *scenario) { s.efa("v0.5.30", "h100").onInstance("p9.48xlarge") }},
		"an instance type that the user adds": {"-efa-instance-type!", func(s *scenario) {
			s.efa("v0.5.30", "h100").onInstance("p9.48xlarge").override("aws-efa-k8s-device-plugin", "supportedInstanceLabels: {values: [p9.48xlarge]}")
		}},
		"p5.4xlarge before it was listed": {"efa-instance-type!", func(s *scenario) { s.efa("v0.5.14", "h100").onInstance("p5.4xlarge") }},
		"b200 before it was listed":       {"efa-instance-type!", func(s *scenario) { s.efa("v0.5.3", "b200") }},
		"gb200 before it was listed":      {"efa-instance-type!", func(s *scenario) { s.efa("v0.5.3", "gb200") }},
		"l40s before it was listed":       {"efa-instance-type!", func(s *scenario) { s.efa("v0.5.3", "l40s") }},
		"EFA elsewhere": {"efa-without-fabric", func(s *scenario) {
			s.set(image("aws-efa-k8s-device-plugin"), "v0.5.30").Bundlers = []string{"aws-efa-k8s-device-plugin"}
		}},
		"another taint of the GPU Operator": {"efa-tolerations", func(s *scenario) {
			s.efa("v0.5.30", "h100").gpu("daemonsets: {tolerations: [{key: team, operator: Exists}]}")
		}},
		"EFA tolerates everything": {"-efa-tolerations", func(s *scenario) {
			s.efa("v0.5.30", "h100").override("aws-efa-k8s-device-plugin", "tolerations: [{operator: Exists}]")
		}},
		"driver on amazonlinux":           {"driver-no-container-for-os!", func(s *scenario) { s.efa("v0.5.30", "h100").on("eks", "amazonlinux", "h100") }},
		"driver on oraclelinux":           {"driver-no-container-for-os!", func(s *scenario) { s.on("oke", "oraclelinux", "a100").set(config("rdma"), false) }},
		"Ubuntu 26.04 before its release": {"os-not-of-release!", func(s *scenario) { s.line("v26.3.3", "26.4.1", "1.34.2").Recipe.Request.OSVersion = "26.04" }},
		"Ubuntu 20.04 up to v26.3":        {"-os-not-of-release!", func(s *scenario) { s.line("v26.3.3", "26.4.1", "1.34.2").Recipe.Request.OSVersion = "20.04" }},
		"RHEL 10 before its release":      {"os-not-of-release!", func(s *scenario) { s.onRHEL("v25.10.1", "1.33.5", "10.0") }},
		"RHEL 10":                         {"-os-not-of-release!", func(s *scenario) { s.onRHEL("v26.3.3", "1.33.5", "10.0") }},
		"RHEL 9 before its release":       {"os-not-of-release!", func(s *scenario) { s.onRHEL("v25.3.0", "1.31.5", "9.4") }},
		"open modules on gb200":           {"open-modules-only!", func(s *scenario) { s.dra("{}").gpu("driver: {kernelModuleType: proprietary}") }},
		"GDS and precompiled drivers": {"precompiled-excludes!", func(s *scenario) {
			s.set(config("gdrcopy"), false).gpu("driver: {usePrecompiled: true, version: '580'}")
		}},
		"vGPU and precompiled drivers": {"precompiled-excludes!", func(s *scenario) {
			s.set(config("vgpu"), true).set(config("gdrcopy"), false).gpu("driver: {usePrecompiled: true, version: '580'}")
		}},
		"vGPU without a version": {"vgpu-needs-repository!", func(s *scenario) {
			s.set(config("vgpu"), true).set(image("driver"), nil).gpu("driver: {repository: registry.example.com/nvidia}")
		}},
		"a vGPU host without an image": {"vgpu-needs-repository!", func(s *scenario) { s.gpu("vgpuManager: {enabled: true}") }},
		"a vGPU host with an image": {"-vgpu-needs-repository!", func(s *scenario) {
			s.gpu("vgpuManager: {enabled: true, repository: registry.example.com, version: 580.95.02}")
		}},
		"a branch without precompiled drivers": {"driver-version-form!", func(s *scenario) { s.set(image("driver"), "580") }},
		"MIG on l40":                           {"mig-unsupported-gpu!", func(s *scenario) { s.on("self-managed", "ubuntu", "l40").set(config("mig"), true) }},
		"MIG on l40s by an override": {"mig-unsupported-gpu!", func(s *scenario) {
			s.on("self-managed", "ubuntu", "l40s").gpu("{migManager: {enabled: true}, mig: {strategy: mixed}}")
		}},
		"a strategy of MIG on l40s by an override": {"mig-unsupported-gpu!", func(s *scenario) {
			s.on("self-managed", "ubuntu", "l40s").gpu("mig: {strategy: single}")
		}},
		"no strategy of MIG on l40s by an override": {"-mig-unsupported-gpu!", func(s *scenario) {
			s.on("self-managed", "ubuntu", "l40s").gpu("{migManager: {enabled: false}, mig: {strategy: none}}")
		}},
		"MIG on l40s that an override takes back": {"-mig-unsupported-gpu!", func(s *scenario) {
			s.on("self-managed", "ubuntu", "l40s").set(config("mig"), true).gpu("migManager: {enabled: false}")
		}},
		"MIG on gb200 by an override": {"cdmm-excludes-mig!", func(s *scenario) {
			s.on("self-managed", "ubuntu", "gb200").set(config("gds"), false).gpu("{migManager: {enabled: true}, mig: {strategy: mixed}}")
		}},
		"MIG in confidential mode": {"confidential-computing-excludes!", func(s *scenario) {
			s.set(config("gds"), false).set(config("mig"), true).set(config("confidential_computing"), true)
		}},
		"confidential mode without sandboxes": {"confidential-computing-needs-sandbox!", func(s *scenario) {
			s.set(config("gds"), false).set(config("confidential_computing"), true).gpu("sandboxWorkloads: {enabled: false}")
		}},
		"a ConfigMap without a name": {"config-map-incomplete!", func(s *scenario) { s.gpu("migManager: {config: {create: true, data: {config.yaml: 'version: v1'}}}") }},
		"a large ConfigMap of an override": {"config-map-too-large!", func(s *scenario) {
			s.gpu("devicePlugin: {config: {create: true, name: a, data: {a: " + strings.Repeat("x", 1<<20) + "}}}")
		}},
		"parameters of an image's driver": {"recipe-key-ignored", func(s *scenario) {
			s.set(config("kernel_module_params"), "A=1").set(config("gds"), false).gpu("driver: {enabled: false}")
		}},
		"parameters that an override replaces": {"recipe-key-ignored", func(s *scenario) {
			s.set(config("kernel_module_params"), "A=1").gpu("driver: {kernelModuleConfig: {name: mine}}")
		}},
		"parameters that an override takes away": {"recipe-key-ignored", func(s *scenario) {
			s.set(config("kernel_module_params"), "A=1").gpu("driver: {kernelModuleConfig: null}")
		}},
		"parameters that an override names": {"-recipe-key-ignored", func(s *scenario) {
			s.set(config("kernel_module_params"), "A=1").gpu("driver: {kernelModuleConfig: {name: kernel-module-params}}")
		}},
		"a ConfigMap of parameters alone":          {"-recipe-key-ignored", func(s *scenario) { s.gpu("driver: {kernelModuleConfig: {name: mine}}") }},
		"gdrcopy of an image's driver":             {"recipe-key-ignored", func(s *scenario) { s.withoutOperatorDriver().set(config("gdrcopy"), true) }},
		"keys that the only bundler does not read": {"-unknown-recipe-key", func(s *scenario) { s.efa("v0.5.30", "h100").Bundlers = []string{"aws-efa-k8s-device-plugin"} }},
		"options that the only bundler does not read": {"-unknown-option!", func(s *scenario) {
			s.efa("v0.5.30", "h100").set(config("mig_stategy"), "none").Bundlers = []string{"aws-efa-k8s-device-plugin"}
		}},
		"an unknown option of the network": {"unknown-option!", func(s *scenario) { s.set(network("ip_rage"), "10.0.0.0/8") }},
		"storage of the NIC configuration operator taken away": {"nic-firmware-storage-missing!", func(s *scenario) {
			s.nicConfiguration("25.4.0", "nic-configuration-operator-chart: {nicFirmwareStorage: null}")
		}},
		"storage of the NIC configuration operator on a volume": {"-nic-firmware-storage-missing!", func(s *scenario) {
			s.nicConfiguration("25.4.0", "nic-configuration-operator-chart: {nicFirmwareStorage: {pvcName: firmware}}")
		}},
		"addresses on a provider's fabric": {"rdma-not-mellanox!", func(s *scenario) {
			s.onProvidersFabric("gke", "gpudirect").set(network("ip_range"), "10.0.0.0/8").Bundlers = []string{"network-operator"}
		}},
		"SR-IOV on a provider's fabric":     {"rdma-not-mellanox!", func(s *scenario) { s.efa("v0.5.30", "h100").set(network("enable_sriov"), true) }},
		"InfiniBand on GKE":                 {"rdma-not-mellanox!", func(s *scenario) { s.onProvidersFabric("gke", "infiniband") }},
		"RDMA alone on a provider's fabric": {"-rdma-not-mellanox!", func(s *scenario) { s.efa("v0.5.30", "h100") }},
		"named on EKS with an old line": {"helm-version-suffix!", func(s *scenario) {
			s.onProvidersFabric("eks", "efa").line("v25.10.1", "25.10.0", "1.30.14").Bundlers = []string{"network-operator"}
		}},
		"named on GKE with a new line": {"-helm-version-suffix!", func(s *scenario) {
			s.onProvidersFabric("gke", "gpudirect").line("v25.10.1", "26.1.2", "1.31.14").Bundlers = []string{"network-operator"}
		}},
		"the Network Operator above its end": {"kubernetes-range", func(s *scenario) { s.set(k8s{"server", "version"}, "1.36.1").Bundlers = []string{"network-operator"} }},
		"RDMA on Oracle Linux without the Network Operator": {"rdma-os-unsupported!", func(s *scenario) {
			s.on("oke", "oraclelinux", "h100").withoutOperatorDriver().Bundlers = []string{"gpu-operator"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, kept := strings.CutPrefix(tt.rule, "-")
			got := brokenRules(t, newScenario(t, tt.change).Request)
			if slices.Contains(got, rule) == kept {
				t.Errorf("broken rules are %v, want %s among them: %v", got, rule, !kept)
			}
		})
	}
}
