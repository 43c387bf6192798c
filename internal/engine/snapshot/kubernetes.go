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
	// Catalog reads the marks of nodes. Without one, a node tells neither its
	// provider nor, unless labels do, its operating system and GPUs.
	Catalog Catalog
}

// Catalog is what is known of clouds, operating systems and GPUs.
type Catalog interface {
	// GPUInstanceType reports whether an instance type has NVIDIA GPUs. Nodes
	// carry no label that says so before the GPU operator runs.
	GPUInstanceType(name string) bool
	// Provider returns the service that runs the cluster of a node with this
	// provider ID, kubelet version and labels.
	Provider(id, kubelet string, labels map[string]string) string
	// ImageRelease returns the ID and VERSION_ID of os-release of a node whose
	// osImage this is, "" for what it does not tell.
	ImageRelease(osImage string) (id, version string)
}

// unknown is the catalogue of those who have none.
type unknown struct{}

func (unknown) GPUInstanceType(string) bool { return false }

func (unknown) Provider(string, string, map[string]string) string { return "" }

func (unknown) ImageRelease(string) (id, version string) { return "", "" }

// Kubernetes returns the collectors that ask the API server.
func Kubernetes(client *cluster.Client, o KubernetesOptions) []Collector {
	if o.Catalog == nil {
		o.Catalog = unknown{}
	}
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
