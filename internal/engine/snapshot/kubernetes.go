// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Names of the collectors that ask the API server.
const (
	KubernetesServer = "K8s/server"
	KubernetesImage  = "K8s/image"
	KubernetesPolicy = "K8s/policy"
	KubernetesNode   = "K8s/node"
)

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
func Kubernetes(client *cluster.Client, o KubernetesOptions) []Collector {
	return []Collector{
		serverCollector(client),
		imageCollector(client, o.Namespaces),
		policyCollector(client),
		nodeCollector(client, o),
	}
}

// getJSON returns what the server answers to a path. An error holds the server's
// own message.
func getJSON(ctx context.Context, c *cluster.Connection, path string) ([]byte, error) {
	result := c.REST.Get().AbsPath(path).SetHeader("Accept", "application/json").Do(ctx)
	if err := result.Error(); err != nil { // Raw returns it without the message
		return nil, err
	}
	return result.Raw()
}
