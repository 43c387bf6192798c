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
		fail("driver-no-container-for-os", "There is no driver container for the node's operating system.", driverContainer),
		fail("os-not-of-release", "The release has no driver container for this version of the operating system.", droppedOS),
		fail("driver-version-form", "The driver version is not of the form that the driver container has.", driverVersionForm),
		fail("driver-too-old-for-gpu", "The driver does not know the GPU.", driverTooOld),
		fail("auto-modules-need-newer-driver", "The driver cannot pick its kind of kernel modules itself.", autoModules),
		fail("open-modules-only", "The GPU works with the open kernel modules only.", openModulesOnly),
		fail("precompiled-excludes", "Precompiled drivers exclude GDS, GDRCopy and vGPU.", precompiled),
		warn("fabric-manager-on-host", "Fabric Manager must run on hosts that bring their own driver.", fabricManager),
		fail("one-nfd", "Both operators would install Node Feature Discovery.", oneNFD),
		fail("nri-needs-cdi", "The NRI plugin needs CDI.", nriNeedsCDI),
		fail("validator-env-missing", "The release renders a null that server-side apply refuses.", validatorEnv),
		fail("vgpu-needs-repository", "vGPU guest drivers come from a private repository.", vgpuRepository),
	}, gpuFeatureRules(fail, warn))
}

func endOfSupport(d *draft) []violation {
	return broken(d.releaseBefore("26.0"), d.chartKey().path(),
		fmt.Sprintf("gpu-operator %s is out of NVIDIA's support", d.version), "move to v26 when the cluster's Kubernetes version allows it")
}

// installsDriver reports whether the operator installs the driver, overrides
// included.
func (d *draft) installsDriver() bool { return d.isOn("driver.enabled") }

func driverContainer(d *draft) []violation {
	os := d.recipe.Request.OS
	none := []string{"amazonlinux", "cos", "oraclelinux"}
	return broken(d.installsDriver() && slices.Contains(none, os), "driver.enabled",
		fmt.Sprintf("the operator cannot install a driver on %s: no driver container exists for it", os),
		`set K8s/config/driver_source to "image" and use a node image that brings the driver`)
}

func droppedOS(d *draft) []violation {
	q := d.recipe.Request
	old := q.OS == "ubuntu" && q.OSVersion != "" && compareVersions(q.OSVersion, "22.04") < 0
	return broken(old && d.installsDriver() && !d.releaseBefore("26.7"), "request/osv",
		fmt.Sprintf("gpu-operator %s has no driver container for Ubuntu %s", d.version, q.OSVersion), "upgrade the nodes to Ubuntu 22.04 or later")
}

var (
	driverRelease = regexp.MustCompile(`^[0-9]+\.[0-9]+(\.[0-9]+)?$`)
	driverBranch  = regexp.MustCompile(`^[0-9]+$`)
)

func driverVersionForm(d *draft) []violation {
	const path = "driver.version"
	if _, isText := d.effective(path).(string); !d.installsDriver() || !isText {
		return nil // another type is the rule value-type's
	}
	version, precompiled := d.textAt(path), d.isOn("driver.usePrecompiled")
	switch {
	case precompiled:
		return broken(!driverBranch.MatchString(version), path,
			fmt.Sprintf("%q is no driver branch, and precompiled drivers are chosen by branch", version), `write the branch alone, such as "580"`)
	case driverBranch.MatchString(version):
		return []violation{{path, fmt.Sprintf("%q is a driver branch, which only precompiled drivers take", version), `write the full version, such as "580.105.08"`}}
	case strings.HasPrefix(version, "v"):
		return []violation{{path, fmt.Sprintf("%q begins with a v, which driver images do not have", version), fmt.Sprintf("write %q", version[1:])}}
	default:
		return broken(!driverRelease.MatchString(version), path, fmt.Sprintf("%q is no driver version", version), `write the full version, such as "580.105.08"`)
	}
}

