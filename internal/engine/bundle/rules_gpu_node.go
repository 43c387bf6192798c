// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
	"strings"
)

// gpuNodeRules are about what the nodes' image brings.
func gpuNodeRules(fail, warn ruleMaker) []rule {
	return []rule{
		fail("driver-no-container-for-os", "There is no driver container for the node's operating system.", driverContainer),
		fail("os-not-of-release", "The release has no driver container for this version of the operating system.", osOfRelease),
		warn("fabric-manager-on-host", "Fabric Manager must run on hosts that bring their own driver.", fabricManager),
		warn("gke-install-dir", "GKE keeps driver and toolkit in a directory of its own.", gkeInstallDir),
		warn("aks-runtime-class", "AKS images that bring the toolkit have another RuntimeClass.", aksRuntimeClass),
	}
}

func driverContainer(d *draft) []violation {
	os := d.recipe.Request.OS
	none := []string{"amazonlinux", "cos", "oraclelinux"}
	return broken(d.installsDriver() && slices.Contains(none, os), driverEnabledPath,
		fmt.Sprintf("the operator cannot install a driver on %s: no driver container exists for it", os),
		`set K8s/config/driver_source to "image" and use a node image that brings the driver`)
}

// DriverSystems returns the versions of an operating system that a release of
// the GPU Operator has driver containers for, nil where it has none: of Ubuntu
// the releases, of Red Hat Enterprise Linux the major versions.
func DriverSystems(release, os string) []string {
	before := func(version string) bool { return compareVersions(release, version) < 0 }
	switch {
	case os == "ubuntu" && before("26.7"):
		return []string{"20.04", "22.04", "24.04"}
	case os == "ubuntu":
		return []string{"22.04", "24.04", "26.04"}
	case os == "rhel" && before("25.3.1"):
		return []string{"8"}
	case os == "rhel" && before("26.3"):
		return []string{"8", "9"}
	case os == "rhel":
		return []string{"8", "9", "10"}
	default:
		return nil
	}
}

func osOfRelease(d *draft) []violation {
	q := d.recipe.Request
	systems := DriverSystems(d.version, q.OS)
	if q.OSVersion == "" || len(systems) == 0 || !d.installsDriver() || !d.hasFacts {
		return nil
	}
	known := slices.ContainsFunc(systems, func(s string) bool { return agree(numbers(q.OSVersion), numbers(s)) })
	return causedBy(broken(!known, "request/osv",
		fmt.Sprintf("gpu-operator %s has no driver container for %s %s", d.version, q.OS, q.OSVersion),
		"use nodes with one of its versions: "+strings.Join(systems, ", ")), driverEnabledPath)
}

// agree reports whether two versions have the same numbers as far as both go.
func agree(a, b []int) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}

// nvSwitched reports whether the GPU is sold in machines whose GPUs are joined
// by switches of the machine, which Fabric Manager sets up.
func nvSwitched(gpu string) bool {
	return slices.Contains([]string{"a100", "h100", "h200", "b200"}, gpu)
}

// fabricManager warns about machines whose image is not a cloud provider's:
// those images run Fabric Manager where the machine needs it.
func fabricManager(d *draft) []violation {
	q := d.recipe.Request
	ownImage := q.Service == "" || q.Service == "self-managed"
	return broken(nvSwitched(q.GPU) && ownImage && !d.installsDriver(), driverEnabledPath,
		"the host brings its own driver; on machines with NVSwitch, GPUs do not start without Fabric Manager on the host",
		"install the Fabric Manager of the driver's version (and NVLSM for b200)")
}

// gkeInstallDir is about Google's driver installer, which serves COS and, where
// the operator does not install the driver, Ubuntu.
func gkeInstallDir(d *draft) []violation {
	const dir = "/home/kubernetes/bin/nvidia"
	if d.recipe.Request.Service != "gke" || d.installsDriver() {
		return nil
	}
	var found []violation
	for _, path := range []string{"hostPaths.driverInstallDir", "toolkit.installDir"} {
		found = append(found, broken(d.textAt(path) != dir, path,
			fmt.Sprintf("Google's installer puts the driver into %s, but this is %s", dir, d.textAt(path)),
			"set driver_install_dir and toolkit_install_dir to "+dir)...)
	}
	return found
}

func aksRuntimeClass(d *draft) []violation {
	const class = "nvidia-container-runtime"
	preinstalled := d.recipe.Request.Service == "aks" && !d.installsDriver() && !d.isOn("toolkit.enabled")
	return broken(preinstalled && d.textAt("operator.runtimeClass") != class, "operator.runtimeClass",
		"AKS images that bring driver and toolkit know the RuntimeClass "+class+" only", "set runtime_class to "+class)
}

// ignoredKeys are wishes about the operator's driver container that never get
// there.
func ignoredKeys(d *draft) []violation {
	if d.installsDriver() {
		return replacedModuleConfig(d)
	}
	var found []violation
	for _, key := range []string{"gdrcopy", kernelParamsKey} {
		value, ok := d.recipe.value(configSubtype, key)
		found = append(found, broken(ok && value.Value != false, recipePath(configSubtype, key),
			key+" is about the operator's driver container, but the node image brings the driver, so it has no effect",
			"set it up in the node image, and remove the key or set it to false")...)
	}
	return found
}

func replacedModuleConfig(d *draft) []violation {
	return broken(d.recipe.config(kernelParamsKey) != "" && d.hasOwnModuleConfig(), recipePath(configSubtype, kernelParamsKey),
		fmt.Sprintf("an override of %s takes the place of the ConfigMap with these parameters, so they have no effect and it is not rendered", moduleConfigPath),
		"write them into your own ConfigMap and remove the key, or remove the override")
}
