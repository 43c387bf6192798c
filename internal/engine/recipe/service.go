// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// service says by which marks a Kubernetes service is recognized.
type service struct {
	Service string
	// Default marks the service of nodes that no other service runs.
	Default bool
	// Also are other names that people use for it.
	Also []string
	// ProviderIDs are what the provider IDs of its nodes begin with. That alone
	// says whose the machines are: where the service leaves NodeLabels (prefixes
	// of names) or has a Kubelet version of its own, it runs the node only where
	// one of them is there.
	ProviderIDs []string
	NodeLabels  []string
	Kubelet     *regexp.Regexp
	// Versions are parts of the API server's version that no other service has,
	// Images names of images of its control plane and nodes, and Tags parts of
	// their tags. Images that are also installed elsewhere do not count.
	Versions []string
	Images   []string
	Tags     []string
	// Without says why no recipe is for the service, and what it would take, "" for
	// one with recipes.
	Without string `json:",omitempty"`
}

type serviceTable []service

// Provider returns the service that runs the cluster of a node with this
// provider ID, kubelet version and labels. Of a cloud that the catalog does
// not know it returns the scheme of the provider ID, since who runs a cluster
// there is not known either.
func (c *Catalog) Provider(id, kubelet string, labels map[string]string) string {
	known := false
	for _, s := range c.services {
		if hasPrefix(s.ProviderIDs, id) {
			if s.runs(kubelet, labels) {
				return s.Service
			}
			known = true
		}
	}
	if scheme, _, found := strings.Cut(id, "://"); found && !known {
		return scheme
	}
	return c.services.standard()
}

// runs reports whether a node on the service's machines is one of the service.
func (s service) runs(kubelet string, labels map[string]string) bool {
	if s.Kubelet == nil && len(s.NodeLabels) == 0 || s.Kubelet != nil && s.Kubelet.MatchString(kubelet) {
		return true
	}
	for label := range labels {
		if hasPrefix(s.NodeLabels, label) {
			return true
		}
	}
	return false
}

// cloud reports whether a scheme of provider IDs is that of a service's machines, on
// which others run clusters too.
func (t serviceTable) cloud(scheme string) bool {
	return slices.ContainsFunc(t, func(s service) bool { return !s.Default && slices.Contains(s.ProviderIDs, scheme+"://") })
}

// standard returns the service of nodes that no other service runs, "" for
// none.
func (t serviceTable) standard() string {
	return t.find(func(s service) bool { return s.Default })
}

// explain says why no recipe is for a service, or which service another name of it
// means.
func (t serviceTable) explain(name string) (why, meant string) {
	i := slices.IndexFunc(t, func(s service) bool { return s.Service == name || slices.Contains(s.Also, name) })
	switch {
	case i < 0 || t[i].Service == name && t[i].Without == "":
		return "", ""
	case t[i].Without != "":
		return t[i].Without, ""
	default:
		return "", t[i].Service
	}
}

// find returns the first service that has a mark, "" for none.
func (t serviceTable) find(has func(service) bool) string {
	if i := slices.IndexFunc(t, has); i >= 0 {
		return t[i].Service
	}
	return ""
}

func hasPrefix(prefixes []string, text string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}

func contains(parts []string, text string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

func (l *loader) addService(v document.Value) error {
	o := v.Object([]string{"service"}, []string{"default", "also", "providerIDs", "nodeLabels", "kubelet", "versions", "images", "tags", "without"})
	s := service{
		Service:     document.Get(o, "service", l.names.name("service")),
		Also:        document.Get(o, "also", texts),
		ProviderIDs: document.Get(o, "providerIDs", texts),
		NodeLabels:  document.Get(o, "nodeLabels", texts),
		Versions:    document.Get(o, "versions", texts),
		Images:      document.Get(o, "images", texts),
		Tags:        document.Get(o, "tags", texts),
		Without:     document.Get(o, "without", document.Value.Text),
	}
	o.Read("default", func(v document.Value) (err error) {
		if s.Default, err = v.Bool(); s.Default && l.services.standard() != "" {
			return v.Errorf("the default is given twice; an earlier one is %s", l.services.standard())
		}
		return err
	})
	o.Read("kubelet", func(v document.Value) error {
		text, err := v.Text()
		if err != nil {
			return err
		}
		if s.Kubelet, err = regexp.Compile(text); err != nil {
			return v.Errorf("%v", err)
		}
		return nil
	})
	if o.Err() == nil && slices.ContainsFunc(l.services, func(other service) bool { return other.Service == s.Service }) {
		return v.Errorf("the service %s is given twice", words.Quote(s.Service))
	}
	l.services = append(l.services, s)
	return o.Err()
}

// service says whose the cluster is. Machines of a provider that no service knows
// are one's own, whoever makes the control plane.
func (x extractor) service() []clue {
	provider := x.enumerated("service", measurement.K8s, "node", "provider")
	if provider.said != "" && provider.value == "" && !x.services.cloud(provider.said) {
		provider.value = x.known("service", x.services.standard())
		return []clue{provider}
	}
	version := x.read(measurement.K8s, "server", "version")
	version.value = x.known("service", x.services.find(func(s service) bool { return contains(s.Versions, version.said) }))
	return []clue{provider, version, x.serviceImage()}
}

// imageSource is where images are that only one service runs.
const imageSource = "K8s/image"

// serviceImage looks for an image that only one service runs.
func (x extractor) serviceImage() clue {
	none := clue{source: imageSource}
	images := x.list.Subtype(measurement.K8s, "image")
	if images == nil {
		return none
	}
	for _, name := range slices.Sorted(maps.Keys(images.Data)) {
		tag := images.Data[name].String()
		owner := x.services.find(func(s service) bool { return slices.Contains(s.Images, name) || contains(s.Tags, tag) })
		if value := x.known("service", owner); value != "" {
			return clue{source: "K8s/image/" + name, said: tag, value: value}
		}
	}
	none.said = "no image of a known service"
	return none
}
