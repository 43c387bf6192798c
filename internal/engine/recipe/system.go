// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// system says how an operating system names itself.
type system struct {
	OS     string
	IDs    []string // of os-release, of all that share packages and driver containers
	Images []systemImage
	// Also are other names that people use for it.
	Also []string
	// YearMonth says that versions are a year and a month of two digits: 24.04.
	YearMonth bool
	// Without says why no recipe is for the system, "" for one with recipes and
	// where no reason is known.
	Without string `json:",omitempty"`
}

// systemImage is how nodes name their image: PRETTY_NAME of os-release.
type systemImage struct {
	Prefix string
	ID     string // of os-release; "" where the system is another one in spite of its name
	// Numbers is how many numbers VERSION_ID has, of those that follow the
	// prefix: the rest is a point release.
	Numbers int
}

type systemTable []system

// family maps an ID of os-release to the system whose recipes it takes; what no
// system claims stands for itself.
func (t systemTable) family(id string) string {
	for _, s := range t {
		if slices.Contains(s.IDs, id) {
			return s.OS
		}
	}
	return id
}

// without returns the reason why no recipe is for a system, by its name or its
// ID of os-release, "" for none.
func (t systemTable) without(id string) string {
	for _, s := range t {
		if s.OS == id || slices.Contains(s.IDs, id) {
			return s.Without
		}
	}
	return ""
}

// ofImage returns the ID and VERSION_ID of os-release of a node's image, "" for
// what its name does not say. The longest prefix counts.
func (t systemTable) ofImage(name string) (id, version string) {
	var best systemImage
	for _, s := range t {
		for _, image := range s.Images {
			if strings.HasPrefix(name, image.Prefix) && len(image.Prefix) > len(best.Prefix) {
				best = image
			}
		}
	}
	word, _, _ := strings.Cut(name[len(best.Prefix):], " ")
	parts := strings.Split(word, ".")
	return best.ID, strings.Join(parts[:min(best.Numbers, len(parts))], ".")
}

// ImageRelease returns the ID and VERSION_ID of os-release of a node whose
// osImage this is, "" for what it does not say.
func (c *Catalog) ImageRelease(osImage string) (id, version string) {
	return c.values.systems.ofImage(osImage)
}

func (l *loader) addSystem(v document.Value) error {
	o := v.Object([]string{"os"}, []string{"ids", "images", "also", "yearMonth", "without"})
	s := system{
		OS:     document.Get(o, "os", l.names.name("os")),
		IDs:    document.Get(o, "ids", texts),
		Images: document.Get(o, "images", document.List(readSystemImage)),
		Also:   document.Get(o, "also", texts),

		YearMonth: document.Get(o, "yearMonth", document.Value.Bool),
		Without:   document.Get(o, "without", document.Value.Text),
	}
	if o.Err() == nil && slices.ContainsFunc(l.names.systems, func(other system) bool { return other.OS == s.OS }) {
		return v.Errorf("the system %s is given twice", words.Quote(s.OS))
	}
	l.names.systems = append(l.names.systems, s)
	return o.Err()
}

func readSystemImage(v document.Value) (systemImage, error) {
	o := v.Object(nil, []string{"prefix", "id", "numbers"})
	image := systemImage{
		Prefix:  document.Get(o, "prefix", document.Value.Text),
		ID:      document.Get(o, "id", document.Value.Text),
		Numbers: document.Get(o, "numbers", document.Value.Count),
	}
	if o.Err() == nil && strings.TrimSpace(image.Prefix) == "" {
		return image, v.Errorf("the prefix is missing")
	}
	return image, o.Err()
}

func withoutSystem(id string) string { return id + " is a system that no recipe is for" }

// systemID is the ID of os-release that a source of the os says.
func (x extractor) systemID(source string) string {
	path := measurement.ParsePath(source)
	said := x.read(path.Type, path.Subtype, path.Key).said
	if path.Type == measurement.OS {
		return strings.ToLower(said)
	}
	id, _ := x.words.systems.ofImage(said)
	return id
}

// system returns the clues of os and osv. They come in pairs of one source each,
// since the version of one system says nothing of another.
func (x extractor) system() (systems, versions []clue) {
	id := x.enumerated("os", measurement.OS, "release", "ID")
	id.why = x.words.systems.without(id.said)
	if id.said != "" && id.value == "" {
		id.unsupported = withoutSystem(id.said)
	}
	version := x.read(measurement.OS, "release", "VERSION_ID")
	version = version.versioned(version.said)

	image := x.read(measurement.K8s, "node", "os-image")
	system, release := x.words.systems.ofImage(image.said)
	imageVersion := image.versioned(release)
	image.value = x.known("os", system)
	image.why = x.words.systems.without(system)
	if system != "" && image.value == "" {
		image.unsupported = withoutSystem(system)
	}

	switch {
	case image.said == "" && id.value == "":
		version.value = ""
	case image.said != "" && id.said != "" && id.value != image.value:
		// An agent in a container reads its image's os-release, so the node is
		// right where both speak and differ.
		if id.value = ""; image.value != "" {
			id.value = x.words.normal("os", id.said)
		}
		version.value = ""
		return []clue{image, id}, []clue{imageVersion, version}
	case imageVersion.value != "" && version.value != "" && !agree("osv", version.value, imageVersion.value):
		return []clue{id, image}, []clue{imageVersion, version}
	}
	return []clue{id, image}, []clue{version, imageVersion}
}
