// SPDX-License-Identifier: Apache-2.0

package combination_test

import "sync"

// The tables of this file are written from the vendors' pages, not from the
// engine's data: what is sold, who brings the driver, which releases go together
// with a Kubernetes version, and which wishes contradict a platform.

// line holds the newest releases with published support for a Kubernetes minor;
// "" where there is none.
type line struct{ gpuOperator, networkOperator, draDriver string }

func releaseLines() map[string]line {
	return map[string]line{
		"1.29": {"v25.3.4", "25.7.0", ""},
		"1.30": {"v25.10.1", "25.10.0", ""},
		"1.31": {"v25.10.1", "26.4.1", ""},
		"1.32": {"v26.3.3", "26.4.1", "25.12.0"},
		"1.33": {"v26.7.0", "26.4.1", "25.12.0"},
		"1.34": {"v26.7.0", "26.4.1", "25.12.0"},
		"1.35": {"v26.7.0", "26.4.1", "25.12.0"},
		"1.36": {"v26.7.0", "", "25.12.0"},
	}
}

// The chart of the EFA device plugin, which goes with every line, and its image.
const (
	efaPlugin    = "v0.5.30"
	efaPluginTag = "v0.5.20"
)

// efaInstanceTypes are those that EKS sells with a GPU and EFA.
func efaInstanceTypes() map[string][]string {
	return map[string][]string{
		"a100":  {"p4d.24xlarge", "p4de.24xlarge"},
		"h100":  {"p5.48xlarge", "p5.4xlarge"},
		"h200":  {"p5e.48xlarge", "p5en.48xlarge"},
		"b200":  {"p6-b200.48xlarge"},
		"gb200": {"p6e-gb200.36xlarge"},
		"l40s":  {"g6e.8xlarge", "g6e.12xlarge", "g6e.16xlarge", "g6e.24xlarge", "g6e.48xlarge"},
	}
}

// outOfSupport are the releases that NVIDIA no longer supports.
func outOfSupport() []string { return []string{"v25.3.4", "v25.10.1"} }

// nodeImage says what a node image brings, and what the operator installs.
type nodeImage struct {
	driver, toolkit bool   // installed by the operator
	installDir      string // of the toolkit; "" for the default
	oldest, newest  string // release of the system; "" for no limit
}

// service is what a provider sells.
type service struct {
	images map[string]nodeImage // by operating system
	// fabrics says, for every GPU that is sold, what connects its nodes; where
	// that differs by instance type, that of the larger ones.
	fabrics map[string]string
}

const (
	efa        = "EFA"
	infiniband = "InfiniBand"
	roce       = "RoCE"
	google     = "GPUDirect, set up by Google"
	unknown    = "whatever Mellanox devices there are"
	none       = "none"
)

// services are the providers, by name.
var services = sync.OnceValue(func() map[string]service {
	bare := nodeImage{driver: true, toolkit: true}
	return map[string]service{
		"eks": {
			images:  map[string]nodeImage{"ubuntu": bare, "rhel": bare, "amazonlinux": {}},
			fabrics: map[string]string{"a100": efa, "h100": efa, "h200": efa, "b200": efa, "gb200": efa, "l40s": efa},
		},
		"gke": {
			images:  map[string]nodeImage{"cos": {toolkit: true, installDir: "/home/kubernetes/bin/nvidia"}, "ubuntu": bare},
			fabrics: map[string]string{"a100": none, "h100": google, "h200": google, "b200": google, "gb200": google},
		},
		"aks": {
			images:  map[string]nodeImage{"ubuntu": {driver: true, toolkit: true, oldest: "22.04"}},
			fabrics: map[string]string{"a100": infiniband, "h100": infiniband, "h200": infiniband, "gb200": infiniband},
		},
		"oke": {
			images:  map[string]nodeImage{"ubuntu": {toolkit: true, oldest: "22.04"}, "oraclelinux": {toolkit: true, oldest: "8", newest: "8"}},
			fabrics: map[string]string{"a100": roce, "h100": roce, "h200": roce, "b200": roce, "gb200": roce, "l40s": none},
		},
		"self-managed": {
			images: map[string]nodeImage{"ubuntu": bare, "rhel": bare},
			fabrics: map[string]string{
				"a100": unknown, "h100": unknown, "h200": unknown, "b200": unknown, "gb200": unknown, "l40": unknown, "l40s": unknown,
			},
		},
	}
})

// withoutDriverContainer are the systems on which the operator cannot install a
// driver.
func withoutDriverContainer() []string { return []string{"amazonlinux", "cos", "oraclelinux"} }

// withoutMIG are the GPUs that cannot be partitioned. GB200 could, but not with
// coherent driver memory management, which is on by default in every driver of
// the release lines, and which excludes GPUDirect Storage too.
func withoutMIG() []string { return []string{"l40", "l40s"} }

const coherentMemory = "gb200"

// Releases and kernels.
const (
	oldestAmazonLinux   = "2023" // Amazon Linux 2 images ended in November 2025
	tooOldUbuntu        = "20.04"
	withoutTooOldUbuntu = "v26.7.0"
	oldestGB200Kernel   = "6.8" // on EKS with Ubuntu
	oldestGB200Minor    = "1.32"
	oldestSuffixMinor   = "1.31" // of network-operator on suffixServices
	firstRuntimeFile    = "1.33" // on COS the toolkit reads the runtime's configuration from a file
)

// openModulesOnly are the GPUs without proprietary kernel modules.
func openModulesOnly() []string { return []string{"b200", "gb200"} }

// suffixServices report Kubernetes versions with a suffix, which the charts of
// the Network Operator before 26.1 refuse.
func suffixServices() []string { return []string{"eks", "gke"} }

// mellanoxServices are those where RDMA is that of Mellanox NICs, which the
// operators look after.
func mellanoxServices() []string { return []string{"aks", "oke", "self-managed"} }
