// SPDX-License-Identifier: Apache-2.0

package bundle

// Keys that more than one bundler reads.

func versionKey() recipeKey {
	return recipeKey{subtype: serverSubtype, name: "version", about: "The cluster's Kubernetes version, which the release must support."}
}

func rdmaKey() recipeKey {
	return recipeKey{subtype: configSubtype, name: "rdma", flag: true, about: "GPUDirect RDMA: NICs read and write GPU memory without a copy."}
}

// sources are who can bring the driver or the toolkit.
func sources() []string { return []string{"operator", "image"} }

func driverSourceKey() recipeKey {
	return recipeKey{
		subtype: configSubtype, name: "driver_source", oneOf: sources(),
		about: "Whether the operator installs the driver or the node image brings it.",
	}
}

func driverInstallDirKey() recipeKey {
	return recipeKey{
		subtype: configSubtype, name: "driver_install_dir", form: isHostDirectory,
		about: "The directory on the nodes that holds the driver, whoever installs it.",
	}
}

func criticalPodQuotaKey() recipeKey {
	return recipeKey{
		subtype: configSubtype, name: "critical_pod_quota", flag: true,
		about: "A quota for pods of the critical priority classes, which GKE refuses where none allows them.",
	}
}

func fabricKey() recipeKey {
	return recipeKey{
		subtype: networkSubtype, name: "fabric", oneOf: []string{efa, infiniband, roce, "gpudirect", "none"},
		about: "What joins the GPUs of different nodes.",
	}
}

func hostMOFEDKey() recipeKey {
	return recipeKey{subtype: networkSubtype, name: "use_host_mofed", flag: true, about: "Whether the network driver is installed on the host."}
}

func (k imageKey) recipeKey() recipeKey {
	return recipeKey{subtype: imageSubtype, name: k.key, about: "The image tag of " + k.title + ", which the release fixes."}
}