// driverVersion is the driver on the nodes: the operator's, or that which the
// recipe names for the image; "" when nobody knows.
func (d *draft) driverVersion() string {
	if d.installsDriver() {
		return d.textAt("driver.version")
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
	return broken(first != "" && d.driverBefore(first), "driver.version",
		fmt.Sprintf("the driver %s does not know the GPU %s", d.driverVersion(), gpu), "use "+first+" or later")
}

const moduleTypePath = "driver.kernelModuleType"

func autoModules(d *draft) []violation {
	const first = "570.86.15"
	return broken(d.installsDriver() && d.textAt(moduleTypePath) == "auto" && d.driverBefore(first), moduleTypePath,
		fmt.Sprintf("the driver %s cannot pick its kernel modules itself", d.driverVersion()), "use the driver "+first+" or later, or set use_open_kernel_module")
}

func openModulesOnly(d *draft) []violation {
	gpu := d.recipe.Request.GPU
	only := slices.Contains([]string{"b200", "gb200"}, gpu) && d.installsDriver()
	return broken(only && d.textAt(moduleTypePath) == "proprietary", moduleTypePath,
		fmt.Sprintf("the GPU %s has no proprietary kernel modules", gpu), "set use_open_kernel_module to true")
}

func precompiled(d *draft) []violation {
	if !d.installsDriver() || !d.isOn("driver.usePrecompiled") {
		return nil
	}
	var found []violation
	for _, feature := range []string{"gds", "gdrcopy"} {
		found = append(found, broken(d.isOn(feature+".enabled"), feature+".enabled",
			feature+" needs its modules built with the driver, which precompiled drivers are not", "turn off one of the two")...)
	}
	return append(found, broken(d.recipe.flag("vgpu"), recipePath(configSubtype, "vgpu"),
		"vGPU guest drivers are never precompiled", "turn off driver.usePrecompiled")...)
}

// fabricManager warns about machines whose image is not a cloud provider's:
// those images run Fabric Manager where the machine needs it.
func fabricManager(d *draft) []violation {
	q := d.recipe.Request
	switched := slices.Contains([]string{"a100", "h100", "h200", "b200"}, q.GPU)
	ownImage := q.Service == "" || q.Service == "self-managed"
	return broken(switched && ownImage && !d.installsDriver(), "driver.enabled",
		"the host brings its own driver; on machines with NVSwitch, GPUs do not start without Fabric Manager on the host",
		"install the Fabric Manager of the driver's version (and NVLSM for b200)")
}

// oneNFD compares the two operators as far as they are in one bundle. Each
// installs Node Feature Discovery unless it is told not to.
func oneNFD(d *draft) []violation {
	if !slices.Contains(d.beside, networkOperatorName) {
		return nil
	}
	theirs, set := lookup(d.peers[networkOperatorName], "nfd.enabled")
	return broken(d.isOn("nfd.enabled") && set && theirs == true, "nfd.enabled",
		"both operators would install Node Feature Discovery, and two of them fight over the node labels",
		"leave nfd.enabled of network-operator alone, or turn off that of gpu-operator")
}

func nriNeedsCDI(d *draft) []violation {
	return broken(d.isOn("cdi.nriPluginEnabled") && !d.isOn("cdi.enabled"), "cdi.nriPluginEnabled",
		"the NRI plugin works through CDI, and the chart fails without it", "turn on cdi.enabled")
}

func validatorEnv(d *draft) []violation {
	env, _ := d.effective("validator.plugin.env").([]any)
	return broken(d.rendersNullValidator() && len(env) == 0, "validator.plugin.env",
		fmt.Sprintf("gpu-operator %s renders spec.validator.plugin as null without it, which server-side apply refuses", d.version),
		"leave validator.plugin.env alone")
}

func vgpuRepository(d *draft) []violation {
	standard, _ := d.release.Default("driver.repository")
	return broken(d.recipe.flag("vgpu") && d.installsDriver() && d.effective("driver.repository") == standard, recipePath(configSubtype, "vgpu"),
		"the public repository has no vGPU guest driver: it is licensed, and everybody builds its image himself",
		"override driver.repository, driver.version, driver.imagePullSecrets and driver.licensingConfig")
}
