// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/combination"
)

// expectation is what the tables of platforms_test.go say about a point.
type expectation struct {
	refusals   []string          // sorted; nil for a point that is rendered
	components map[string]string // chart version by name
	findings   []string          // sorted, of those in decidedFindings
}

// decidedFindings are the warnings that the tables decide on their own; the
// others depend on details of a bundle and have tests of their own.
func decidedFindings() []string {
	return []string{"eos-release", "kubernetes-range", "os-not-in-matrix", "rdma-without-fabric", "recipe-key-ignored"}
}

func expect(p combination.Point) expectation {
	if refusals := queryRefusals(p); refusals != nil {
		return expectation{refusals: refusals}
	}
	if refusals := ruleRefusals(p); refusals != nil {
		return expectation{refusals: refusals}
	}
	return expectation{components: components(p), findings: findings(p)}
}

// when returns the sorted words whose condition holds, nil for none.
func when(conditions map[string]bool) []string {
	var words []string
	for word, holds := range conditions {
		if holds {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return words
}

// queryRefusals is about clusters that do not exist or that are too old.
func queryRefusals(p combination.Point) []string {
	s := services()[p.Service]
	image, hasSystem := s.images[p.OS]
	_, hasGPU := s.fabrics[p.GPU]
	return when(map[string]bool{
		"query os":     !hasSystem,
		"query gpu":    !hasGPU,
		"query k8s":    p.GPU == "gb200" && p.Kubernetes < oldestGB200Minor,
		"query osv":    p.OSVersion != "" && (p.OS == "amazonlinux" && p.OSVersion < oldestAmazonLinux || p.OSVersion < image.oldest || image.newest != "" && p.OSVersion > image.newest),
		"query kernel": p.GPU == "gb200" && p.Service == "eks" && p.OS == "ubuntu" && p.Kernel != "" && p.Kernel < oldestGB200Kernel,
	})
}

// ruleRefusals is about wishes that contradict each other or the platform.
func ruleRefusals(p combination.Point) []string {
	if p.Bundler != "" && componentVersion(p, p.Bundler) == "" {
		return []string{noRelease}
	}
	mig, grace, driver := p.MIG != combination.NoMIG, p.GPU == coherentMemory, installsDriver(p)
	return when(map[string]bool{
		"mig-unsupported-gpu":        mig && slices.Contains(withoutMIG(), p.GPU),
		"cdmm-excludes-mig":          mig && grace,
		"cdmm-excludes-gds":          p.GDS && grace,
		"gds-needs-operator-driver":  p.GDS && !driver,
		"rdma-not-mellanox":          p.Addresses && p.Bundler == "network-operator" && !slices.Contains(mellanoxServices(), p.Service),
		"rdma-os-unsupported":        p.RDMA && p.Service == "oke" && p.OS == "oraclelinux",
		"driver-no-container-for-os": driver && slices.Contains(withoutDriverContainer(), p.OS),
		"os-not-of-release":          driver && p.OS == "ubuntu" && p.OSVersion == tooOldUbuntu && releaseLines()[p.Kubernetes].gpuOperator == withoutTooOldUbuntu,
	})
}

// installsDriver reports whether the operator brings the driver.
func installsDriver(p combination.Point) bool {
	if p.Driver != "" {
		return p.Driver == "operator"
	}
	return services()[p.Service].images[p.OS].driver
}

func fabric(p combination.Point) string { return services()[p.Service].fabrics[p.GPU] }

// usesNetworkOperator reports whether RDMA on this platform is the Network
// Operator's.
func usesNetworkOperator(p combination.Point) bool {
	return p.RDMA && slices.Contains([]string{infiniband, roce, unknown}, fabric(p))
}

// noRelease is the refusal of a bundler that is named and has no release for the
// cluster.
const noRelease = "no release"

// componentVersion is the release of a chart for a point's cluster, "" for none.
func componentVersion(p combination.Point, name string) string {
	releases := releaseLines()[p.Kubernetes]
	switch {
	case name == "gpu-operator":
		return releases.gpuOperator
	case name == "nvidia-dra-driver-gpu":
		return releases.draDriver
	case name == "aws-efa-k8s-device-plugin" && p.Service == "eks":
		return efaPlugin
	case name == "network-operator" && (p.Kubernetes >= oldestSuffixMinor || !slices.Contains(suffixServices(), p.Service)):
		return releases.networkOperator
	}
	return ""
}

// components are those that the platform needs, or the one that is named.
func components(p combination.Point) map[string]string {
	needed := map[string]bool{
		"gpu-operator":              true,
		"network-operator":          usesNetworkOperator(p),
		"aws-efa-k8s-device-plugin": fabric(p) == efa,
		"nvidia-dra-driver-gpu":     p.GPU == coherentMemory,
	}
	if p.Bundler != "" {
		needed = map[string]bool{p.Bundler: true}
	}
	versions := map[string]string{}
	for name, yes := range needed {
		if version := componentVersion(p, name); yes && version != "" {
			versions[name] = version
		}
	}
	return versions
}

func findings(p combination.Point) []string {
	releases := releaseLines()[p.Kubernetes]
	return when(map[string]bool{
		"eos-release":         slices.Contains(outOfSupport(), components(p)["gpu-operator"]),
		"recipe-key-ignored":  lacksNetworkOperator(p) && (p.Addresses || setsUpNICs(p)) || p.Bundler == "" && losesGDRCopy(p),
		"kubernetes-range":    p.Bundler == "" && usesNetworkOperator(p) && releases.networkOperator == "",
		"os-not-in-matrix":    p.Service == "eks" && p.OS == "rhel",
		"rdma-without-fabric": p.RDMA && p.Service == "oke" && fabric(p) == none,
	})
}

// lacksNetworkOperator reports whether a bundle is one without the Network
// Operator, even where a release of it exists.
func lacksNetworkOperator(p combination.Point) bool {
	if p.Bundler != "" {
		return p.Bundler != "network-operator"
	}
	return !usesNetworkOperator(p)
}

// setsUpNICs reports whether a recipe has Mellanox NICs set up, be RDMA itself
// on or off: on AKS with a network driver, on OKE as virtual functions, save on
// GB200, whose pods use the host's network.
func setsUpNICs(p combination.Point) bool {
	driver := p.Service == "aks" && fabric(p) == infiniband
	functions := p.Service == "oke" && fabric(p) == roce && p.GPU != coherentMemory
	return (driver || functions) && p.OS == "ubuntu" && p.Intent == "training"
}

// losesGDRCopy reports whether a driver on the image, where the operator's is
// usual, takes GDRCopy away, which runs beside the operator's.
func losesGDRCopy(p combination.Point) bool {
	return p.Driver == "image" && services()[p.Service].images[p.OS].driver
}
