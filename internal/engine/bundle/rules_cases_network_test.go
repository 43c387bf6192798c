// SPDX-License-Identifier: Apache-2.0

package bundle_test

func networkRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
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
				s.onProvidersFabric("gke", "gpudirect")
				s.Bundlers = []string{"network-operator"}
			},
		},
		"rdma-without-fabric": {
			func(s *scenario) { s.set(network("fabric"), "none").set(network("deploy_ofed"), false) },
			func(s *scenario) { s.set(network("fabric"), nil) },
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
		"nic-firmware-storage-missing": {
			func(s *scenario) { s.nicConfiguration("25.7.0", "") },
			func(s *scenario) {
				s.nicConfiguration("25.7.0", "nic-configuration-operator-chart: {nicFirmwareStorage: {create: false}}")
			},
		},
		"sriov-policy-missing": {
			func(s *scenario) { s.set(network("enable_sriov"), true) },
			func(s *scenario) { s.set(network("enable_sriov"), false) },
		},
		"sriov-on-virtual-functions": {
			func(s *scenario) {
				s.on("aks", "ubuntu", "h100").set(network("fabric"), "infiniband").set(network("enable_sriov"), true)
			},
			func(s *scenario) { s.set(network("enable_sriov"), true) },
		},
		"sriov-excludes-shared-devices": {
			func(s *scenario) { s.override("network-operator", "sriovNetworkOperator: {enabled: true}") },
			func(s *scenario) { s.set(network("enable_sriov"), true) },
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

// nicConfiguration turns on the NIC configuration operator of a release that has
// it as a sub-chart.
func (s *scenario) nicConfiguration(release, overrides string) {
	s.line("v25.3.4", release, "1.31.4").override("network-operator", "nicConfigurationOperator: {enabled: true}\n"+overrides)
}
