// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNetworkKeysWithoutTheNetworkOperator: what is about Mellanox NICs is a
// finding where nothing in the bundle does it.
func TestNetworkKeysWithoutTheNetworkOperator(t *testing.T) {
	t.Parallel()
	const ofed, sriov, host = "K8s/network-config/deploy_ofed", "K8s/network-config/enable_sriov", "K8s/network-config/use_host_mofed"
	alone := []string{"gpu-operator"}
	for name, tt := range map[string]struct {
		change func(*scenario)
		want   []string // paths of findings
	}{
		"everything off":        {func(s *scenario) { s.withoutAddresses().set(network("deploy_ofed"), false).Bundlers = alone }, nil},
		"deploy_ofed":           {func(s *scenario) { s.withoutAddresses().Bundlers = alone }, []string{ofed}},
		"deploy_ofed, no RDMA":  {func(s *scenario) { s.withoutAddresses().set(config("rdma"), false) }, []string{ofed}},
		"deploy_ofed, rendered": {func(*scenario) {}, nil},
		"enable_sriov": {func(s *scenario) {
			s.withoutAddresses().set(network("deploy_ofed"), false).set(network("enable_sriov"), true).Bundlers = alone
		}, []string{sriov}},
		"the driver knows of the host's": {func(s *scenario) { s.withHostDriver().Bundlers = alone }, nil},
		"no driver container": {func(s *scenario) {
			s.withHostDriver().withoutOperatorDriver().Bundlers = alone
		}, []string{host}},
		"no RDMA": {func(s *scenario) { s.withHostDriver().set(config("rdma"), false) }, []string{host}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range render(t, newScenario(t, tt.change).Request).Findings {
				if f.Rule == "recipe-key-ignored" {
					got = append(got, f.Path)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func (s *scenario) withoutAddresses() *scenario {
	return s.set(network("ip_range"), nil).set(network("master_interface"), nil)
}

func (s *scenario) withHostDriver() *scenario {
	return s.withoutAddresses().set(network("deploy_ofed"), false).set(network("use_host_mofed"), true)
}
