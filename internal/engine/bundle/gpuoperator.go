// SPDX-License-Identifier: Apache-2.0

package bundle

import "slices"

const gpuOperatorName = "gpu-operator"

func gpuOperator() *bundler {
	return &bundler{
		name:      gpuOperatorName,
		title:     "NVIDIA GPU Operator",
		keys:      gpuOperatorKeys(),
		images:    gpuOperatorImages(),
		essential: true,
		needed:    func(recipe) bool { return true },
		build:     buildGPUOperator,
		crds:      gpuOperatorCRDs,
		ready:     gpuOperatorReady,
		notes:     gpuOperatorNotes,
	}
}

// gpuOperatorReady is the ClusterPolicy, unless the chart is told to make none.
func gpuOperatorReady(d *draft) readiness {
	if d.hasFacts && d.policy == nil {
		return readiness{}
	}
	ready := readiness{object: "clusterpolicies.nvidia.com/cluster-policy"}
	if d.waitsForNetworkDriver() {
		ready.after = networkOperatorName
	}
	return ready
}

// waitsForNetworkDriver reports whether the driver's pods wait on nodes with a
// Mellanox NIC for the network driver's container, which the Network Operator
// brings.
func (d *draft) waitsForNetworkDriver() bool {
	peerMemory := d.installsDriver() && d.isOn("driver.rdma.enabled")
	return peerMemory && !d.isOn("driver.rdma.useHostMofed") && slices.Contains(d.beside, networkOperatorName)
}

func buildGPUOperator(d *draft) error {
	d.addNamespace()
	d.setImageTags()
	d.setDriver()
	d.setToolkit()
	d.setMIG()
	d.setConfidentialComputing()
	d.setReleaseQuirks()
	d.takeOption("cdi.enabled", "cdi")
	d.takeOption("operator.runtimeClass", "runtime_class")
	d.addCriticalPodQuota()
	return nil
}

// setImageTags writes the tags of the recipe that are not the release's own.
func (d *draft) setImageTags() {
	for _, image := range d.images {
		if tag, ok := d.value(imageSubtype, image.key); ok {
			for _, path := range image.paths {
				d.take(path, tag.Value, tag)
			}
		}
	}
}

// installsDriver reports whether the operator brings the driver, as far as the
// recipe says.
func (r recipe) installsDriver() bool { return r.config("driver_source") != "image" }

func (d *draft) setDriver() {
	if source, ok := d.value(configSubtype, "driver_source"); ok {
		d.take(driverEnabledPath, d.recipe.installsDriver(), source)
	}
	d.takeOption("hostPaths.driverInstallDir", "driver_install_dir")
	if !d.recipe.installsDriver() {
		return // the settings below are about the operator's driver container
	}
	if version, ok := d.value(imageSubtype, "driver"); ok {
		// Written even where it is the default, so that a new driver shows as one
		// changed line.
		d.values.set(driverVersionPath, version.Value, version.Context)
	}
	if open, ok := d.value(configSubtype, "use_open_kernel_module"); ok {
		kind := map[bool]string{true: "open", false: "auto"}[open.Value == true]
		d.take("driver.kernelModuleType", kind, open)
	}
	d.takeOption("gds.enabled", "gds")
	d.takeOption("gdrcopy.enabled", "gdrcopy")
	if params, ok := d.value(configSubtype, kernelParamsKey); ok && !d.hasOwnModuleConfig() {
		d.addKernelModuleParams(params)
	}
	if d.recipe.usesPeerMemory() {
		d.setRDMA()
	}
}

const moduleConfigPath = "driver.kernelModuleConfig.name"

// hasOwnModuleConfig reports whether an override names another ConfigMap for the
// parameters of the driver's modules.
func (d *draft) hasOwnModuleConfig() bool {
	name, overridden := lookup(d.overrides, moduleConfigPath)
	return covers(d.overrides, moduleConfigPath) && (!overridden || name != kernelModuleParams)
}

// usesPeerMemory reports whether the operator's driver container loads the
// peer-memory module, which Mellanox NICs alone use.
func (r recipe) usesPeerMemory() bool {
	return r.installsDriver() && r.flag("rdma") && r.onMellanoxFabric()
}

func (d *draft) setRDMA() {
	d.takeOption("driver.rdma.enabled", "rdma")
	if host, ok := d.value(networkSubtype, "use_host_mofed"); ok {
		d.take("driver.rdma.useHostMofed", host.Value, host)
	}
}

func (d *draft) setToolkit() {
	if source, ok := d.value(configSubtype, "toolkit_source"); ok {
		d.take("toolkit.enabled", source.Value != "image", source)
	}
	d.takeOption("toolkit.installDir", "toolkit_install_dir")
	if source, ok := d.value(configSubtype, "toolkit_runtime_config_source"); ok {
		d.take("toolkit.env", env("RUNTIME_CONFIG_SOURCE", source.Value), source)
	}
}

// env is a list with one environment variable, as the chart takes it.
func env(name string, value any) []any {
	return []any{map[string]any{"name": name, "value": value}}
}

func (d *draft) setMIG() {
	d.takeOption("mig.strategy", "mig_strategy")
	d.takeOption("migManager.enabled", "mig")
	if d.recipe.flag("mig") && d.recipe.flag("mig_with_reboot") {
		reboot, _ := d.value(configSubtype, "mig_with_reboot")
		d.take("migManager.env", env("WITH_REBOOT", "true"), reboot)
	}
}

// setConfidentialComputing sets up confidential containers: with Kata managed by
// the operator up to v25.10, beside it since v26.3.
func (d *draft) setConfidentialComputing() {
	cc, ok := d.recipe.value(configSubtype, "confidential_computing")
	if !ok || cc.Value != true {
		return
	}
	d.take("sandboxWorkloads.enabled", true, cc.because("Confidential containers run in virtual machines."))
	d.take("nfd.nodefeaturerules", true, cc.because("Labels the nodes whose CPUs support confidential virtual machines."))
	d.take("ccManager.enabled", true, cc.because("Switches the confidential mode of the GPUs."))
	d.take("ccManager.defaultMode", "on", cc.because("A string: the chart takes on, off or devtools."))
	if d.releaseBefore("26.3") {
		d.take("kataManager.enabled", true, cc.because("Installs the Kata runtime classes."))
		return
	}
	d.take("sandboxWorkloads.mode", "kata", cc.because("Containers in Kata virtual machines; install Kata with its own chart."))
}

// rendersNullValidator reports whether the release is one of those whose
// default environment of the validator is empty and rendered as a null.
func (d *draft) rendersNullValidator() bool {
	return slices.Contains([]string{"v25.3.3", "v25.3.4"}, d.release.Version)
}

// setReleaseQuirks works around defaults of single releases.
func (d *draft) setReleaseQuirks() {
	if d.rendersNullValidator() {
		d.set("validator.plugin.env", env("WITH_WORKLOAD", "false"),
			"Without it this release renders a null that server-side apply refuses.")
	}
	if d.releaseBefore("25.10") && d.recipe.Request.Service == "gke" && d.recipe.flag("cdi") {
		d.set("cdi.default", true, "On GKE, releases before v25.10 give pods GPUs through CDI only if it is the default.")
	}
	if on, _ := d.release.Default("dcgmExporter.serviceMonitor.enabled"); on == true {
		d.set("dcgmExporter.serviceMonitor.enabled", false,
			"On by default in this release, but a ServiceMonitor needs the Prometheus operator's definitions.")
	}
}
