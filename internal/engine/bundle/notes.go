// SPDX-License-Identifier: Apache-2.0

package bundle

import "slices"

// note is a paragraph of a README about what values cannot do.
type note struct{ Title, Text, Command string }

func gpuOperatorNotes(d *draft) []note {
	return slices.Concat(gkeNotes(d), aksNotes(d), okeNotes(d), driverNotes(d), migNotes(d), confidentialNotes(d))
}

func gkeNotes(d *draft) []note {
	if d.recipe.Request.Service != "gke" {
		return nil
	}
	flags := "gcloud container node-pools create POOL --cluster CLUSTER --machine-type TYPE \\\n" +
		"  --accelerator type=ACCELERATOR,count=COUNT,gpu-driver-version=disabled \\\n" +
		"  --node-labels gke-no-default-nvidia-gpu-device-plugin=true"
	notes := []note{{
		"Node pools", "Google's own device plugin and driver installation must be off on the node pool. Autopilot clusters are not supported.", flags,
	}}
	if !d.installsDriver() {
		notes = append(notes, gkeDriverNote(d.recipe.Request.OS))
	}
	return notes
}

// gkeDriverNote names the manifest in Google's repository that installs the
// driver which the node image brings.
func gkeDriverNote(os string) note {
	const installers = "https://raw.githubusercontent.com/GoogleCloudPlatform/container-engine-accelerators/master/"
	n := note{Title: "Driver", Text: "The driver comes from Google's installer DaemonSet, which you apply for the node image before the operator."}
	switch os {
	case "cos":
		n.Command = "kubectl apply -f " + installers + "nvidia-driver-installer/cos/daemonset-preloaded.yaml"
	case "ubuntu":
		n.Command = "kubectl apply -f " + installers + "nvidia-driver-installer/ubuntu/daemonset-preloaded.yaml"
	}
	return n
}

func aksNotes(d *draft) []note {
	if d.recipe.Request.Service != "aks" || !d.installsDriver() {
		return nil
	}
	return []note{{
		"Node pools", "AKS must leave the driver to the operator. This needs the Azure CLI 2.72.2 or later.",
		"az aks nodepool add --resource-group GROUP --cluster-name CLUSTER --name POOL --node-vm-size SIZE --gpu-driver none",
	}}
}

func okeNotes(d *draft) []note {
	if d.recipe.Request.Service != "oke" {
		return nil
	}
	return []note{{Title: "Add-on", Text: "Turn off the cluster add-on NvidiaGpuPlugin: it would run a second device plugin."}}
}

func driverNotes(d *draft) []note {
	gpu := d.recipe.Request.GPU
	if d.installsDriver() || gpu != "" && !nvSwitched(gpu) {
		return nil
	}
	services := "Fabric Manager"
	if gpu == "" || gpu == "b200" {
		services += " (on B200 also NVLSM)"
	}
	return []note{{
		Title: "Fabric Manager",
		Text:  "The node image brings the driver. On machines with NVSwitch it must also run " + services + " of the same version, or no CUDA program starts.",
	}}
}

func migNotes(d *draft) []note {
	profile := d.recipe.config("mig_profile")
	if !d.wantsMIG() || profile == "" {
		return nil
	}
	return []note{{
		"MIG", "The partitioning of a node is a node label. Drain the node first where pods use its GPUs.",
		"kubectl label node NODE --overwrite " + shellWord("nvidia.com/mig.config="+profile),
	}}
}

// fetchesSchemas is the release of the Network Operator whose sub-chart's values
// schema refers to others by address; later ones hold them.
const fetchesSchemas = "25.10.0"

func networkOperatorNotes(d *draft) []note {
	var notes []note
	if d.isOn("nfd.enabled") {
		notes = append(notes, note{
			Title: "Node Feature Discovery",
			Text:  "This bundle has no GPU Operator, so the chart installs Node Feature Discovery. Set nfd.enabled to false if the cluster has it already.",
		})
	}
	if d.recipe.Request.Service == "aks" {
		notes = append(notes, note{
			Title: "Node pools", Text: "Only ND sizes have InfiniBand; on NC sizes set rdma and deploy_ofed to false in the recipe and leave this component out.",
		})
	}
	notes = append(notes, addressNotes(d)...)
	if d.version == fetchesSchemas {
		notes = append(notes, note{
			Title: "Without internet access",
			Text: "To check values, Helm fetches schemas that this release names by their address at raw.githubusercontent.com. " +
				"Where Helm cannot reach it, scripts/install.sh fails: install by hand as shown below, with --skip-schema-validation added to the helm command (Helm 3.16 or later).",
		})
	}
	return notes
}

// addressNotes are about a secondary network for which the recipe names no
// range, so that neither an address pool nor a network is rendered.
func addressNotes(d *draft) []note {
	if !d.needsSecondaryNetwork() || d.recipe.text(networkSubtype, "ip_range") != "" {
		return nil
	}
	text := "Pods reach the RDMA ports through a secondary network, and the recipe names no addresses for it: this bundle has no IPPool and no network. " +
		"Set " + recipePath(networkSubtype, "ip_range") + " in an overlay to a range that nothing else uses, such as 192.168.128.0/18"
	if !d.recipe.usesSRIOV() {
		text += ", and " + recipePath(networkSubtype, "master_interface") + " to the nodes' interface"
	}
	return []note{{Title: "Addresses", Text: text + "; or apply objects of your own."}}
}
