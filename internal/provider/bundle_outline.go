// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// setOutline fills the computed attributes while an input is unknown. With
// known bundlers, the keys of components and what does not depend on the recipe
// stay known: a for_each over components can be planned, and a consumer is not
// replaced for a name that will turn out the same.
func (m *bundleModel) setOutline(ctx context.Context, e *engine, diags *diag.Diagnostics) {
	m.Components = types.MapUnknown(componentType())
	m.SHA256 = types.StringUnknown()
	m.Findings = types.ListUnknown(findingType())
	m.Files = types.MapUnknown(types.StringType)
	if m.OutputDir.IsNull() {
		m.Files = types.MapNull(types.StringType)
	}
	names, ok := knownTexts(m.Bundlers)
	components := m.outline(ctx, e, names, diags)
	if ok && !diags.HasError() {
		var d diag.Diagnostics
		m.Components, d = types.MapValueFrom(ctx, componentType(), components)
		diags.Append(d...)
	}
}

// knownTexts returns the elements of a set; ok is false unless it is set and
// every element is known.
func knownTexts(set types.Set) (texts []string, ok bool) {
	if set.IsNull() || set.IsUnknown() {
		return nil, false
	}
	for _, element := range set.Elements() {
		text, isString := element.(types.String)
		if !isString || text.IsUnknown() {
			return nil, false
		}
		texts = append(texts, text.ValueString())
	}
	return texts, true
}

// outline returns what is known of the components without a recipe, and checks
// the known namespaces even where no bundler is known.
func (m *bundleModel) outline(ctx context.Context, e *engine, bundlers []string, diags *diag.Diagnostics) map[string]componentModel {
	known, unknown := m.knownNamespaces()
	outline, err := e.renderer.Outline(bundlers, known)
	if err != nil {
		addBundleErrors(err, diags)
		return nil
	}
	components := make(map[string]componentModel, len(outline))
	for _, c := range outline {
		model, d := newComponentModel(ctx, c)
		diags.Append(d...)
		model.Version = types.StringUnknown()
		model.Values = types.StringUnknown()
		model.ValuesSHA256 = types.StringUnknown()
		model.Manifests = types.MapUnknown(types.StringType)
		model.ApplyOrder = types.MapUnknown(types.StringType)
		model.ChartManifests = types.MapUnknown(types.StringType)
		if m.Namespaces.IsUnknown() || unknown[c.Name] {
			model.Namespace = types.StringUnknown()
		}
		components[c.Name] = model
	}
	return components
}

// knownNamespaces splits the namespaces into known values and the components
// whose namespace is unknown.
func (m *bundleModel) knownNamespaces() (known map[string]string, unknown map[string]bool) {
	known, unknown = map[string]string{}, map[string]bool{}
	for component, value := range m.Namespaces.Elements() {
		if namespace, ok := value.(types.String); ok && !namespace.IsUnknown() {
			known[component] = namespace.ValueString()
			continue
		}
		unknown[component] = true
	}
	return known, unknown
}
