// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Names in a provenance of what follows from data that is not an overlay.
const (
	releasePrefix = "release:" // "release:gpu-operator v26.7.0"
	platformName  = "platforms"
)

// WithComponents returns the catalog with releases chosen from another set of
// components than the embedded one.
func (c *Catalog) WithComponents(set *component.Set) *Catalog {
	other := *c
	other.releases = func() (*component.Set, error) { return set, nil }
	other.subtypes = sync.OnceValue(other.knownSubtypes)
	return &other
}

// Components returns the components that the catalog chooses chart releases
// for, nil for a catalog that lists none. A name that is not known is an error.
func (c *Catalog) Components() ([]component.Entry, error) {
	if len(c.components) == 0 {
		return nil, nil
	}
	set, err := c.releases()
	if err != nil {
		return nil, err
	}
	if slices.Equal(c.components, []string{allComponents}) {
		return set.Entries(), nil
	}
	var entries []component.Entry
	for _, name := range c.components {
		e, known := set.Entry(name)
		if !known {
			return nil, fmt.Errorf("components: there is no component %s%s", words.Quote(name), suggest.Question(name, set.Names()))
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// chooseReleases states a chart release for each component of the catalog's
// list, and the component versions that belong to it. What a layer states or
// removes stays: layers are all entries of layers, with removals.
func (b *build) chooseReleases(layers []*entry) error {
	components, err := b.catalog.Components()
	if err != nil {
		return &Error{Field: fieldCatalog, Err: err}
	}
	if components == nil {
		return nil
	}
	set, err := b.catalog.releases()
	if err != nil {
		return &Error{Field: fieldCatalog, Err: err}
	}
	for _, e := range components {
		_, stated := search(layers, component.ImagePath(e.Name))
		if !b.possible(e.Needed) || e.Optional && !stated && !e.Needed.Holds(b.environment(set)) {
			continue
		}
		if err := b.chooseRelease(layers, set, e); err != nil {
			b.missing = append(b.missing, &Error{Field: "k8s", Err: err})
		}
	}
	if b.guessed {
		b.warn(Finding{Rule: ruleKubernetesUnknown, Field: "k8s", Message: "the Kubernetes version is not known, so the newest releases were chosen, which may not support the cluster's; set " + b.called("k8s")})
	}
	return nil
}

func (b *build) chooseRelease(layers []*entry, set *component.Set, e component.Entry) error {
	path := component.ImagePath(e.Name)
	if _, decided := search(layers, path); !decided {
		k8s := b.kubernetes()
		chosen := e.Newest(k8s)
		if chosen == nil {
			if !e.Needed.Holds(b.environment(set)) {
				return nil
			}
			releases := e.Published()
			nearest, remedy := releases[len(releases)-1], "use a newer version of eidos"
			if supportsLater(releases[0], k8s) {
				nearest, remedy = releases[0], "upgrade the cluster"
			}
			return fmt.Errorf("the platform needs %s, and no release of it that eidos knows supports Kubernetes %s: %s; %s, or pin a release that is not made for it with %s, such as %s %s",
				e.Name, k8s, spans(releases), remedy, b.called(fieldReleases), e.Name, nearest.Version)
		}
		b.add(layers, path, chosen.Version, newestContext(*chosen, k8s), releaseLayer(e.Name, *chosen))
		b.guessed = b.guessed || k8s == "" && chosen.Kubernetes != ""
	}
	stated := find(b.entries, path)
	if stated == nil {
		return nil // a layer removes it
	}
	r := e.Release(stated.value.String())
	if r == nil {
		return nil // nothing is known of it: no tag of another release is right
	}
	for _, image := range e.Images {
		path, tag := component.ImagePath(image.Key), r.Tags[image.Key]
		switch {
		case image.When.Holds(b.environment(set)):
			if tag != "" {
				b.add(layers, path, tag, tagContext(image, tag, r.Version), releaseLayer(e.Name, *r))
			}
		case find(b.stated.entries(), path) != nil:
			b.warn(Finding{Rule: ruleDriverOfImage, Field: fieldDriver, Message: fmt.Sprintf("the node image includes %s here: the recipe names the version, and nothing installs it", image.Title)})
		}
	}
	return nil
}

// possible reports whether the stated fields of the request leave it open that a
// component is needed: the EFA plugin is for EKS alone.
func (b *build) possible(needed component.Condition) bool {
	ruledOut := func(c component.Clause) bool {
		kind, _, name := c.Operand.Parts()
		return kind == component.RequestField && *b.subject.query.Field(name) != "" && !component.Condition{{c}}.Holds(b.environment(nil))
	}
	return len(needed) == 0 || slices.ContainsFunc(needed, func(a component.Alternative) bool { return !slices.ContainsFunc(a, ruledOut) })
}

func releaseLayer(name string, r component.Release) *layer {
	return &layer{name: releasePrefix + name + " " + r.Version}
}

// kubernetes is the version of the recipe, "" when it is not known.
func (b *build) kubernetes() string {
	if e := find(b.entries, serverVersion()); e != nil {
		return e.value.String()
	}
	return ""
}

func newestContext(r component.Release, k8s string) string {
	switch {
	case r.Kubernetes == "":
		return "Newest release that eidos knows"
	case k8s == "":
		return "Newest release, for Kubernetes " + r.Kubernetes
	default:
		return fmt.Sprintf("Newest release that supports the cluster's Kubernetes; it is for %s", r.Kubernetes)
	}
}

// tagContext is why a component has a tag.
func tagContext(image component.Image, tag, release string) string {
	if image.Context == "" {
		return "The version of " + image.Title + " that " + release + " is made for"
	}
	branch, _, _ := strings.Cut(tag, ".")
	texts := map[string]string{"tag": tag, "branch": branch, "release": release}
	return component.Fill(image.Context, func(name string) string { return texts[name] })
}

// supportsLater reports whether a release supports a later version of Kubernetes.
func supportsLater(r component.Release, k8s string) bool {
	supported, err := version.ParseRange(r.Kubernetes)
	later, laterErr := version.ParseRange("> " + k8s)
	return err == nil && laterErr == nil && supported.Overlaps(later)
}

// spans lists releases and what they support.
func spans(releases []component.Release) string {
	texts := make([]string, len(releases))
	for i, r := range releases {
		texts[i] = r.Version + " is for " + r.Kubernetes
	}
	return words.And(texts)
}

// statePlatform states the instance types of the service with the GPU, for the
// components that run on listed types only, where the snapshot did not tell the
// type. A catalog that lists no components merges exactly as its data says.
func (b *build) statePlatform(layers []*entry) {
	if b.instance != nil || len(b.catalog.components) == 0 {
		return
	}
	q := b.subject.query
	var types []string
	for _, row := range b.catalog.platforms.gpus(q.Service, q.GPU) {
		types = append(types, row.InstanceTypes...)
	}
	if len(types) == 0 {
		return
	}
	b.add(layers, measurement.Path{Type: measurement.K8s, Subtype: "node", Key: "instance-types"}, strings.Join(types, " "),
		fmt.Sprintf("What %s offers with %s", q.Service, q.GPU), &layer{name: platformName})
}

// add states a value, unless a layer sets or removes the path.
func (b *build) add(layers []*entry, path measurement.Path, value, context string, from *layer) {
	if _, decided := search(layers, path); decided {
		return
	}
	e := &entry{path: path, name: path.String(), value: measurement.Str(value), context: context, layer: from}
	i, _ := search(b.entries, path)
	b.entries = slices.Insert(b.entries, i, e)
}

// allComponents stands for every component that there are facts about.
const allComponents = "all"

// addComponents reads the names of the components that the catalog chooses
// releases for, or "all".
func (l *loader) addComponents(v document.Value) error {
	if l.components != nil {
		return v.Errorf("the components are given twice; an earlier file has them")
	}
	if text, err := v.Text(); err == nil {
		if text != allComponents {
			return v.Errorf("got %s, want a list of components, or %s", words.Quote(text), allComponents)
		}
		l.components = []string{text}
		return nil
	}
	var err error
	l.components, err = texts(v)
	return err
}
