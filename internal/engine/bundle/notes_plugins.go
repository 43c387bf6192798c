// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

func draDriverNotes(d *draft) []note {
	notes := []note{{
		Title: "Upgrades",
		Text:  "Helm installs the chart's definitions once and never upgrades them. Before you move to another release, apply those of the new one.",
		Command: fmt.Sprintf("helm show crds %s --repo %s --version %s |\n  kubectl apply --server-side --force-conflicts --filename -",
			shellWord(d.name), shellWord(d.release.Repository), shellWord(d.version)),
	}}
	if !slices.Contains(d.beside, gpuOperatorName) {
		notes = append(notes, note{
			Title: "GPU nodes",
			Text:  "This bundle has no GPU Operator. The driver's pods run on nodes that Node Feature Discovery labels as having a GPU, or that have the label nvidia.com/gpu.present=true.",
		})
	}
	return notes
}

func efaPluginNotes(d *draft) []note {
	return []note{
		{
			Title: "Nodes",
			Text: "The nodes need EFA interfaces, which are chosen when a node group is created, and a security group that lets them talk to each other. " +
				"Pods ask for interfaces with the resource vpc.amazonaws.com/efa. The plugin does not run on nodes of EKS Auto Mode.",
		},
		{
			Title: "Image",
			Text: fmt.Sprintf("The chart takes its image from the repository %s, whatever the cluster's region. "+
				"In China and GovCloud, override image.repository with the one that AWS names for the region.", d.textAt("image.repository")),
		},
	}
}
