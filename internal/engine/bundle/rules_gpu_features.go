// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

type ruleMaker func(name, summary string, check func(*draft) []violation) rule

// gpuFeatureRules are about MIG, GDS, secure boot and confidential computing.
func gpuFeatureRules(fail, warn ruleMaker) []rule {
	return []rule{
		fail("mig-unsupported-gpu", "The GPU cannot be partitioned.", migUnsupported),
		fail("cdmm-excludes-mig", "GB200 in its default memory mode excludes MIG.", cdmmExcludesMIG),
		warn("mig-needs-strategy", "MIG is on, but the strategy none hides its devices.", migStrategy),
		warn("mig-profile-without-mig", "A MIG profile is named, but MIG is off.", migProfile),
		warn("driver-mig-mixed-nodes", "The driver cannot mix MIG devices and full GPUs on one node.", migMixedDriver),
		fail("cdmm-excludes-gds", "GB200 in its default memory mode excludes GPUDirect Storage.", cdmmExcludesGDS),
		fail("gds-needs-operator-driver", "GPUDirect Storage needs the operator's driver.", gdsDriver),
		fail("gds-needs-open-modules", "GPUDirect Storage needs the open kernel modules.", gdsModules),
		fail("secure-boot-excludes-gds", "GPUDirect Storage loads an unsigned module.", secureBootGDS),
		warn("secure-boot-needs-signed-driver", "Secure boot refuses drivers that are built on the node.", secureBootDriver),
		fail("vgpu-excludes-gds", "vGPU has no GPUDirect Storage.", vgpuGDS),
		fail("confidential-computing-unsupported-gpu", "The GPU has no confidential mode.", confidentialGPU),
		fail("confidential-computing-excludes", "Confidential computing excludes MIG and GPUDirect Storage.", confidentialExcludes),
		fail("confidential-computing-needs-sandbox", "Confidential computing runs in sandboxed workloads only.", confidentialSandbox),
	}
}

const (
	migPath          = "K8s/config/mig"
	gdsPath          = "K8s/config/gds"
	confidentialPath = "K8s/config/confidential_computing"
)

// Values with which an override asks for MIG.
const (
	migManagerPath  = "migManager.enabled"
	migStrategyPath = "mig.strategy"
)

// migAt is where somebody asks for MIG, "" where nobody does. The chart runs the
// manager and names the devices by default, which does nothing by itself: it
// takes the recipe, or an override that says so.
func (d *draft) migAt() string {
	manager, managed := lookup(d.overrides, migManagerPath)
	strategy, _ := lookup(d.overrides, migStrategyPath)
	switch {
	case manager == true:
		return migManagerPath
	case d.recipe.flag("mig") && !managed:
		return migPath
	case strategy == "single" || strategy == "mixed":
		return migStrategyPath
	default:
		return ""
	}
}

// wantsMIG reports whether GPUs are to be partitioned.
func (d *draft) wantsMIG() bool { return d.migAt() != "" }

// withoutMIG is what to do where MIG cannot be.
const withoutMIG = "set mig to false, and override neither " + migManagerPath + " nor " + migStrategyPath

// wantsGDS also sees what the recipe asks for and the driver's source prevents.
func (d *draft) wantsGDS() bool {
	return d.isOn("gds.enabled") || d.recipe.flag("gds") && !d.installsDriver()
}

// gdsAt is where GDS was asked for.
func (d *draft) gdsAt() string {
	if covers(d.overrides, "gds.enabled") {
		return "gds.enabled"
	}
	return gdsPath
}

func migUnsupported(d *draft) []violation {
	gpu := d.recipe.Request.GPU
	return broken(d.wantsMIG() && slices.Contains([]string{"l40", "l40s"}, gpu), d.migAt(),
		fmt.Sprintf("the GPU %s has no MIG", gpu), withoutMIG)
}

// coherentMemory reports whether GB200's memory is managed by the driver
// (CDMM), which it is by default since 580.65.06.
func (d *draft) coherentMemory() bool {
	return d.recipe.Request.GPU == "gb200" && !d.driverBefore("580.65.06")
}

func cdmmExcludesMIG(d *draft) []violation {
	return causedBy(broken(d.wantsMIG() && d.coherentMemory(), d.migAt(),
		"the driver manages GB200's memory itself (CDMM, since 580.65.06), which excludes MIG", withoutMIG), driverVersionPath, driverEnabledPath)
}

