// SPDX-License-Identifier: Apache-2.0

package bundle

// kernelParamsKey holds options of the kernel module nvidia.
const kernelParamsKey = "kernel_module_params"

func gpuOperatorKeys() []recipeKey {
	option := func(name, about string) recipeKey { return recipeKey{subtype: configSubtype, name: name, about: about} }
	flag := func(name, about string) recipeKey {
		return recipeKey{subtype: configSubtype, name: name, about: about, flag: true}
	}
	return []recipeKey{
		flag("mig", "Whether GPUs are partitioned by the node label nvidia.com/mig.config."),
		{
			subtype: configSubtype, name: "mig_strategy", oneOf: []string{"none", "single", "mixed"},
			about: "How MIG devices are named as resources.",
		},
		{subtype: configSubtype, name: "mig_profile", form: isLabelValue, about: "The partitioning that nodes are to be labelled with."},
		flag("mig_with_reboot", "Whether nodes reboot to switch MIG mode, as virtual machines of cloud providers must."),
		flag("cdi", "Whether containers get GPUs through the Container Device Interface."),
		rdmaKey(),
		flag("gds", "GPUDirect Storage: files go straight into GPU memory."),
		flag("gdrcopy", "GDRCopy: small copies to and from GPU memory with low latency."),
		flag("secure_boot", "Whether the nodes boot with Secure Boot, which loads signed kernel modules only."),
		flag("vgpu", "Whether the nodes' GPUs are virtual ones of NVIDIA vGPU."),
		flag("confidential_computing", "Confidential containers: virtual machines with GPUs in confidential mode."),
		flag("use_open_kernel_module", "Whether the driver has its open kernel modules, or picks those that suit the GPU."),
		driverSourceKey(),
		{
			subtype: configSubtype, name: "toolkit_source", oneOf: sources(),
			about: "Whether the operator installs the container toolkit or the node image brings it.",
		},
		driverInstallDirKey(),
		{
			subtype: configSubtype, name: "toolkit_install_dir", form: isHostDirectory,
			about: "The directory on the nodes that the toolkit is installed into.",
		},
		option("toolkit_runtime_config_source", "Where the toolkit reads the container runtime's configuration from."),
		option("runtime_class", "The RuntimeClass that the node image's container runtime is set up for."),
		{
			subtype: configSubtype, name: kernelParamsKey, form: areModuleParameters,
			about: "Options with which the driver container loads the module nvidia: NAME=VALUE, divided by blanks.",
		},
		criticalPodQuotaKey(),
		{subtype: imageSubtype, name: "driver", about: "The driver that the operator installs."},
		hostMOFEDKey(),
		fabricKey(),
	}
}

// gpuOperatorImages lists the operands whose tags belong to the release. The
// driver is not among them: its container is published for many versions.
func gpuOperatorImages() []imageKey {
	return []imageKey{
		{key: "container-toolkit", title: "the container toolkit", image: "toolkit", paths: []string{"toolkit.version"}},
		{key: "k8s-device-plugin", title: "the device plugin", image: "devicePlugin", paths: []string{"devicePlugin.version", "gfd.version"}},
		{key: "dcgm", title: "NVIDIA DCGM", image: "dcgm", paths: []string{"dcgm.version"}},
		{key: "dcgm-exporter", title: "the DCGM exporter", image: "dcgmExporter", paths: []string{"dcgmExporter.version"}},
		{key: "k8s-driver-manager", title: "the driver manager", image: "driver.manager", paths: []string{
			"driver.manager.version", "vfioManager.driverManager.version", "vgpuManager.driverManager.version",
		}},
		{key: "k8s-mig-manager", title: "the MIG manager", image: "migManager", paths: []string{"migManager.version"}},
		{key: "gdrdrv", title: "the GDRCopy driver", image: "gdrcopy", paths: []string{"gdrcopy.version"}},
		{key: "nvidia-fs", title: "the GPUDirect Storage driver", image: "gds", paths: []string{"gds.version"}},
	}
}
