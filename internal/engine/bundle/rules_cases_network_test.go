// SPDX-License-Identifier: Apache-2.0

package bundle_test

func networkRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"deploy-ofed-contradicts-host-mofed": {
			keeps: func(s *scenario) { s.set(network("use_host_mofed"), true).set(network("deploy_ofed"), false) },
		},
		"rdma-not-mellanox": {
			keeps: func(s *scenario) {
				s.onProvidersFabric("gke", "gpudirect")
				s.Bundlers = []string{"network-operator"}
			},
		},
		"rdma-without-fabric": {
			keeps: func(s *scenario) { s.set(network("fabric"), nil) },
		},
		"network-operator-unused": {
			keeps: func(s *scenario) { s.Bundlers = []string{"network-operator"} },
		},
		"rdma-os-unsupported": {
			keeps: func(s *scenario) {
				s.on("oke", "ubuntu", "h100").set(config("driver_source"), "image").set(config("gds"), false)
			},
		},
		"nic-firmware-storage-missing": {
			keeps: func(s *scenario) {
				s.nicConfiguration("25.7.0", "nic-configuration-operator-chart: {nicFirmwareStorage: {create: false}}")
			},
		},
		"sriov-policy-missing": {
			keeps: func(s *scenario) { s.set(network("enable_sriov"), false) },
		},
		"sriov-on-virtual-functions": {
			keeps: func(s *scenario) { s.set(network("enable_sriov"), true) },
		},
		"sriov-excludes-shared-devices": {
			keeps: func(s *scenario) { s.set(network("enable_sriov"), true) },
		},
		"sriov-without-sriov-operator": {
			keeps: func(s *scenario) { s.set(network("enable_sriov"), true) },
		},
		"ip-range-without-interface": {
			keeps: func(*scenario) {},
		},
	}
}

// nicConfiguration turns on the NIC configuration operator of a release that has
// it as a sub-chart.
func (s *scenario) nicConfiguration(release, overrides string) {
	s.line("v25.3.4", release, "1.31.4").override("network-operator", "nicConfigurationOperator: {enabled: true}\n"+overrides)
}
