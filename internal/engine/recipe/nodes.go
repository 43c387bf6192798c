// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// NodeTable says what the marks of nodes mean.
type NodeTable struct {
	Distributions []Distribution
	// Labels maps labels of nodes to the keys of K8s/node under which snapshots
	// keep their values.
	Labels map[string]string
	// Pools are labels whose value names the pool of a node, the first that a node
	// has.
	Pools []string
	// Passing are taints that come and go with the state of a node, by their keys or
	// what these begin with; Tolerated are those that every component tolerates
	// anyway.
	Passing, Tolerated []string
}

// Distribution says by which marks a distribution of Kubernetes, or a kind of
// managed nodes, is recognized: each mark alone is enough.
type Distribution struct {
	Distribution string
	ProviderIDs  []string `yaml:"providerIDs"` // parts of them
	Kubelet      []string // parts of its version
	Labels       []string // prefixes of "name=value"
	Images       []string // prefixes of the name of the node's image
}

// Nodes returns what the marks of nodes mean. It is the catalog's own: do not change
// it.
func (c *Catalog) Nodes() NodeTable { return c.nodes }

func (l *loader) addNodes(v document.Value) error {
	var t NodeTable
	if err := component.Decode(v.Node(), &t); err != nil {
		return v.Errorf("%v", err)
	}
	l.nodes.Distributions = append(l.nodes.Distributions, t.Distributions...)
	l.nodes.Pools = append(l.nodes.Pools, t.Pools...)
	l.nodes.Passing = append(l.nodes.Passing, t.Passing...)
	l.nodes.Tolerated = append(l.nodes.Tolerated, t.Tolerated...)
	for label, key := range t.Labels {
		if l.nodes.Labels == nil {
			l.nodes.Labels = map[string]string{}
		}
		l.nodes.Labels[label] = key
	}
	return nil
}

// Distribution returns the distribution of Kubernetes that a node is of, or the kind
// of managed nodes, by its provider ID, kubelet version, image and labels; "" for
// none that the catalog knows.
func (c *Catalog) Distribution(id, kubelet, image string, labels map[string]string) string {
	i := slices.IndexFunc(c.nodes.Distributions, func(d Distribution) bool {
		if contains(d.ProviderIDs, id) || contains(d.Kubelet, kubelet) || hasPrefix(d.Images, image) {
			return true
		}
		for name, value := range labels {
			if hasPrefix(d.Labels, name+"="+value) {
				return true
			}
		}
		return false
	})
	if i < 0 {
		return ""
	}
	return c.nodes.Distributions[i].Distribution
}

// NodeLabels returns the labels of a node that snapshots keep, by their keys.
func (c *Catalog) NodeLabels(labels map[string]string) map[string]string {
	kept := map[string]string{}
	for label, key := range c.nodes.Labels {
		if value := labels[label]; value != "" {
			kept[key] = value
		}
	}
	return kept
}

// Pool returns the pool of nodes that a node with these labels belongs to, "" where
// none says.
func (c *Catalog) Pool(labels map[string]string) string {
	for _, label := range c.nodes.Pools {
		if pool := labels[label]; pool != "" {
			return label + "=" + pool
		}
	}
	return ""
}

// TaintLasts reports whether a taint belongs to a pool of nodes, not to the state
// that one is in, and whether components tolerate it without being told.
func (c *Catalog) TaintLasts(key string) (lasts, tolerated bool) {
	return !hasPrefix(c.nodes.Passing, key), slices.Contains(c.nodes.Tolerated, strings.TrimSpace(key))
}

// ComponentImages maps the components that pods show to the ends of the repositories of
// the images that they run.
func (c *Catalog) ComponentImages() map[string][]string {
	images := map[string][]string{}
	for _, e := range c.everyComponent() {
		if ends := e.ShownImages(); ends != nil {
			images[e.Name] = ends
		}
	}
	return images
}

// ComponentGroups are the API groups that show a component without pods.
func (c *Catalog) ComponentGroups() (groups []string) {
	for _, e := range c.everyComponent() {
		if e.Shown.Group != "" {
			groups = append(groups, e.Shown.Group)
		}
	}
	return groups
}

// everyComponent lists all that bundles may have, whatever the catalog lists.
func (c *Catalog) everyComponent() []component.Entry {
	set, err := c.releases()
	if err != nil {
		return nil // a snapshot says less then
	}
	return set.Entries()
}
