// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"context"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Input is where a value of a document is from that no layer of the catalog sets: an
// overlay, an option or a release of whoever made it, or the snapshot.
const Input = "input"

// Explain returns the layer that set each value of a recipe, by its path, as far as
// making the recipe anew shows it: documents say what they were asked for, and not who
// set what. The names are those of Result.Provenance, and Input. It returns nothing for
// a recipe of another version of the catalog, or one that cannot be made anew.
func (c *Catalog) Explain(ctx context.Context, r document.Recipe) map[string]string {
	if r.Metadata.Version != c.version {
		return nil
	}
	request := Request{Query: r.Request, AllowUncovered: true}
	for _, rule := range c.Rules() {
		request.IgnoreFindings = append(request.IgnoreFindings, rule.Name)
	}
	made, err := c.Build(ctx, request)
	if err != nil {
		return nil
	}
	// What the document's options and releases bring along has layers of its own, and
	// so may some of these options.
	request.Options, request.Releases = c.inputs(r.Measurements, made.Recipe.Measurements)
	for _, name := range slices.Sorted(maps.Keys(request.Options)) {
		fewer := request
		fewer.Options = maps.Clone(request.Options)
		delete(fewer.Options, name)
		if without, err := c.Build(ctx, fewer); err == nil && agrees(without, r.Measurements, name) {
			request = fewer
		}
	}
	if again, err := c.Build(ctx, request); err == nil {
		made = again
	}
	layers := map[string]string{}
	for path, reading := range r.Measurements.All() {
		layers[path.String()] = Input
		same := made.Recipe.Measurements.Text(path.Type, path.Subtype, path.Key) == reading.String()
		if layer := made.Provenance[path.String()]; same && layer != argumentName {
			layers[path.String()] = layer
		}
	}
	return layers
}

// agrees reports whether a recipe says of an option what a list says.
func agrees(made *Result, list measurement.List, option string) bool {
	says := func(l measurement.List, subtype string) string { return l.Text(measurement.K8s, subtype, option) }
	return says(made.Recipe.Measurements, component.ConfigSubtype) == says(list, component.ConfigSubtype) &&
		says(made.Recipe.Measurements, component.NetworkSubtype) == says(list, component.NetworkSubtype)
}

// inputs are the options and releases of a recipe that the catalog does not set so.
func (c *Catalog) inputs(stated, own measurement.List) (options, releases map[string]string) {
	options, releases = map[string]string{}, map[string]string{}
	components, _ := c.Components() // without which nothing is built
	for path, reading := range stated.All() {
		text := reading.String()
		if own.Text(path.Type, path.Subtype, path.Key) == text {
			continue
		}
		if component.IsOption(path) {
			options[path.Key] = text
		}
		for _, e := range components {
			if component.ImagePath(e.Name) == path {
				releases[e.Name] = text
			}
		}
	}
	return options, releases
}
