// SPDX-License-Identifier: Apache-2.0

package bundle

// confidentialNotes are what confidential containers need besides the values:
// Kata from v26.3 on, before which the operator installed it, and a label that
// says which nodes run virtual machines.
func confidentialNotes(d *draft) []note {
	if !d.recipe.flag("confidential_computing") {
		return nil
	}
	var notes []note
	if !d.releaseBefore("26.3") {
		notes = append(notes, note{
			"Kata Containers", "Confidential containers run in Kata's virtual machines. Install Kata with its own chart; the GPU Operator brings Node Feature Discovery.",
			"helm upgrade --install kata-deploy oci://ghcr.io/kata-containers/kata-deploy-charts/kata-deploy \\\n" +
				"  --version VERSION --namespace kata-system --create-namespace --set nfd.enabled=false --wait",
		})
	}
	return append(notes, confidentialNodes(d))
}

func confidentialNodes(d *draft) note {
	const mode = "GPUs are switched to the confidential mode of ccManager.defaultMode; the node label nvidia.com/cc.mode (on, off or ppcie) says otherwise for one node. " +
		"The nodes' CPUs must support AMD SEV-SNP or Intel TDX."
	if d.textAt("sandboxWorkloads.defaultWorkload") == "vm-passthrough" {
		return note{Title: "Confidential nodes", Text: "All GPU nodes are set up for virtual machines. " + mode}
	}
	return note{
		"Confidential nodes",
		"Only nodes with this label are set up for virtual machines; for all nodes, override sandboxWorkloads.defaultWorkload with vm-passthrough. " + mode,
		"kubectl label node NODE --overwrite nvidia.com/gpu.workload.config=vm-passthrough",
	}
}
