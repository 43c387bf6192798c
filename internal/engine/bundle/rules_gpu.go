// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func gpuOperatorRules() []rule {
	fail := func(name, summary string, check func(*draft) []violation) rule {
		return failure(name, summary, on(gpuOperatorName, check))
	}
	warn := func(name, summary string, check func(*draft) []violation) rule {
		return warning(name, summary, on(gpuOperatorName, check))
	}
	return slices.Concat([]rule{
		warn("eos-release", "NVIDIA no longer supports the release of the GPU Operator.", endOfSupport),
		fail("driver-version-form", "The driver version is not of the form that the driver container has.", driverVersionForm),
		fail("driver-too-old-for-gpu", "The driver does not know the GPU.", driverTooOld),
		fail("auto-modules-need-newer-driver", "The driver cannot pick its kind of kernel modules itself.", autoModules),
		fail("open-modules-only", "The GPU works with the open kernel modules only.", openModulesOnly),
		fail("precompiled-excludes", "Precompiled drivers exclude GDS, GDRCopy and vGPU.", precompiled),
		fail("vgpu-needs-repository", "vGPU drivers come from a private repository, in a version of its own.", vgpuRepository),
	}, gpuNodeRules(fail, warn), gpuValueRules(fail, warn), gpuFeatureRules(fail, warn))
}

func endOfSupport(d *draft) []violation {
	return broken(d.releaseBefore("26.0"), d.chartKey().path(),
		fmt.Sprintf("gpu-operator %s is out of NVIDIA's support", d.version), "move to v26 when the cluster's Kubernetes version allows it")
}

// installsDriver reports whether the operator installs the driver, overrides
// included.
func (d *draft) installsDriver() bool { return d.isOn(driverEnabledPath) }

// Values of the driver that rules look at.
const (
	driverEnabledPath = "driver.enabled"
	driverVersionPath = "driver.version"
	precompiledPath   = "driver.usePrecompiled"
	moduleTypePath    = "driver.kernelModuleType"
)

var (
	driverRelease = regexp.MustCompile(`^[0-9]+\.[0-9]+(\.[0-9]+)?$`)
	driverBranch  = regexp.MustCompile(`^[0-9]+$`)
)

func driverVersionForm(d *draft) []violation {
	if _, isText := d.effective(driverVersionPath).(string); !d.installsDriver() || !isText {
		return nil // another type is the rule value-type's
	}
	version, full := d.textAt(driverVersionPath), `write the full version, such as "580.105.08"`
	var found []violation
	switch {
	case d.isOn(precompiledPath):
		found = broken(!driverBranch.MatchString(version), driverVersionPath,
			fmt.Sprintf("%q is no driver branch, and precompiled drivers are chosen by branch", version), `write the branch alone, such as "580"`)
	case driverBranch.MatchString(version):
		found = broken(true, driverVersionPath, fmt.Sprintf("%q is a driver branch, which only precompiled drivers take", version), full)
	case strings.HasPrefix(version, "v"):
		found = broken(true, driverVersionPath, fmt.Sprintf("%q begins with a v, which driver images do not have", version), fmt.Sprintf("write %q", version[1:]))
	default:
		found = broken(!driverRelease.MatchString(version), driverVersionPath, fmt.Sprintf("%q is no driver version", version), full)
	}
	return causedBy(found, precompiledPath)
}

// driverVersion is the driver on the nodes: the operator's, or that which the
// recipe names for the image; "" when nobody knows.
func (d *draft) driverVersion() string {
	if d.installsDriver() {
		return d.textAt(driverVersionPath)
	}
	return d.recipe.image("driver")
}

// driverBefore reports whether the driver is known to be older. A branch is as
// new as its newest driver.
func (d *draft) driverBefore(version string) bool {
	have := d.driverVersion()
	if driverBranch.MatchString(have) {
		return numbers(have)[0] < numbers(version)[0]
	}
	return len(numbers(have)) > 0 && compareVersions(have, version) < 0
}

func driverTooOld(d *draft) []violation {
	gpu := d.recipe.Request.GPU
	first := map[string]string{"b200": "570.133.20", "gb200": "570.124.06"}[gpu]
	return causedBy(broken(first != "" && d.driverBefore(first), driverVersionPath,
		fmt.Sprintf("the driver %s does not know the GPU %s", d.driverVersion(), gpu), "use "+first+" or later"), driverEnabledPath)
}

func autoModules(d *draft) []violation {
	const first = "570.86.15"
	found := broken(d.installsDriver() && d.textAt(moduleTypePath) == "auto" && d.driverBefore(first), moduleTypePath,
		fmt.Sprintf("the driver %s cannot pick its kernel modules itself", d.driverVersion()), "use the driver "+first+" or later, or set use_open_kernel_module")
	return causedBy(found, driverVersionPath, driverEnabledPath)
}

func openModulesOnly(d *draft) []violation {
	gpu := d.recipe.Request.GPU
	only := slices.Contains([]string{"b200", "gb200"}, gpu) && d.installsDriver()
	return broken(only && d.textAt(moduleTypePath) == "proprietary", moduleTypePath,
		fmt.Sprintf("the GPU %s has no proprietary kernel modules", gpu), "set use_open_kernel_module to true")
}

func precompiled(d *draft) []violation {
	if !d.installsDriver() || !d.isOn(precompiledPath) {
		return nil
	}
	var found []violation
	for _, feature := range []string{"gds", "gdrcopy"} {
		found = append(found, broken(d.isOn(feature+".enabled"), feature+".enabled",
			feature+" needs its modules built with the driver, which precompiled drivers are not", "turn off one of the two")...)
	}
	found = append(found, broken(d.recipe.flag("vgpu"), recipePath(configSubtype, "vgpu"),
		"vGPU guest drivers are never precompiled", "turn off "+precompiledPath)...)
	return causedBy(found, precompiledPath, driverEnabledPath)
}

func vgpuRepository(d *draft) []violation {
	return append(vgpuGuest(d), vgpuHost(d)...)
}

func vgpuGuest(d *draft) []violation {
	if !d.recipe.flag("vgpu") || !d.installsDriver() {
		return nil
	}
	standard, _ := d.release.Default("driver.repository")
	_, versionSet := lookup(d.values.tree, driverVersionPath)
	return append(
		broken(d.effective("driver.repository") == standard, recipePath(configSubtype, "vgpu"),
			"the public repository has no vGPU guest driver: it is licensed, and everybody builds its image himself",
			"override driver.repository, driver.version, driver.imagePullSecrets and driver.licensingConfig"),
		broken(!versionSet, driverVersionPath,
			"the chart's own driver version is no vGPU guest driver", "set the version of the image that you built")...,
	)
}

func vgpuHost(d *draft) []violation {
	if !d.isOn("vgpuManager.enabled") {
		return nil
	}
	var found []violation
	for _, field := range []string{"repository", "version"} {
		path := "vgpuManager." + field
		found = append(found, broken(d.textAt(path) == "", path,
			"the vGPU manager is licensed and has no public image, so the chart has no default", "name that of your own image")...)
	}
	return causedBy(found, "vgpuManager.enabled")
}
