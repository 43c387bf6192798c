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
		crds:      []string{"clusterpolicies.nvidia.com", "nvidiadrivers.nvidia.com"},
		ready:     gpuOperatorReady,
		notes:     gpuOperatorNotes,
	}
}

// gpuOperatorReady is the ClusterPolicy, unless the chart is told to make none.
func gpuOperatorReady(d *draft) string {
	if d.hasFacts && d.policy == nil {
		return ""
	}
	return "clusterpolicies.nvidia.com/cluster-policy"
}

// sources are who can bring the driver or the toolkit.
func sources() []string { return []string{"operator", "image"} }

func gpuOperatorKeys() []recipeKey {
	return []recipeKey{
		{subtype: configSubtype, name: "mig", flag: true},
		{subtype: configSubtype, name: "mig_strategy", oneOf: []string{"none", "single", "mixed"}},
		{subtype: configSubtype, name: "mig_profile", label: true},
		{subtype: configSubtype, name: "mig_with_reboot", flag: true},
		{subtype: configSubtype, name: "cdi", flag: true},
		{subtype: configSubtype, name: "rdma", flag: true},
		{subtype: configSubtype, name: "gds", flag: true},
		{subtype: configSubtype, name: "gdrcopy", flag: true},
		{subtype: configSubtype, name: "secure_boot", flag: true},
		{subtype: configSubtype, name: "vgpu", flag: true},
		{subtype: configSubtype, name: "confidential_computing", flag: true},
		{subtype: configSubtype, name: "use_open_kernel_module", flag: true},
		{subtype: configSubtype, name: "driver_source", oneOf: sources()},
		{subtype: configSubtype, name: "toolkit_source", oneOf: sources()},
		{subtype: configSubtype, name: "driver_install_dir"},
		{subtype: configSubtype, name: "toolkit_install_dir"},
		{subtype: configSubtype, name: "toolkit_runtime_config_source"},
		{subtype: configSubtype, name: "runtime_class"},
		{subtype: configSubtype, name: "kernel_module_params"},
		criticalPodQuotaKey(),
		{subtype: imageSubtype, name: "driver"},
		{subtype: networkSubtype, name: "use_host_mofed", flag: true},
		{subtype: networkSubtype, name: "fabric", oneOf: fabrics()},
	}
}

// gpuOperatorImages lists the operands whose tags belong to the release. The
// driver is not among them: its container is published for many versions.
func gpuOperatorImages() []imageKey {
	return []imageKey{
		{key: "container-toolkit", image: "toolkit", paths: []string{"toolkit.version"}},
		{key: "k8s-device-plugin", image: "devicePlugin", paths: []string{"devicePlugin.version", "gfd.version"}},
		{key: "dcgm", image: "dcgm", paths: []string{"dcgm.version"}},
		{key: "dcgm-exporter", image: "dcgmExporter", paths: []string{"dcgmExporter.version"}},
		{key: "k8s-driver-manager", image: "driver.manager", paths: []string{
			"driver.manager.version", "vfioManager.driverManager.version", "vgpuManager.driverManager.version",
		}},
		{key: "k8s-mig-manager", image: "migManager", paths: []string{"migManager.version"}},
		{key: "gdrdrv", image: "gdrcopy", paths: []string{"gdrcopy.version"}},
		{key: "nvidia-fs", image: "gds", paths: []string{"gds.version"}},
	}
}

func buildGPUOperator(d *draft) error {
	d.addNamespace()
	d.setImageTags()
	d.setDriver()
	d.setToolkit()
	d.setMIG()
	d.setConfidentialComputing()
	d.setReleaseQuirks()
	r := d.recipe
	if cdi, ok := r.value(configSubtype, "cdi"); ok {
		d.take("cdi.enabled", cdi.Value, cdi, "Whether containers get GPUs through the Container Device Interface.")
	}
	if class, ok := r.value(configSubtype, "runtime_class"); ok {
		d.take("operator.runtimeClass", class.Value, class, "The RuntimeClass that the node image's container runtime is set up for.")
	}
	d.addCriticalPodQuota()
	return nil
}

// setImageTags writes the tags of the recipe that are not the release's own.
func (d *draft) setImageTags() {
	for _, image := range d.images {
		if tag, ok := d.recipe.value(imageSubtype, image.key); ok {
			for _, path := range image.paths {
				d.take(path, tag.Value, tag, "Pinned by the recipe.")
			}
		}
	}
}

// installsDriver reports whether the operator brings the driver, as far as the
// recipe says.
func (r recipe) installsDriver() bool { return r.config("driver_source") != "image" }

