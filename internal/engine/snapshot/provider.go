// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const selfManaged = "self-managed"

// managedService is a cloud's managed Kubernetes service, and how its nodes are
// told from nodes of a cluster that somebody runs on the cloud's machines.
type managedService struct {
	name          string
	labelPrefixes []string
	kubelet       *regexp.Regexp // nil where the service runs upstream's
}

// eksKubelet matches v1.33.5-eks-3025e55, but not the versions of EKS Distro,
// which anybody can run: v1.30.2-eks-1-30-8.
var eksKubelet = regexp.MustCompile(`-eks-[0-9a-f]+$`)

// managedServices returns the services by the scheme of the cloud's provider
// IDs.
func managedServices() map[string]managedService {
	return map[string]managedService{
		"aws":   {name: "eks", labelPrefixes: []string{"eks.amazonaws.com/"}, kubelet: eksKubelet},
		"gce":   {name: "gke", labelPrefixes: []string{"cloud.google.com/gke-nodepool"}},
		"azure": {name: "aks", labelPrefixes: []string{"kubernetes.azure.com/"}},
		"oci":   {name: "oke", labelPrefixes: []string{"oci.oraclecloud.com/oke-", "oke.oraclecloud.com/"}},
	}
}

// provider returns the service that runs a node's cluster: eks, gke, aks, oke
// or self-managed. Of a cloud that is not known here it returns the scheme of
// the provider ID, since who runs a cluster there is not known either.
func provider(node *corev1.Node) string {
	scheme := cloud(node.Spec.ProviderID)
	if service, ok := managedServices()[scheme]; ok {
		if service.runs(node) {
			return service.name
		}
		return selfManaged
	}
	switch scheme {
	case "", "kind", "k3s", "metal3", "openstack", "vsphere": // no one's service
		return selfManaged
	}
	return scheme
}

// cloud returns the scheme of a provider ID. Oracle's IDs may come without one.
func cloud(providerID string) string {
	if strings.HasPrefix(providerID, "ocid1.") {
		return "oci"
	}
	scheme, _, found := strings.Cut(providerID, "://")
	if !found {
		return ""
	}
	return scheme
}

func (s managedService) runs(node *corev1.Node) bool {
	if s.kubelet != nil && s.kubelet.MatchString(node.Status.NodeInfo.KubeletVersion) {
		return true
	}
	for label := range node.Labels {
		if slices.ContainsFunc(s.labelPrefixes, func(prefix string) bool { return strings.HasPrefix(label, prefix) }) {
			return true
		}
	}
	return false
}
