// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// mirrorImages sets the values that say where images come from to the mirror.
func (d *draft) mirrorImages() {
	d.unsure = d.unsure || d.job.pending.Registry
	if d.job.mirror() == "" {
		return
	}
	for _, p := range d.Registry.Images {
		at := d.imagePlace(p)
		if p.Kind != "" || at == "" || !p.When.Holds(d.operand) || tree.Covers(d.overrides, at) {
			continue
		}
		origin := d.textAt(at)
		if image, known := d.release.Image(p.Of); known && origin == "" {
			origin = image.Repository
		}
		d.values.set(at, d.job.mirrored(origin), "Set by registry.")
	}
}

// imagePlace is the value that begins the reference of an image, "" where the chart has
// none.
func (d *draft) imagePlace(p component.Pulled) string {
	if _, split := d.release.Default(p.Of + ".registry"); split {
		return p.Of + ".registry"
	}
	if p.Of != "" {
		return p.Of + ".repository"
	}
	path, ok := strings.CutPrefix(p.Reference, "${.")
	path, _, _ = strings.Cut(path, "}")
	if !ok {
		return ""
	}
	return path
}

func (j *job) mirror() string {
	if j.site.registry == nil {
		return ""
	}
	return j.site.registry.Mirror
}

// mirrored is a reference, or the beginning of one, with the mirror in the place of
// its host.
func (j *job) mirrored(reference string) string {
	mirror := j.mirror()
	if mirror == "" || strings.HasPrefix(reference+"/", mirror+"/") {
		return reference
	}
	host, rest, _ := strings.Cut(reference, "/")
	if !isHost(host) {
		rest = reference // of Docker Hub
	}
	return strings.TrimSuffix(mirror+"/"+rest, "/")
}

// images lists, sorted, what nodes pull for the component, and what of it is not
// known.
func (d *draft) images() (references, missing []string) {
	add := func(reference, lacks string) {
		switch {
		case lacks != "":
			missing = append(missing, lacks)
		case reference != "":
			references = append(references, reference)
		}
	}
	for _, p := range d.Registry.Images {
		if p.Kind == "" && p.When.Holds(d.operand) {
			for _, r := range d.references(p, d.pulledFrom(p)) {
				add(r.reference, r.lacks)
			}
		}
	}
	for _, m := range d.manifests {
		if m.order != byChart {
			imagesBelow(m.object, "", func(at string, image imageRef) {
				for _, r := range d.references(d.pulledBy(m.object["kind"], at), image) {
					add(r.reference, r.lacks)
				}
			})
		}
	}
	slices.Sort(references)
	slices.Sort(missing)
	return slices.Compact(references), slices.Compact(missing)
}

// imageRef is an image without its tag, and the tag or digest.
type imageRef struct{ name, tag string }

func (i imageRef) String() string {
	switch {
	case i.tag == "":
		return i.name
	case strings.HasPrefix(i.tag, "sha256:"):
		return i.name + "@" + i.tag
	default:
		return i.name + ":" + i.tag
	}
}

// pulledFrom is the image that the values say.
func (d *draft) pulledFrom(p component.Pulled) imageRef {
	if p.Reference != "" {
		reference := component.Fill(p.Reference, d.written)
		if name, untagged := strings.CutSuffix(reference, ":"); untagged {
			return imageRef{name, component.Fill(p.Untagged, d.written)}
		}
		return imageRef{name: reference}
	}
	standard, _ := d.release.Image(p.Of)
	repository, image, tag := d.textAt(p.Of+".repository"), d.textAt(p.Of+".image"), d.textAt(p.Of+".version")
	if tag == "" {
		tag = d.textAt(p.Of + ".tag")
	}
	if tag == "" {
		tag = standard.Version
	}
	if repository == "" {
		repository = standard.Repository
	}
	if registry := d.textAt(p.Of + ".registry"); registry != "" {
		repository = registry + "/" + repository
	}
	if image == "" && !strings.HasSuffix(repository, "/"+standard.Image) {
		image = standard.Image
	}
	return imageRef{strings.TrimSuffix(repository+"/"+image, "/"), tag}
}

