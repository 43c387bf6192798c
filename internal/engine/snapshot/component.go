// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// componentCount notes where pods run components, by the images that only these run:
// the namespace, and the Helm release that the pods' labels name. Pods without such a
// label are passed over where others of their namespace have one: a component starts
// pods of its own, which no chart labels. So are pods that have ended, such as those
// of a chart's hooks.
type componentCount struct {
	images map[string][]string // the ends of repositories, by component
	known  map[string][]string // components, by an image that was seen
	places map[string]map[component.Place]bool
}

func newComponentCount(images map[string][]string) componentCount {
	return componentCount{images, map[string][]string{}, map[string]map[component.Place]bool{}}
}

// of lists the components that run an image.
func (c componentCount) of(image []byte) []string {
	components, seen := c.known[string(image)]
	if !seen {
		components = c.find(string(image))
		c.known[string(image)] = components
	}
	return components
}

func (c componentCount) find(image string) (components []string) {
	r, err := parseReference(image)
	if err != nil {
		return nil
	}
	repository := "/" + r.repository + "/" + r.name
	for name, ends := range c.images {
		if slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(repository, "/"+end) }) {
			components = append(components, name)
		}
	}
	return components
}

func (c componentCount) addProtobufPod(pod []byte, shown []string) error {
	metadata, err := find(pod, objectMetadata)
	if err != nil {
		return err
	}
	namespace, err := find(metadata, metadataNamespace)
	if err != nil {
		return err
	}
	labels, err := decodeLabels(metadata)
	if err != nil {
		return err
	}
	status, err := find(pod, podStatus)
	if err != nil {
		return err
	}
	phase, err := find(status, statusPhase)
	c.place(shown, string(namespace), labels, corev1.PodPhase(phase))
	return err
}

// The labels by which charts mark pods.
const (
	labelInstance  = "app.kubernetes.io/instance"
	labelManagedBy = "app.kubernetes.io/managed-by"
)

func (c componentCount) place(shown []string, namespace string, labels map[string]string, phase corev1.PodPhase) {
	if phase == corev1.PodSucceeded || phase == corev1.PodFailed {
		return
	}
	at := component.Place{Namespace: namespace}
	if by := labels[labelManagedBy]; by == "" || by == "Helm" {
		at.Release = labels[labelInstance]
	}
	for _, name := range shown {
		if c.places[name] == nil {
			c.places[name] = map[component.Place]bool{}
		}
		c.places[name][at] = true
	}
}

func (c componentCount) add(other componentCount) {
	for name, places := range other.places {
		if c.places[name] == nil {
			c.places[name] = map[component.Place]bool{}
		}
		maps.Copy(c.places[name], places)
	}
}

// subtype says where each component runs, and of the whole cluster also which run
// nowhere.
func (c componentCount) subtype(whole bool) measurement.Subtype {
	s := measurement.Subtype{Name: component.PlacesPath("").Subtype, Data: map[string]measurement.Reading{}}
	for name := range c.images {
		switch places := labeled(c.places[name]); {
		case len(places) > 0:
			s.Data[name] = measurement.Str(component.PlacesText(places))
		case whole:
			s.Data[name] = measurement.Str(component.Nowhere)
		}
	}
	return s
}

// labeled leaves out of places those without a release in a namespace with one.
func labeled(places map[component.Place]bool) []component.Place {
	return slices.DeleteFunc(slices.Collect(maps.Keys(places)), func(p component.Place) bool {
		return p.Release == "" && slices.ContainsFunc(slices.Collect(maps.Keys(places)), func(other component.Place) bool {
			return other.Namespace == p.Namespace && other.Release != ""
		})
	})
}
