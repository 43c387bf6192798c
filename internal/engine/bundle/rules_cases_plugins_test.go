// SPDX-License-Identifier: Apache-2.0

package bundle_test

// dra asks for the DRA driver next to the GPU Operator, on GB200 as the catalog
// does.
func (s *scenario) dra(overrides string) *scenario {
	s.Bundlers = []string{"gpu-operator", "nvidia-dra-driver-gpu"}
	s.on("self-managed", "ubuntu", "gb200").set(config("gds"), false).set(config("compute_domains"), true).set(image("nvidia-dra-driver-gpu"), "25.12.0")
	return s.override("nvidia-dra-driver-gpu", overrides)
}

// efa asks for the EFA plugin next to the GPU Operator.
func (s *scenario) efa(version, gpu string) *scenario {
	return s.onProvidersFabric("eks", "efa").on("eks", "ubuntu", gpu).set(config("gds"), false).set(image("aws-efa-k8s-device-plugin"), version)
}

// onProvidersFabric moves the recipe to a service with a network of its own.
func (s *scenario) onProvidersFabric(service, fabric string) *scenario {
	return s.on(service, "ubuntu", "h100").set(network("fabric"), fabric).set(network("deploy_ofed"), false).
		set(network("ip_range"), nil).set(network("master_interface"), nil)
}

// onInstance says which instance type the nodes have.
func (s *scenario) onInstance(name string) *scenario {
	return s.set(k8s{"node", "instance-types"}, nil).set(k8s{"node", "instance-type"}, name)
}

func (s *scenario) onRHEL(gpuOperator, kubernetes, version string) {
	s.line(gpuOperator, "26.1.2", kubernetes).on("self-managed", "rhel", "h100")
	s.Recipe.Request.OSVersion = version
}

func draRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"dra-takes-gpus": {
			keeps: func(s *scenario) {
				s.dra("{resources: {gpus: {enabled: true}}, gpuResourcesEnabledOverride: true}").gpu("devicePlugin: {enabled: false}")
			},
		},
		"dra-namespace": {
			keeps: func(s *scenario) {
				s.dra("allowDefaultNamespace: true").Namespaces = map[string]string{"nvidia-dra-driver-gpu": "default"}
			},
		},
		"dra-driver-root": {
			keeps: func(s *scenario) { s.dra("nvidiaDriverRoot: /").set(config("driver_source"), "image") },
		},
		"dra-driver-too-old": {
			keeps: func(s *scenario) { s.dra("{}").set(image("driver"), "580.65.06") },
		},
		"dra-needs-cdi": {
			keeps: func(s *scenario) { s.gpu("cdi: {enabled: off}") },
		},
		"dra-driver-twice": {
			keeps: func(s *scenario) { s.gpu(gpuCluster) },
		},
		"dra-tolerations": {
			keeps: func(s *scenario) {
				s.dra("kubeletPlugin: {tolerations: [{operator: Exists}]}").gpu("daemonsets: {tolerations: [{key: team, operator: Exists}]}")
			},
		},
		"compute-domains-without-nvlink": {
			keeps: func(s *scenario) { s.dra("{}") },
		},
	}
}

func efaRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"efa-instance-type": {
			keeps: func(s *scenario) { s.efa("v0.5.14", "h200") },
		},
		"efa-without-fabric": {
			keeps: func(s *scenario) { s.efa("v0.5.30", "l40s") },
		},
		"efa-tolerations": {
			keeps: func(s *scenario) { s.efa("v0.5.30", "h100") },
		},
	}
}