func (d *draft) setDriver() {
	r := d.recipe
	if source, ok := r.value(configSubtype, "driver_source"); ok {
		d.take("driver.enabled", r.installsDriver(), source, "Whether the operator installs the driver or the node image brings it.")
	}
	if dir, ok := r.value(configSubtype, "driver_install_dir"); ok {
		d.take("hostPaths.driverInstallDir", dir.Value, dir, "Where the node image keeps the driver.")
	}
	if !r.installsDriver() {
		return // the settings below are about the operator's driver container
	}
	if version, ok := r.value(imageSubtype, "driver"); ok {
		// Written even where it is the default, so that a new driver shows as one
		// changed line.
		reason := version.Context
		if reason == "" {
			reason = "The driver that the operator installs."
		}
		d.values.set("driver.version", version.Value, reason)
	}
	if open, ok := r.value(configSubtype, "use_open_kernel_module"); ok {
		kind := map[bool]string{true: "open", false: "auto"}[open.Value == true]
		d.take("driver.kernelModuleType", kind, open, "The kind of kernel modules: the open ones, or what the driver picks for the GPU.")
	}
	if gds, ok := r.value(configSubtype, "gds"); ok {
		d.take("gds.enabled", gds.Value, gds, "GPUDirect Storage: files go straight into GPU memory.")
	}
	if gdrcopy, ok := r.value(configSubtype, "gdrcopy"); ok {
		d.take("gdrcopy.enabled", gdrcopy.Value, gdrcopy, "GDRCopy: small copies to and from GPU memory with low latency.")
	}
	if params, ok := r.value(configSubtype, "kernel_module_params"); ok {
		d.addKernelModuleParams(params)
	}
	d.setRDMA()
}

// setRDMA turns on the peer-memory module, which Mellanox NICs alone use.
func (d *draft) setRDMA() {
	rdma, ok := d.recipe.value(configSubtype, "rdma")
	if !ok || rdma.Value != true || !d.recipe.onMellanoxFabric() {
		return
	}
	d.take("driver.rdma.enabled", true, rdma, "GPUDirect RDMA over Mellanox NICs.")
	if host, ok := d.recipe.value(networkSubtype, "use_host_mofed"); ok {
		d.take("driver.rdma.useHostMofed", host.Value, host, "Whether the network driver is installed on the host.")
	}
}

func (d *draft) setToolkit() {
	r := d.recipe
	if source, ok := r.value(configSubtype, "toolkit_source"); ok {
		d.take("toolkit.enabled", r.config("toolkit_source") != "image", source, "Whether the operator installs the container toolkit or the node image brings it.")
	}
	if dir, ok := r.value(configSubtype, "toolkit_install_dir"); ok {
		d.take("toolkit.installDir", dir.Value, dir, "Where the node image lets the toolkit be installed.")
	}
	if source, ok := r.value(configSubtype, "toolkit_runtime_config_source"); ok {
		d.take("toolkit.env", env("RUNTIME_CONFIG_SOURCE", source.Value), source, "Where the toolkit reads the container runtime's configuration from.")
	}
}

// env is a list with one environment variable, as the chart takes it.
func env(name string, value any) []any {
	return []any{map[string]any{"name": name, "value": value}}
}

func (d *draft) setMIG() {
	r := d.recipe
	strategy, hasStrategy := r.value(configSubtype, "mig_strategy")
	if hasStrategy {
		d.take("mig.strategy", strategy.Value, strategy, "How MIG devices are named as resources.")
	}
	mig, ok := r.value(configSubtype, "mig")
	if !ok {
		return
	}
	d.take("migManager.enabled", mig.Value, mig, "Whether GPUs are partitioned by the node label nvidia.com/mig.config.")
	if reboot, ok := r.value(configSubtype, "mig_with_reboot"); ok && reboot.Value == true && mig.Value == true {
		d.take("migManager.env", env("WITH_REBOOT", "true"), reboot, "Virtual machines of cloud providers switch MIG mode only with a reboot.")
	}
}

// setConfidentialComputing sets up confidential containers: with Kata managed by
// the operator up to v25.10, beside it since v26.3.
func (d *draft) setConfidentialComputing() {
	cc, ok := d.recipe.value(configSubtype, "confidential_computing")
	if !ok || cc.Value != true {
		return
	}
	d.take("sandboxWorkloads.enabled", true, cc, "Confidential containers run in virtual machines.")
	d.take("nfd.nodefeaturerules", true, cc, "Labels the nodes whose CPUs support confidential virtual machines.")
	d.take("ccManager.enabled", true, cc, "Switches the confidential mode of the GPUs.")
	d.take("ccManager.defaultMode", "on", cc, "A string: the chart takes on, off or devtools.")
	if d.releaseBefore("26.3") {
		d.take("kataManager.enabled", true, cc, "Installs the Kata runtime classes.")
		return
	}
	d.take("sandboxWorkloads.mode", "kata", cc, "Containers in Kata virtual machines; install Kata with its own chart.")
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
