// SPDX-License-Identifier: Apache-2.0

package component

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Shown says how a cluster shows that it has the component.
type Shown struct {
	// Images are the ends of the repositories of images that pods of the component run
	// and no others; none for those of Running.
	Images Places `json:"images,omitempty"`
	// Group is an API group that the definitions add, of a component without pods.
	Group string `json:"group,omitempty"`
	// Unlabeled says that the pods do not carry the name of their Helm release.
	Unlabeled bool `json:"unlabeled,omitempty"`
}

// RunningImages are the images whose tag is the chart's release, the newest name first.
func (e *Entry) RunningImages() []string {
	if e.Running == nil {
		return []string{e.Name}
	}
	return e.Running
}

// RunningReadings are the readings of a snapshot that say which release runs, the
// surest first.
func (e *Entry) RunningReadings() []string {
	var paths []string
	for _, image := range e.RunningImages() {
		paths = append(paths, ImageKey(image))
	}
	return paths
}

// ShownImages are the ends of the repositories of images by which pods show the
// component, none for one without pods.
func (e *Entry) ShownImages() []string {
	switch {
	case e.Shown.Group != "":
		return nil
	case e.Shown.Images != nil:
		return e.Shown.Images
	default:
		return e.RunningImages()
	}
}

// Nowhere is what a snapshot says of a component that no pod runs, and of an API group
// that is not served.
const Nowhere = "none"

// PlacesPath is the reading of a snapshot that says where pods run a component:
// PlacesText, or Nowhere.
func PlacesPath(name string) measurement.Path {
	return measurement.Path{Type: measurement.K8s, Subtype: "component", Key: name}
}

// GroupPath is the reading of a snapshot that says which versions of an API group are
// served, or Nowhere.
func GroupPath(group string) measurement.Path {
	return measurement.Path{Type: measurement.K8s, Subtype: "api", Key: group}
}

// Place is where a component runs.
type Place struct {
	Namespace string
	Release   string // of Helm, "" where no label of the pods names one
}

// String returns NAMESPACE/RELEASE, or NAMESPACE.
func (p Place) String() string {
	if p.Release == "" {
		return p.Namespace
	}
	return p.Namespace + "/" + p.Release
}

// PlacesText writes places in order, with blanks between them.
func PlacesText(places []Place) string {
	texts := make([]string, len(places))
	for i, p := range places {
		texts[i] = p.String()
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// ParsePlaces reads what PlacesText has written.
func ParsePlaces(text string) []Place {
	var places []Place
	for _, one := range strings.Fields(text) {
		namespace, release, _ := strings.Cut(one, "/")
		places = append(places, Place{namespace, release})
	}
	return places
}
