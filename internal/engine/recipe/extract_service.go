// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func (x extractor) service() []clue {
	suffix := x.read(measurement.K8s, "server", "version")
	suffix.value = x.known("service", serviceOfVersion(suffix.said))
	return []clue{
		x.enumerated("service", measurement.K8s, "node", "provider"),
		suffix,
		x.serviceImage(),
	}
}

// serviceOfVersion recognises the suffixes that EKS and GKE give their
// Kubernetes versions. The other services use upstream versions.
func serviceOfVersion(version string) string {
	switch {
	case strings.Contains(version, "-eks-"):
		return "eks"
	case strings.Contains(version, "-gke"):
		return "gke"
	default:
		return ""
	}
}

// serviceImage looks for an image that only one service runs.
func (x extractor) serviceImage() clue {
	none := clue{source: "K8s/image"}
	images := x.list.Subtype(measurement.K8s, "image")
	if images == nil {
		return none
	}
	for _, name := range slices.Sorted(maps.Keys(images.Data)) {
		tag := images.Data[name].String()
		if service := x.known("service", serviceOfImage(name, tag)); service != "" {
			return clue{source: "K8s/image/" + name, said: tag, value: service}
		}
	}
	none.said = "no image of a known service"
	return none
}

// serviceOfImage recognises parts of the services' own control planes and node
// images. Drivers that are also installed elsewhere are left out on purpose.
func serviceOfImage(name, tag string) string {
	switch {
	case strings.Contains(tag, "-eksbuild."):
		return "eks"
	case strings.Contains(tag, "-gke."), name == "gke-metrics-agent", name == "gke-metadata-server":
		return "gke"
	case name == "azure-cns", name == "azure-cloud-node-manager", name == "azuredisk-csi":
		return "aks"
	case name == "cloud-provider-oci", name == "oke-native-pod-networking":
		return "oke"
	default:
		return ""
	}
}
