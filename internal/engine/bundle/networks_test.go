// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNetworkObjects(t *testing.T) {
	t.Parallel()
	common := []string{"manifests/namespace.yaml", "manifests/nicclusterpolicy.yaml"}
	policy := func(shape string) string { return "manifests/sriovnetworknodepolicy-" + shape + ".yaml" }
	for name, tt := range map[string]struct {
		change func(*scenario)
		want   []string          // beyond the common ones
		holds  map[string]string // part of a manifest
	}{
		"roce": {
			func(*scenario) {},
			[]string{"manifests/ippool.yaml", "manifests/network.yaml"},
			map[string]string{"manifests/network.yaml": "kind: MacvlanNetwork", "manifests/nicclusterpolicy.yaml": `"resourceName": "shared_roce"`},
		},
		"infiniband": {
			func(s *scenario) { s.set(network("fabric"), "infiniband") },
			[]string{"manifests/ippool.yaml", "manifests/network.yaml"},
			map[string]string{"manifests/network.yaml": "kind: IPoIBNetwork", "manifests/nicclusterpolicy.yaml": "ipoib:"},
		},
		"no interface": {func(s *scenario) { s.set(network("master_interface"), nil) }, []string{"manifests/ippool.yaml"}, nil},
		"no addresses": {func(s *scenario) { s.set(network("ip_range"), nil) }, nil, nil},
		"no fabric named": {
			func(s *scenario) { s.set(network("fabric"), nil).Bundlers = []string{"network-operator"} },
			[]string{"manifests/ippool.yaml", "manifests/network.yaml"},
			map[string]string{"manifests/nicclusterpolicy.yaml": `"resourceName": "shared_rdma"`},
		},
		"small range": {
			func(s *scenario) { s.set(network("ip_range"), "10.0.0.0/30") },
			[]string{"manifests/ippool.yaml", "manifests/network.yaml"},
			map[string]string{"manifests/ippool.yaml": "perNodeBlockSize: 2\n"},
		},
		"huge range": {
			func(s *scenario) { s.set(network("ip_range"), "fd00::/48") },
			[]string{"manifests/ippool.yaml", "manifests/network.yaml"},
			map[string]string{"manifests/ippool.yaml": "perNodeBlockSize: 64\n"},
		},
		"sriov": {
			func(s *scenario) { s.set(network("enable_sriov"), true) }, []string{"manifests/ippool.yaml"}, nil,
		},
		"oke h100": {
			func(s *scenario) { s.on("oke", "ubuntu", "h100").set(network("ip_range"), nil) },
			[]string{policy("bm-gpu-h100-8")},
			map[string]string{policy("bm-gpu-h100-8"): "      - \"0000:0c:00.0\"\n      - \"0000:0c:00.1\"\n      - \"0000:2a:00.0\"\n"},
		},
		"oke h200": {
			func(s *scenario) { s.on("oke", "ubuntu", "h200").set(network("ip_range"), nil) },
			[]string{policy("bm-gpu-h200-8")},
			map[string]string{policy("bm-gpu-h200-8"): "      - \"0000:0c:00.0\"\n      - \"0000:2a:00.0\"\n"},
		},
		"oke a100": {
			func(s *scenario) { s.on("oke", "ubuntu", "a100") },
			[]string{"manifests/ippool.yaml", "manifests/network.yaml", policy("bm-gpu-a100-v2-8"), policy("bm-gpu-b4-8"), policy("bm-gpu4-8")},
			map[string]string{"manifests/network.yaml": "kind: SriovNetwork"},
		},
		"oke gb200": {func(s *scenario) {
			s.on("oke", "ubuntu", "gb200").set(config("gds"), false).set(network("ip_range"), nil)
		}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := componentOf(t, render(t, newScenario(t, tt.change).Request), "network-operator")
			want := slices.Sorted(slices.Values(slices.Concat(common, tt.want)))
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(c.Manifests))); diff != "" {
				t.Errorf("manifests (-want +got):\n%s", diff)
			}
			for path, part := range tt.holds {
				if !strings.Contains(c.Manifests[path], part) {
					t.Errorf("%s lacks %q:\n%s", path, part, c.Manifests[path])
				}
			}
		})
	}
}
