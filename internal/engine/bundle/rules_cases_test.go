// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// scenario is a request under construction.
type scenario struct {
	tb testing.TB
	bundle.Request
}

func (s *scenario) set(at k8s, value any) *scenario {
	s.Recipe = with(s.tb, s.Recipe, at, value)
	return s
}

func (s *scenario) override(component, text string) *scenario {
	if s.Overrides == nil {
		s.Overrides = map[string]string{}
	}
	s.Overrides[component] = text
	return s
}

func (s *scenario) gpu(text string) *scenario { return s.override("gpu-operator", text) }

func (s *scenario) on(service, os, gpu string) *scenario {
	s.Recipe.Request.Service, s.Recipe.Request.OS, s.Recipe.Request.GPU = service, os, gpu
	return s
}

// line moves the recipe to another release line, without pins of its parts.
func (s *scenario) line(gpuOperator, networkOperator, kubernetes string) *scenario {
	sub := s.Recipe.Measurements.Subtype("K8s", "image")
	for key := range sub.Data {
		if key != "driver" {
			s.set(image(key), nil)
		}
	}
	return s.set(image("gpu-operator"), gpuOperator).set(image("network-operator"), networkOperator).set(k8s{"server", "version"}, kubernetes)
}

// ruleCases has, for each rule, a request that breaks it and one, as near to it
// as possible, that does not. Both begin with the fixture self-managed-h100-rdma.
func ruleCases() map[string]struct{ breaks, keeps func(*scenario) } {
	return map[string]struct{ breaks, keeps func(*scenario) }{
		"unknown-recipe-key": {
			func(s *scenario) { s.set(config("mig_stategy"), "mixed") },
			func(s *scenario) {
				s.set(config("mig_strategy"), "mixed").set(image("nvidia-dra-driver-gpu"), "25.12.0")
			},
		},
		"unknown-rule": {
			func(s *scenario) { s.IgnoreFindings = []string{"eos-realease"} },
			func(s *scenario) { s.IgnoreFindings = []string{"eos-release"} },
		},
		"component-not-rendered": {
			func(s *scenario) {
				s.Bundlers = []string{"gpu-operator"}
				s.override("network-operator", "nfd: {enabled: true}")
			},
			func(s *scenario) { s.override("network-operator", "imagePullSecrets: [a]") },
		},
		"kubernetes-version-unknown": {
			func(s *scenario) { s.set(k8s{"server", "version"}, nil).set(k8s{"server", "platform"}, "x") },
			func(*scenario) {},
		},
		"os-not-in-matrix": {
			func(s *scenario) {
				s.on("eks", "rhel", "h100").set(network("fabric"), "efa").set(network("deploy_ofed"), false)
			},
			func(s *scenario) {
				s.on("eks", "ubuntu", "h100").set(network("fabric"), "efa").set(network("deploy_ofed"), false)
			},
		},
		"version-without-facts": {
			func(s *scenario) { s.set(image("gpu-operator"), "v26.7.1") },
			func(s *scenario) { s.set(image("gpu-operator"), "26.7.0") },
		},
		"kubernetes-range": {
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.36.0") },
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.35") },
		},
		"chart-kube-version": {
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.15.0") },
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.30.0") },
		},
		"helm-version-suffix": {
			func(s *scenario) { s.line("v25.10.1", "25.10.0", "v1.33.5-eks-3025e55") },
			func(s *scenario) { s.line("v25.10.1", "25.10.0", "v1.33.5") },
		},
		"image-tag-not-of-release": {
			func(s *scenario) { s.set(image("dcgm-exporter"), "4.6.0") },
			func(s *scenario) { s.set(image("dcgm-exporter"), nil) },
		},
		"unknown-value": {
			func(s *scenario) { s.gpu("toolkit: {versin: v1}") },
			func(s *scenario) { s.gpu("toolkit: {version: v1}") },
		},
		"value-type": {
			func(s *scenario) { s.gpu("gds: {enabled: 'yes'}") },
			func(s *scenario) { s.gpu("gds: {enabled: yes}") },
		},
		"null-breaks-chart": {
			func(s *scenario) { s.gpu("mig: null") },
			func(s *scenario) { s.gpu("devicePlugin: {config: {name: null}}") },
		},
		"dead-value": {
			func(s *scenario) { s.gpu("devicePlugin: {mps: {root: /x}}") },
			func(s *scenario) { s.gpu("devicePlugin: {enabled: true}") },
		},
		"validator-env-missing": {
			func(s *scenario) { s.line("v25.3.4", "25.4.0", "1.31.0").gpu("validator: {plugin: {env: []}}") },
			func(s *scenario) { s.line("v25.3.4", "25.4.0", "1.31.0") },
		},
		"eos-release": {
			func(s *scenario) { s.line("v25.10.1", "25.10.0", "1.33.5") },
			func(s *scenario) { s.line("v26.3.3", "26.4.1", "1.33.5") },
		},
		"driver-no-container-for-os": {
			func(s *scenario) {
				s.on("gke", "cos", "h100").set(network("fabric"), "gpudirect").set(network("deploy_ofed"), false)
			},
			func(s *scenario) {
				s.on("gke", "cos", "h100").set(network("fabric"), "gpudirect").set(network("deploy_ofed"), false).
					set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"os-not-of-release": {
			func(s *scenario) { s.Recipe.Request.OSVersion = "20.04" },
			func(s *scenario) { s.Recipe.Request.OSVersion = "22.04" },
		},
		"driver-version-form": {
			func(s *scenario) { s.set(image("driver"), "v595.91.07") },
			func(s *scenario) { s.set(image("driver"), "595.91") },
		},
		"driver-too-old-for-gpu": {
			func(s *scenario) { s.on("self-managed", "ubuntu", "b200").set(image("driver"), "570.124.06") },
			func(s *scenario) { s.on("self-managed", "ubuntu", "b200").set(image("driver"), "570.133.20") },
		},
		"auto-modules-need-newer-driver": {
			func(s *scenario) { s.set(config("use_open_kernel_module"), false).set(image("driver"), "550.144.03") },
			func(s *scenario) { s.set(config("use_open_kernel_module"), true).set(image("driver"), "550.144.03") },
		},
		"open-modules-only": {
			func(s *scenario) {
				s.on("self-managed", "ubuntu", "b200").set(config("gds"), false).gpu("driver: {kernelModuleType: proprietary}")
			},
			func(s *scenario) { s.set(config("gds"), false).gpu("driver: {kernelModuleType: proprietary}") },
		},
		"precompiled-excludes": {
			func(s *scenario) { s.set(config("gds"), false).gpu("driver: {usePrecompiled: true, version: '580'}") },
			func(s *scenario) {
				s.set(config("gds"), false).set(config("gdrcopy"), false).gpu("driver: {usePrecompiled: true, version: '580'}")
			},
		},
		"fabric-manager-on-host": {
			func(s *scenario) { s.set(config("driver_source"), "image").set(config("gds"), false) },
			func(s *scenario) {
				s.on("self-managed", "ubuntu", "l40s").set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"one-nfd": {
			func(s *scenario) { s.override("network-operator", "nfd: {enabled: on}") },
			func(s *scenario) { s.override("network-operator", "nfd: {enabled: on}").gpu("nfd: {enabled: off}") },
		},
		"nri-needs-cdi": {
			func(s *scenario) { s.set(config("cdi"), false).gpu("cdi: {nriPluginEnabled: true}") },
			func(s *scenario) { s.gpu("cdi: {nriPluginEnabled: true}") },
		},
		"vgpu-needs-repository": {
			func(s *scenario) { s.set(config("vgpu"), true).set(config("gds"), false) },
			func(s *scenario) {
				s.set(config("vgpu"), true).set(config("gds"), false).gpu("driver: {repository: registry.example.com/nvidia}")
			},
		},
		"mig-unsupported-gpu": {
			func(s *scenario) { s.on("self-managed", "ubuntu", "l40s").set(config("mig"), true) },
			func(s *scenario) { s.on("self-managed", "ubuntu", "h100").set(config("mig"), true) },
		},
		"cdmm-excludes-mig": {
			func(s *scenario) {
				s.on("self-managed", "ubuntu", "gb200").set(config("gds"), false).set(config("mig"), true)
			},
			func(s *scenario) {
				s.on("self-managed", "ubuntu", "gb200").set(config("gds"), false).set(config("mig"), true).set(image("driver"), "570.172.08")
			},
		},
		"mig-needs-strategy": {
			func(s *scenario) { s.set(config("mig"), true).set(config("mig_strategy"), "none") },
			func(s *scenario) { s.set(config("mig"), true).set(config("mig_strategy"), "single") },
		},
		"mig-profile-without-mig": {
			func(s *scenario) { s.set(config("mig_profile"), "all-balanced") },
			func(s *scenario) { s.set(config("mig_profile"), "all-disabled") },
		},
		"driver-mig-mixed-nodes": {
			func(s *scenario) {
				s.set(config("mig"), true).set(config("mig_strategy"), "mixed").set(image("driver"), "570.158.01")
			},
			func(s *scenario) {
				s.set(config("mig"), true).set(config("mig_strategy"), "mixed").set(image("driver"), "570.172.08")
			},
		},
		"cdmm-excludes-gds": {
			func(s *scenario) { s.on("self-managed", "ubuntu", "gb200") },
			func(s *scenario) { s.on("self-managed", "ubuntu", "gb200").set(image("driver"), "570.172.08") },
		},
		"gds-needs-operator-driver": {
			func(s *scenario) { s.set(config("driver_source"), "image") },
			func(s *scenario) { s.set(config("driver_source"), "operator") },
		},
		"gds-needs-open-modules": {
			func(s *scenario) { s.gpu("driver: {kernelModuleType: proprietary}") },
			func(s *scenario) { s.gpu("driver: {kernelModuleType: auto}") },
		},
		"secure-boot-excludes-gds": {
			func(s *scenario) { s.set(config("secure_boot"), true) },
			func(s *scenario) { s.set(config("secure_boot"), true).set(config("gds"), false) },
		},
		"secure-boot-needs-signed-driver": {
			func(s *scenario) { s.set(config("secure_boot"), true).set(config("gds"), false) },
			func(s *scenario) {
				s.set(config("secure_boot"), true).set(config("gds"), false).set(config("driver_source"), "image")
			},
		},
		"vgpu-excludes-gds": {
			func(s *scenario) {
				s.set(config("vgpu"), true).gpu("driver: {repository: registry.example.com/nvidia}")
			},
			func(s *scenario) {
				s.set(config("vgpu"), true).gpu("{driver: {repository: registry.example.com/nvidia}, gds: {enabled: false}}")
			},
		},
		"confidential-computing-unsupported-gpu": {
			func(s *scenario) {
				s.on("self-managed", "ubuntu", "a100").set(config("gds"), false).set(config("confidential_computing"), true)
			},
			func(s *scenario) { s.set(config("gds"), false).set(config("confidential_computing"), true) },
		},
		"confidential-computing-excludes": {
			func(s *scenario) { s.set(config("confidential_computing"), true) },
			func(s *scenario) { s.set(config("gds"), false).set(config("confidential_computing"), true) },
		},
		"confidential-computing-needs-sandbox": {
			func(s *scenario) {
				s.set(config("gds"), false).set(config("confidential_computing"), true).gpu("sandboxWorkloads: {mode: kubevirt}")
			},
			func(s *scenario) { s.set(config("gds"), false).gpu("sandboxWorkloads: {mode: kubevirt}") },
		},
		"deploy-ofed-contradicts-host-mofed": {
			func(s *scenario) { s.set(network("use_host_mofed"), true) },
			func(s *scenario) { s.set(network("use_host_mofed"), true).set(network("deploy_ofed"), false) },
		},
		"rdma-not-mellanox": {
			func(s *scenario) {
				s.on("eks", "ubuntu", "h100").set(network("fabric"), "efa")
				s.Bundlers = []string{"network-operator"}
			},
			func(s *scenario) {
				s.on("gke", "ubuntu", "h100").set(network("fabric"), "gpudirect").set(network("deploy_ofed"), false)
				s.Bundlers = []string{"network-operator"}
			},
		},
		"rdma-without-fabric": {
			func(s *scenario) { s.set(network("fabric"), "none").set(network("deploy_ofed"), false) },
			func(s *scenario) { s.set(network("fabric"), nil) },
		},
		"constraint-unmet": {
			func(s *scenario) { s.Recipe.Constraints = constraints("k8s", "< 1.20") },
			func(s *scenario) { s.Recipe.Constraints = constraints("k8s", ">= 1.20") },
		},
		"network-operator-unused": {
			func(s *scenario) {
				s.set(config("rdma"), false).set(network("deploy_ofed"), false).set(network("ip_range"), nil)
				s.Bundlers = []string{"network-operator"}
			},
			func(s *scenario) { s.Bundlers = []string{"network-operator"} },
		},
		"rdma-os-unsupported": {
			func(s *scenario) {
				s.on("oke", "oraclelinux", "h100").set(config("driver_source"), "image").set(config("gds"), false)
			},
			func(s *scenario) {
				s.on("oke", "ubuntu", "h100").set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"sriov-policy-missing": {
			func(s *scenario) { s.set(network("enable_sriov"), true) },
			func(s *scenario) { s.set(network("enable_sriov"), false) },
		},
		"sriov-without-sriov-operator": {
			func(s *scenario) {
				s.set(network("enable_sriov"), true).override("network-operator", "sriovNetworkOperator: {enabled: off}")
			},
			func(s *scenario) { s.set(network("enable_sriov"), true) },
		},
		"ip-range-without-interface": {
			func(s *scenario) { s.set(network("master_interface"), nil) },
			func(*scenario) {},
		},
	}
}

func constraints(field, versions string) []document.Constraint {
	return []document.Constraint{{Field: field, Range: versions, Layer: "gpu=h100"}}
}

// TestConstraintOfTheDriver sees the driver that an override sets.
func TestConstraintOfTheDriver(t *testing.T) {
	t.Parallel()
	for driver, want := range map[string][]string{"575.57.08": {"constraint-unmet!"}, "580.95.05": nil} {
		s := newScenario(t, func(s *scenario) {
			s.Recipe.Constraints = constraints("driver", ">= 580.65.06")
			s.gpu("driver: {version: " + driver + "}")
		})
		if got := brokenRules(t, s.Request); !slices.Equal(got, want) {
			t.Errorf("driver %s: broken rules %v, want %v", driver, got, want)
		}
	}
}

// TestRequestInAnyCase: a request that somebody wrote by hand means the same.
func TestRequestInAnyCase(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.Recipe.Request.Service = " Self-Managed "; s.Recipe.Request.GPU = "H100" })
	same := newScenario(t, func(*scenario) {})
	if got, want := render(t, s.Request).SHA256, render(t, same.Request).SHA256; got != want {
		t.Errorf("got another bundle, %s instead of %s", got, want)
	}
	s.Recipe.Request.K8s = "nope"
	if _, err := renderer().Render(t.Context(), s.Request); err == nil || !strings.Contains(err.Error(), `request.k8s: "nope" is not a version`) {
		t.Errorf("got %v, want an error about request.k8s", err)
	}
}

// TestTagsOfAnotherRelease: choosing another release without its tags is one
// error that holds what to write.
func TestTagsOfAnotherRelease(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) {
		s.Bundlers = []string{"gpu-operator"}
		s.set(image("dcgm"), "4.3.1-1").set(image("dcgm-exporter"), "4.3.1")
	})
	_, err := renderer().Render(t.Context(), s.Request)
	broken := ruleErrors(t, err)
	if len(broken) != 1 || !strings.Contains(broken[0].Advice, `{dcgm: "4.6.0-1-ubuntu24.04", dcgm-exporter: "4.6.0-4.8.3-distroless"}`) {
		t.Errorf("got %v, want one error with both tags", err)
	}
}
