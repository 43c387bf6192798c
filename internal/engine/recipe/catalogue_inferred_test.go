// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// TestCatalogueMarksInference pins which values rest on inference or general
// knowledge instead of a vendor's page or source: their contexts say so, and
// those of the values beside them, which are documented, do not.
func TestCatalogueMarksInference(t *testing.T) {
	t.Parallel()
	training := func(service, os, gpu string) document.Query {
		return document.Query{Service: service, OS: os, GPU: gpu, Intent: "training"}
	}
	tests := map[string]struct {
		query                document.Query
		inferred, documented []string
	}{
		"oldest drivers": {
			query: document.Query{GPU: "a100"}, inferred: []string{"GPU/driver/minimum-version"},
		},
		"H100's oldest driver": {query: document.Query{GPU: "h100"}, inferred: []string{"GPU/driver/minimum-version"}},
		"H200's oldest driver": {query: document.Query{GPU: "h200"}, inferred: []string{"GPU/driver/minimum-version"}},
		"L40": {
			query: document.Query{GPU: "l40"}, inferred: []string{"GPU/driver/minimum-version", "GPU/device/cpu-architecture", "GPU/device/nvswitch"},
		},
		"L40S": {query: document.Query{GPU: "l40s"}, inferred: []string{"GPU/driver/minimum-version", "GPU/device/nvswitch"}},
		"B200 has a documented driver, and modules that are common knowledge": {
			query: document.Query{GPU: "b200"}, inferred: []string{"K8s/config/use_open_kernel_module", "GPU/driver/kernel-module"},
			documented: []string{"GPU/driver/minimum-version"},
		},
		"GB200 is documented": {
			query: document.Query{GPU: "gb200"}, documented: []string{"GPU/driver/minimum-version", "K8s/config/mig", "K8s/config/gds", "K8s/config/compute_domains"},
		},
		"open modules for DMA-BUF": {query: training("eks", "ubuntu", "h100"), inferred: []string{"K8s/config/use_open_kernel_module"}},
		"and on A100 with EFA":     {query: training("eks", "ubuntu", "a100"), inferred: []string{"K8s/config/use_open_kernel_module"}},
		"the GB200 recipe of EKS": {
			query: training("eks", "ubuntu", "gb200"), inferred: []string{"K8s/config/kernel_module_params"}, documented: []string{"K8s/config/compute_domains"},
		},
		"GB200 on GKE": {query: training("gke", "cos", "gb200"), inferred: []string{"K8s/config/compute_domains"}, documented: []string{"K8s/network-config/fabric"}},
		"GB200 on AKS": {
			query: training("aks", "ubuntu", "gb200"), inferred: []string{"K8s/config/compute_domains", "K8s/config/rdma", "K8s/network-config/deploy_ofed"},
		},
		"GB200 on OKE": {query: training("oke", "ubuntu", "gb200"), inferred: []string{"K8s/config/compute_domains"}, documented: []string{"K8s/network-config/fabric"}},
		"H200 on AKS":  {query: training("aks", "ubuntu", "h200"), inferred: []string{"K8s/config/rdma", "K8s/network-config/deploy_ofed"}},
		"H100 on AKS":  {query: training("aks", "ubuntu", "h100"), documented: []string{"K8s/config/rdma", "K8s/network-config/deploy_ofed"}},
		"A100 on OKE":  {query: training("oke", "ubuntu", "a100"), inferred: []string{"K8s/config/rdma"}},
		"H100 on OKE":  {query: training("oke", "ubuntu", "h100"), documented: []string{"K8s/config/rdma"}},
		"L40S on OKE":  {query: training("oke", "ubuntu", "l40s"), inferred: []string{"K8s/network-config/fabric"}},
		"TCPX needs COS": {
			query: training("gke", "cos", "h100"), inferred: []string{"K8s/network-config/fabric", "OS/release/ID"},
			documented: []string{"K8s/config/driver_source", "K8s/config/toolkit_runtime_config_source", "K8s/config/critical_pod_quota"},
		},
		"Amazon Linux's toolkit": {
			query: training("eks", "amazonlinux", "h100"), inferred: []string{"K8s/config/toolkit_source"}, documented: []string{"K8s/config/driver_source"},
		},
		"RHEL on EKS": {query: training("eks", "rhel", "h100"), inferred: []string{"OS/release/ID"}},
	}
	c := embeddedCatalogue(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recipeFor(t, c, tt.query)
			for _, path := range tt.inferred {
				if text := contextOf(t, r.Recipe.Measurements, path); !strings.Contains(text, "inferred") {
					t.Errorf("%s does not say that it is inferred: %q", path, text)
				}
			}
			for _, path := range tt.documented {
				if text := contextOf(t, r.Recipe.Measurements, path); strings.Contains(text, "inferred") {
					t.Errorf("%s says that it is inferred: %q", path, text)
				}
			}
		})
	}
}

func contextOf(t *testing.T, list measurement.List, path string) string {
	t.Helper()
	parts := strings.SplitN(path, "/", 3)
	s := list.Subtype(measurement.Type(parts[0]), parts[1])
	if s == nil || s.Context[parts[2]] == "" {
		t.Fatalf("the recipe has no context for %s", path)
	}
	return s.Context[parts[2]]
}