// pulledBy is what data says of an image of an object.
func (d *draft) pulledBy(kind any, at string) component.Pulled {
	i := slices.IndexFunc(d.Registry.Images, func(p component.Pulled) bool { return p.Kind == kind && p.Of == at })
	if i < 0 {
		return component.Pulled{}
	}
	return d.Registry.Images[i]
}

type reference struct{ reference, lacks string }

// references returns what nodes pull for an image: one reference, or where the tag
// names an operating system that the recipe does not state, one for each that the
// release has an image for.
func (d *draft) references(p component.Pulled, image imageRef) []reference {
	if p.Tag == "" || image.tag == "" {
		return []reference{{reference: image.String()}}
	}
	systems := []string{""}
	if d.field("system") == nil && strings.Contains(p.Tag, "${system}") && d.release != nil {
		systems = d.release.Systems(d.systemID())
	}
	if len(systems) == 0 {
		return []reference{{lacks: fmt.Sprintf("%s: its tag names an operating system for which the release has no image", image.name)}}
	}
	all := make([]reference, len(systems))
	for i, system := range systems {
		lacks := ""
		tag := component.Fill(p.Tag, func(name string) string {
			text := d.written(name)
			switch name {
			case "tag":
				text = image.tag
			case "system":
				text += system
			}
			if text == "" {
				lacks = fmt.Sprintf("%s: its tag holds %s, which the recipe does not set", image.name, name)
			}
			return text
		})
		all[i] = reference{imageRef{image.name, tag}.String(), lacks}
	}
	return all
}

// imagesBelow finds the images of an object: maps of repository, image and version,
// or image and version alone, and those of containers.
func imagesBelow(value any, at string, found func(at string, image imageRef)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			imagesBelow(item, at, found)
		}
	case map[string]any:
		repository, _ := value["repository"].(string)
		version, _ := value["version"].(string)
		image, isImage := value["image"].(string)
		switch {
		case isImage && repository != "" && version != "":
			found(at, imageRef{repository + "/" + image, version})
		case isImage && value["name"] != nil:
			found(at, imageRef{name: image})
		case isImage && repository == "" && version != "":
			found(at, imageRef{image, version})
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			imagesBelow(value[name], tree.Join(at, name), found)
		}
	}
}

// mirrorContainers changes the images of the containers of an object, and those that
// have a version apart from them.
func (j *job) mirrorContainers(value any) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			j.mirrorContainers(item)
		}
	case map[string]any:
		if image, isText := value["image"].(string); isText && value["repository"] == nil && (value["name"] != nil || value["version"] != nil) {
			value["image"] = j.mirrored(image)
		}
		for _, below := range value {
			j.mirrorContainers(below)
		}
	}
}

// notMirrored finds images that no value of the chart moves to the mirror.
func notMirrored(d *draft) []violation {
	var found []violation
	mirror := d.job.mirror()
	if mirror == "" {
		return nil
	}
	references, _ := d.images()
	for _, reference := range references {
		found = append(found, broken(!strings.HasPrefix(reference, mirror+"/"), "registry.mirror",
			fmt.Sprintf("nodes pull %s, which does not come from %s", reference, mirror),
			"let the nodes' container runtime take it from the mirror, or override the values that name it")...)
	}
	return found
}

// notListed finds images of which the recipe does not say all that their tags hold.
func notListed(d *draft) []violation {
	var found []violation
	if d.job.mirror() == "" {
		return nil
	}
	_, missing := d.images()
	for _, lacks := range missing {
		found = append(found, broken(true, "registry.mirror", "the list of images is not complete: "+lacks,
			"set it in the query of the recipe, or copy the images of all your nodes")...)
	}
	return found
}
