// SPDX-License-Identifier: Apache-2.0

package osrelease_test

import (
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/osrelease"
)

func TestFromImage(t *testing.T) {
	t.Parallel()
	for image, want := range map[string][2]string{
		"Ubuntu 22.04.5 LTS":                                    {"ubuntu", "22.04"},
		"Container-Optimized OS from Google":                    {"cos", ""},
		"Amazon Linux 2023.6.20250107":                          {"amzn", "2023"},
		"Amazon Linux 2":                                        {"amzn", "2"},
		"Oracle Linux Server 8.10":                              {"ol", "8.10"},
		"Red Hat Enterprise Linux 9.4 (Plow)":                   {"rhel", "9.4"},
		"Red Hat Enterprise Linux CoreOS 417.94.202501301529-0": {"", ""},
		"Rocky Linux 9.4 (Blue Onyx)":                           {"rocky", "9.4"},
		"AlmaLinux 9.5 (Teal Serval)":                           {"almalinux", "9.5"},
		"CentOS Stream 9":                                       {"centos", "9"},
		"CentOS Linux 7 (Core)":                                 {"centos", "7"},
		"Bottlerocket OS 1.30.0 (aws-k8s-1.33-nvidia)":          {"", ""},
		"Ubuntu": {"", ""},
		"":       {"", ""},
	} {
		if id, version := osrelease.FromImage(image); id != want[0] || version != want[1] {
			t.Errorf("%q: got %q %q, want %q", image, id, version, want)
		}
	}
}
