// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// foreignTags reports image tags that the chart's release does not have: those
// of the recipe, and those of overrides.
func foreignTags(d *draft) []violation {
	if !d.hasFacts {
		return nil
	}
	return append(recipeTags(d), overriddenTags(d)...)
}

// foreignTag is a tag of the recipe that the chart's release does not have.
type foreignTag struct{ key, tag, image, standard string }

func (d *draft) foreignTags() []foreignTag {
	var found []foreignTag
	for _, image := range d.Images {
		tag := d.job.recipe.image(image.Key)
		standard, ok := d.release.Image(image.Image)
		if tag != "" && ok && tag != standard.Version && !image.Free && d.takesTag(image) {
			found = append(found, foreignTag{image.Key, tag, standard.Image, standard.Version})
		}
	}
	return found
}

// takesTag reports whether the recipe's tag reaches an image of the chart's
// maker: a manifest, or a value that no override replaces.
func (d *draft) takesTag(image component.Image) bool {
	return len(image.Paths) == 0 || slices.ContainsFunc(image.Paths, func(path string) bool {
		of, _ := tagOf(path)
		return !tree.Covers(d.overrides, path) && !d.hasOwnImage(of)
	})
}

// tagOf splits the path of a tag into the component and the name of its field;
// the name is "" where the path is none of a tag.
func tagOf(path string) (component, field string) {
	dot := max(strings.LastIndexByte(path, '.'), 0)
	switch field := strings.TrimPrefix(path[dot:], "."); field {
	case "version", "tag":
		return path[:dot], field
	default:
		return path, ""
	}
}

// hasOwnImage reports whether the image comes from another place than the
// chart's, such as a mirror, whose tags nobody knows here.
func (d *draft) hasOwnImage(of string) bool {
	return slices.ContainsFunc([]string{"repository", "image"}, func(field string) bool {
		path := of + "." + field
		standard, _ := d.release.Default(path)
		return d.effective(path) != standard
	})
}

// isFree reports whether an image of the chart is published for many versions,
// of which the recipe may choose any.
func (d *draft) isFree(of string) bool {
	return slices.ContainsFunc(d.Images, func(image component.Image) bool { return image.Free && image.Image == of })
}

// recipeTags reports several tags at once: they belong to another release then,
// and one overlay corrects them all.
func recipeTags(d *draft) []violation {
	tags := d.foreignTags()
	switch len(tags) {
	case 0:
		return nil
	case 1:
		t := tags[0]
		return broken(true, component.ImageKey(t.key),
			fmt.Sprintf("%q is not the tag of %s in %s %s", t.tag, t.image, d.Name, d.version),
			fmt.Sprintf("write %q, or leave the key out", t.standard))
	}
	var wrong, right []string
	for _, t := range tags {
		wrong = append(wrong, fmt.Sprintf("%s %q", t.key, t.tag))
		right = append(right, fmt.Sprintf("%s: %q", t.key, t.standard))
	}
	return broken(true, component.ImageKey(d.Name),
		fmt.Sprintf("%s %s has other tags than the recipe says: %s", d.Name, d.version, strings.Join(wrong, ", ")),
		fmt.Sprintf("in the overlay that chooses the release, add to data of K8s/image: {%s}", strings.Join(right, ", ")))
}

// overriddenTags does not look at the driver, whose container is published for
// many versions, nor at digests.
func overriddenTags(d *draft) []violation {
	var found []violation
	for _, path := range tree.Leaves(d.overrides) {
		of, field := tagOf(path)
		tag := d.textAt(path)
		if field == "" || d.isFree(of) || tag == "" || strings.HasPrefix(tag, "sha256:") || d.hasOwnImage(of) {
			continue
		}
		standard, ok := d.release.Image(of)
		found = append(found, broken(ok && tag != standard.Version, path,
			fmt.Sprintf("%q is not the tag of %s in %s %s", tag, standard.Image, d.Name, d.version),
			fmt.Sprintf("write %q, remove the override, or name the repository that has the image", standard.Version))...)
	}
	return found
}
