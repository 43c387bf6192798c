// SPDX-License-Identifier: Apache-2.0

package bundle_test

func gpuRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"eos-release": {
			func(s *scenario) { s.line("v25.10.1", "25.10.0", "1.33.5") },
			func(s *scenario) { s.line("v26.3.3", "26.4.1", "1.33.5") },
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
		"vgpu-needs-repository": {
			func(s *scenario) { s.set(config("vgpu"), true).set(config("gds"), false) },
			func(s *scenario) {
				s.set(config("vgpu"), true).set(config("gds"), false).gpu("driver: {repository: registry.example.com/nvidia}")
			},
		},
	}
}

func gpuFeatureCases() map[string]ruleCase {
	return map[string]ruleCase{
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
	}
}
