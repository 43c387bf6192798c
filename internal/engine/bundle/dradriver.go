// SPDX-License-Identifier: Apache-2.0

package bundle

import "slices"

const draDriverName = "nvidia-dra-driver-gpu"

func draDriver() *bundler {
	return &bundler{
		name:     draDriverName,
		title:    "NVIDIA DRA Driver for GPUs",
		requires: []string{gpuOperatorName},
		keys: []recipeKey{
			{subtype: configSubtype, name: "compute_domains", flag: true, about: "Whether pods share GPU memory between nodes through NVLink, in the driver's ComputeDomains."},
			driverSourceKey(), driverInstallDirKey(), criticalPodQuotaKey(),
		},
		needed:    func(r recipe) bool { return r.flag("compute_domains") },
		build:     buildDRADriver,
		crds:      draDriverCRDs,
		workloads: []string{"deployment", "daemonset"},
		notes:     draDriverNotes,
	}
}

func buildDRADriver(d *draft) error {
	d.addNamespace()
	d.addCriticalPodQuota()
	d.setDriverRoot()
	d.set("resources.gpus.enabled", false, "GPUs stay with the GPU Operator's device plugin; the chart refuses to take them from it.")
	d.set("kubeletPlugin.tolerations", gpuTolerations(), "GPU nodes often have this taint, which the GPU Operator's pods tolerate too.")
	if d.recipe.hidesControlPlane() {
		d.set("controller.affinity.nodeAffinity", nil,
			"The chart's default asks for a control-plane node, and a managed service shows none. A null takes the default away.")
	}
	return nil
}

// operatorDriverRoot is where the GPU Operator mounts the driver that it
// installs.
const operatorDriverRoot = "/run/nvidia/driver"

const driverRootPath = "nvidiaDriverRoot"

// setDriverRoot says where the driver's files are, which depends on who
// installs it; the chart's default is the root of the host.
func (d *draft) setDriverRoot() {
	if dir, ok := lookup(d.peers[gpuOperatorName], "hostPaths.driverInstallDir"); ok {
		d.set(driverRootPath, dir, "Where an override of gpu-operator puts the driver.")
		return
	}
	if d.recipe.config("driver_install_dir") != "" {
		d.takeOption(driverRootPath, "driver_install_dir")
		return
	}
	if d.operatorInstallsDriver() {
		d.set(driverRootPath, operatorDriverRoot, "Where the GPU Operator mounts the driver that it installs.")
	}
}

// operatorInstallsDriver reports whether the GPU Operator brings the driver, as
// far as the recipe and the overrides of gpu-operator say.
func (d *draft) operatorInstallsDriver() bool {
	if enabled, ok := lookup(d.peers[gpuOperatorName], driverEnabledPath); ok {
		return enabled != false
	}
	return d.recipe.installsDriver()
}

// hidesControlPlane reports whether the cluster has no control-plane nodes: a
// managed service runs them out of sight.
func (r recipe) hidesControlPlane() bool {
	return slices.Contains([]string{"aks", "eks", "gke", "oke"}, r.Request.Service)
}

// gpuTaint is the taint that the GPU Operator's pods tolerate by default.
const gpuTaint = "nvidia.com/gpu"

func gpuTolerations() []any {
	return []any{map[string]any{"key": gpuTaint, "operator": "Exists", "effect": "NoSchedule"}}
}