func cdmmExcludesGDS(d *draft) []violation {
	return causedBy(broken(d.wantsGDS() && d.coherentMemory(), d.gdsAt(),
		"the driver manages GB200's memory itself (CDMM, since 580.65.06), which excludes GPUDirect Storage", "set gds to false"), driverVersionPath, driverEnabledPath)
}

func migStrategy(d *draft) []violation {
	return broken(d.wantsMIG() && d.textAt(migStrategyPath) == "none", migStrategyPath,
		"MIG is on, but with the strategy none no pod can ask for a MIG device", "set mig_strategy to single or mixed")
}

func migProfile(d *draft) []violation {
	profile := d.recipe.config("mig_profile")
	return broken(profile != "" && profile != "all-disabled" && !d.wantsMIG(), recipePath(configSubtype, "mig_profile"),
		fmt.Sprintf("the MIG profile %q is named, but mig is not true, so nothing applies it", profile), "set mig to true, or remove the profile")
}

func migMixedDriver(d *draft) []violation {
	affected := !d.driverBefore("570.124.06") && d.driverBefore("570.158.02")
	return broken(d.wantsMIG() && d.textAt(migStrategyPath) == "mixed" && affected && d.driverVersion() != "", driverVersionPath,
		fmt.Sprintf("with the driver %s pods are not scheduled on nodes that mix MIG devices and full GPUs", d.driverVersion()), "use 570.172.08 or later")
}

func gdsDriver(d *draft) []violation {
	return causedBy(broken(d.wantsGDS() && !d.installsDriver(), d.gdsAt(),
		"GPUDirect Storage runs inside the operator's driver container, but the node image brings the driver", `set gds to false, or driver_source to "operator"`), driverEnabledPath)
}

func gdsModules(d *draft) []violation {
	return causedBy(broken(d.wantsGDS() && d.installsDriver() && d.textAt(moduleTypePath) == "proprietary", d.gdsAt(),
		"GPUDirect Storage works with the open kernel modules only", "set use_open_kernel_module to true"), moduleTypePath)
}

func secureBootGDS(d *draft) []violation {
	return broken(d.wantsGDS() && d.recipe.flag("secure_boot"), d.gdsAt(),
		"secure boot refuses the module of GPUDirect Storage, which is built on the node and unsigned", "set gds to false")
}

func secureBootDriver(d *draft) []violation {
	return broken(d.recipe.flag("secure_boot") && d.installsDriver() && !d.isOn(precompiledPath), recipePath(configSubtype, "secure_boot"),
		"secure boot refuses kernel modules that are built on the node",
		`override driver.usePrecompiled with a driver branch as version, or set driver_source to "image"`)
}

func vgpuGDS(d *draft) []violation {
	return broken(d.wantsGDS() && d.recipe.flag("vgpu"), d.gdsAt(), "GPUDirect Storage does not work with vGPU", "set gds to false")
}

func (d *draft) confidential() bool { return d.recipe.flag("confidential_computing") }

func confidentialGPU(d *draft) []violation {
	gpu := d.recipe.Request.GPU
	return broken(d.confidential() && gpu != "" && !slices.Contains([]string{"h100", "h200", "b200"}, gpu), confidentialPath,
		fmt.Sprintf("the GPU %s has no confidential mode", gpu), "use h100, h200 or b200, on CPUs with SEV-SNP or TDX")
}

func confidentialExcludes(d *draft) []violation {
	return append(
		broken(d.confidential() && d.wantsMIG(), d.migAt(), "a GPU in confidential mode cannot be partitioned (inferred)", withoutMIG),
		broken(d.confidential() && d.wantsGDS(), d.gdsAt(), "a GPU in confidential mode has no GPUDirect Storage (inferred)", "set gds to false")...,
	)
}

func confidentialSandbox(d *draft) []violation {
	found := broken(d.confidential() && !d.isOn("sandboxWorkloads.enabled"), "sandboxWorkloads.enabled",
		"the confidential mode is switched only where sandboxed workloads are on", "leave sandboxWorkloads.enabled alone")
	needsKata := d.confidential() && !d.releaseBefore("26.3")
	return append(found, broken(needsKata && d.textAt("sandboxWorkloads.mode") != "kata", "sandboxWorkloads.mode",
		"since v26.3 the confidential mode is switched only in the mode kata", "leave sandboxWorkloads.mode alone")...)
}
