// SPDX-License-Identifier: Apache-2.0

package bundle_test

func gpuRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"eos-release": {
			keeps: func(s *scenario) { s.line("v26.3.3", "26.4.1", "1.33.5") },
		},
		"driver-version-form": {
			keeps: func(s *scenario) { s.set(image("driver"), "595.91") },
		},
		"auto-modules-need-newer-driver": {
			keeps: func(s *scenario) { s.set(config("use_open_kernel_module"), true).set(image("driver"), "550.144.03") },
		},
		"open-modules-only": {
			keeps: func(s *scenario) { s.set(config("gds"), false).gpu("driver: {kernelModuleType: proprietary}") },
		},
		"precompiled-excludes": {
			keeps: func(s *scenario) {
				s.set(config("gds"), false).set(config("gdrcopy"), false).gpu("driver: {usePrecompiled: true, version: '580'}")
			},
		},
		"vgpu-needs-repository": {
			keeps: func(s *scenario) {
				s.set(config("vgpu"), true).set(config("gds"), false).gpu("driver: {repository: registry.example.com/nvidia}")
			},
		},
	}
}

func gpuFeatureCases() map[string]ruleCase {
	return map[string]ruleCase{
		"mig-unsupported-gpu": {
			keeps: func(s *scenario) { s.on("self-managed", "ubuntu", "h100").set(config("mig"), true) },
		},
		"cdmm-excludes-mig": {
			keeps: func(s *scenario) {
				s.on("self-managed", "ubuntu", "gb200").set(config("gds"), false).set(config("mig"), true).set(image("driver"), "570.172.08")
			},
		},
		"mig-needs-strategy": {
			keeps: func(s *scenario) { s.set(config("mig"), true).set(config("mig_strategy"), "single") },
		},
		"mig-profile-without-mig": {
			keeps: func(s *scenario) { s.set(config("mig_profile"), "all-disabled") },
		},
		"driver-mig-mixed-nodes": {
			keeps: func(s *scenario) {
				s.set(config("mig"), true).set(config("mig_strategy"), "mixed").set(image("driver"), "570.172.08")
			},
		},
		"cdmm-excludes-gds": {
			keeps: func(s *scenario) { s.on("self-managed", "ubuntu", "gb200").set(image("driver"), "570.172.08") },
		},
		"gds-needs-operator-driver": {
			keeps: func(s *scenario) { s.set(config("driver_source"), "operator") },
		},
		"gds-needs-open-modules": {
			keeps: func(s *scenario) { s.gpu("driver: {kernelModuleType: auto}") },
		},
		"secure-boot-excludes-gds": {
			keeps: func(s *scenario) { s.set(config("secure_boot"), true).set(config("gds"), false) },
		},
		"secure-boot-needs-signed-driver": {
			keeps: func(s *scenario) {
				s.set(config("secure_boot"), true).set(config("gds"), false).set(config("driver_source"), "image")
			},
		},
		"vgpu-excludes-gds": {
			keeps: func(s *scenario) {
				s.set(config("vgpu"), true).gpu("{driver: {repository: registry.example.com/nvidia}, gds: {enabled: false}}")
			},
		},
		"confidential-computing-unsupported-gpu": {
			keeps: func(s *scenario) { s.set(config("gds"), false).set(config("confidential_computing"), true) },
		},
		"confidential-computing-excludes": {
			keeps: func(s *scenario) { s.set(config("gds"), false).set(config("confidential_computing"), true) },
		},
		"confidential-computing-needs-sandbox": {
			keeps: func(s *scenario) { s.set(config("gds"), false).gpu("sandboxWorkloads: {mode: kubevirt}") },
		},
	}
}
