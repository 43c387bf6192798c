// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// list makes measurements of lines such as "OS/kmod/nvidia true".
func list(t *testing.T, lines string) measurement.List {
	t.Helper()
	var all measurement.List
	for line := range strings.Lines(lines) {
		path, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if path == "" {
			continue
		}
		reading := measurement.Str(text)
		if text == "true" || text == "false" {
			reading = measurement.Bool(text == "true")
		}
		all = all.With(measurement.ParsePath(path), reading)
	}
	return all
}

func TestCompare(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	must(t, err)
	tests := map[string]struct {
		recipe, snapshot string
		want             []string // "PATH STATE HAVE"
	}{
		"sysctl":                     {"OS/sysctl//proc/sys/vm/swappiness 60", "OS/sysctl//proc/sys/vm/swappiness 10", []string{"OS/sysctl//proc/sys/vm/swappiness different 10"}},
		"blanks":                     {"OS/sysctl//proc/sys/net/ipv4/tcp_rmem 4096 87380", "OS/sysctl//proc/sys/net/ipv4/tcp_rmem 4096\t87380", []string{"OS/sysctl//proc/sys/net/ipv4/tcp_rmem same 4096\t87380"}},
		"sysctl that is not there":   {"OS/sysctl//proc/sys/a 1", "OS/sysctl//proc/sys/b 1", []string{"OS/sysctl//proc/sys/a unknown "}},
		"module":                     {"OS/kmod/nvidia true", "OS/kmod/nvidia true", []string{"OS/kmod/nvidia same true"}},
		"module that is missing":     {"OS/kmod/nvidia true", "OS/kmod/nouveau true", []string{"OS/kmod/nvidia different "}},
		"module to keep away":        {"OS/kmod/nouveau false", "OS/kmod/nouveau true", []string{"OS/kmod/nouveau different true"}},
		"module that is kept away":   {"OS/kmod/nouveau false", "OS/kmod/nvidia true", []string{"OS/kmod/nouveau same "}},
		"modules nobody lists":       {"OS/kmod/nvidia true", "", []string{"OS/kmod/nvidia unknown "}},
		"argument that is missing":   {"OS/grub/iommu pt", "OS/grub/quiet 1", []string{"OS/grub/iommu different "}},
		"driver":                     {"K8s/image/driver 580.105.08", "GPU/driver/version 570.86.15", []string{"K8s/image/driver different 570.86.15"}},
		"driver of a container":      {"K8s/image/driver 580.105.08", "K8s/image/driver 580.105.08-ubuntu22.04", []string{"K8s/image/driver same 580.105.08-ubuntu22.04"}},
		"driver that is too old":     {"GPU/driver/minimum-version 570.86.15", "GPU/smi/driver-version 560.35.05", []string{"GPU/driver/minimum-version different 560.35.05"}},
		"driver that is new enough":  {"GPU/driver/minimum-version 570.86.15", "GPU/smi/driver-version 580.1", []string{"GPU/driver/minimum-version same 580.1"}},
		"release without a v":        {"K8s/image/network-operator 26.4.1", "K8s/image/network-operator v26.4.1", []string{"K8s/image/network-operator same v26.4.1"}},
		"longer release":             {"K8s/image/gpu-operator v26.7.0", "K8s/image/gpu-operator v26.7.01", []string{"K8s/image/gpu-operator different v26.7.01"}},
		"digest":                     {"K8s/image/gpu-operator v26.7.0", "K8s/image/gpu-operator sha256:00", []string{"K8s/image/gpu-operator unknown sha256:00"}},
		"MIG":                        {"K8s/config/mig false", "GPU/smi/mig-mode Enabled", []string{"K8s/config/mig different Enabled"}},
		"GPUs disagree":              {"K8s/config/mig true", "GPU/smi/mig-mode Enabled\nGPU/smi-variance/mig-mode Disabled: 1, Enabled: 7", []string{"K8s/config/mig different Disabled: 1, Enabled: 7"}},
		"open modules":               {"K8s/config/use_open_kernel_module true", "GPU/driver/kernel-module proprietary", []string{"K8s/config/use_open_kernel_module different proprietary"}},
		"modules left to the driver": {"K8s/config/use_open_kernel_module false\nGPU/driver/kernel-module any", "GPU/driver/kernel-module open", nil},
		"policy":                     {"K8s/config/gds true\nK8s/config/driver_source operator", "K8s/policy/gds.enabled false\nK8s/policy/driver.enabled true", []string{"K8s/config/driver_source same true", "K8s/config/gds different false"}},
		"policy, driver of image":    {"K8s/config/gds true\nK8s/config/driver_source image", "K8s/policy/gds.enabled false\nK8s/policy/driver.enabled false", []string{"K8s/config/driver_source same false"}},
		"instance types":             {"K8s/node/instance-types p5.48xlarge p5.4xlarge", "K8s/node/instance-type p5.4xlarge", []string{"K8s/node/instance-types same p5.4xlarge"}},
		"Kubernetes":                 {"K8s/server/version 1.34", "K8s/server/version v1.34.2-eks-1", []string{"K8s/server/version same v1.34.2-eks-1"}},
		"facts of the product":       {"GPU/device/nvlsm true", "GPU/device/nvlsm false", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := compare.Compare(catalog, document.Snapshot{Measurements: list(t, test.snapshot)}, document.Recipe{Measurements: list(t, test.recipe)})
			must(t, err)
			var got []string
			for _, v := range values {
				got = append(got, v.Path+" "+string(v.State)+" "+v.Have)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCompareRequest holds what a recipe was made for, and what it demands, against a
// snapshot of another cluster.
func TestCompareRequest(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	must(t, err)
	snapshot := document.Snapshot{Measurements: list(t, `
K8s/server/version v1.31.4-eks-1
K8s/node/provider eks
K8s/node/gpu-product NVIDIA-A100-SXM4-80GB
GPU/smi/driver-version 570.86.15`)}
	wanted := document.Recipe{
		Request:     document.Query{Service: "eks", GPU: "h100", K8s: "1.34", OS: "ubuntu"},
		Constraints: []document.Constraint{{Field: "k8s", Range: ">= 1.32", Layer: "gpu=h100"}, {Field: "driver", Range: ">= 570", Layer: "gpu=h100"}},
	}
	values, err := compare.Compare(catalog, snapshot, wanted)
	must(t, err)
	want := []compare.Value{
		{Path: "request/os", State: compare.Unknown, Want: "ubuntu"},
		{Path: "request/service", State: compare.Same, Want: "eks", Have: "eks", From: "K8s/node/provider"},
		{Path: "request/k8s", State: compare.Different, Want: "1.34", Have: "v1.31.4-eks-1", From: "K8s/server/version"},
		{Path: "request/gpu", State: compare.Different, Want: "h100", Have: "a100", From: "K8s/node/gpu-product"},
		{Path: "constraints/k8s", State: compare.Different, Want: ">= 1.32", Have: "v1.31.4-eks-1", From: "K8s/server/version", Reason: "demanded by gpu=h100"},
		{Path: "constraints/driver", State: compare.Same, Want: ">= 570", Have: "570.86.15", From: "GPU/smi/driver-version", Reason: "demanded by gpu=h100"},
	}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := len(compare.Differences(values)); got != 3 {
		t.Errorf("got %d differences, want 3", got)
	}
}

// TestKeys holds the table to its form.
func TestKeys(t *testing.T) {
	t.Parallel()
	keys, err := compare.Keys()
	must(t, err)
	for _, k := range keys {
		if (len(k.Snapshot) == 0) != (k.Note != "" && k.How == "" && k.Words == nil && k.When == nil && len(k.Snapshot) == 0) {
			t.Errorf("%s is compared with nothing, and no note says why", k.Recipe)
		}
		if !slices.Contains([]string{compare.Equal, compare.AtLeast, compare.Release, compare.Prefix, compare.OneOf}, k.How) {
			t.Errorf("%s: %q is not a way to compare", k.Recipe, k.How)
		}
		if first, _ := compare.Find(keys, strings.TrimSuffix(k.Recipe, "*")); first.Recipe != k.Recipe {
			t.Errorf("%s hides behind %s", k.Recipe, first.Recipe)
		}
	}
}
