// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"k8s.io/client-go/rest"
)

// Names of the collectors that ask the API server.
const (
	KubernetesServer = "K8s/server"
	KubernetesImage  = "K8s/image"
	KubernetesPolicy = "K8s/policy"
	KubernetesNode   = "K8s/node"
)

// Connect returns a client of the API server, for requests to any path. It is
// called by every collector, so that it may connect on first use.
type Connect func() (rest.Interface, error)

// KubernetesOptions narrow what is asked of the API server.
type KubernetesOptions struct {
	// Namespaces whose pods are looked at; none means all.
	Namespaces []string
	// NodeSelector is a label selector. With it, K8s/node tells of the nodes
	// that it selects, and without it of the GPU nodes.
	NodeSelector string
	// GPUInstanceType tells whether an instance type has NVIDIA GPUs. Nodes
	// carry no label that says so before the GPU operator runs. It may be nil.
	GPUInstanceType func(string) bool
}

// Kubernetes returns the collectors that ask the API server.
func Kubernetes(connect Connect, o KubernetesOptions) []Collector {
	return []Collector{
		serverCollector(connect),
		imageCollector(connect, o.Namespaces),
		policyCollector(connect),
		nodeCollector(connect, o),
	}
}
