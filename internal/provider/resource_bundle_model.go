// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

type bundleModel struct {
	Recipe         types.String `tfsdk:"recipe"`
	OutputDir      types.String `tfsdk:"output_dir"`
	Bundlers       types.Set    `tfsdk:"bundlers"`
	Overrides      types.Map    `tfsdk:"overrides"`
	Namespaces     types.Map    `tfsdk:"namespaces"`
	IgnoreFindings types.Set    `tfsdk:"ignore_findings"`

	Components types.Map    `tfsdk:"components"`
	Files      types.Map    `tfsdk:"files"`
	SHA256     types.String `tfsdk:"sha256"`
	Findings   types.List   `tfsdk:"findings"`
}

type componentModel struct {
	Chart          types.String `tfsdk:"chart"`
	Repository     types.String `tfsdk:"repository"`
	Version        types.String `tfsdk:"version"`
	Namespace      types.String `tfsdk:"namespace"`
	ReleaseName    types.String `tfsdk:"release_name"`
	Values         types.String `tfsdk:"values"`
	ValuesSHA256   types.String `tfsdk:"values_sha256"`
	Manifests      types.Map    `tfsdk:"manifests"`
	ApplyOrder     types.Map    `tfsdk:"apply_order"`
	ChartManifests types.Map    `tfsdk:"chart_manifests"`
	Requires       types.Set    `tfsdk:"requires"`
}

type findingModel struct {
	Rule      string `tfsdk:"rule"`
	Component string `tfsdk:"component"`
	Path      string `tfsdk:"path"`
	Message   string `tfsdk:"message"`
}

func componentType() types.ObjectType {
	texts := types.MapType{ElemType: types.StringType}
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"chart": types.StringType, "repository": types.StringType, "version": types.StringType,
		"namespace": types.StringType, "release_name": types.StringType,
		"values": types.StringType, "values_sha256": types.StringType,
		"manifests": texts, "apply_order": texts, "chart_manifests": texts,
		"requires": types.SetType{ElemType: types.StringType},
	}}
}

func findingType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"rule": types.StringType, "component": types.StringType, "path": types.StringType, "message": types.StringType,
	}}
}

// inputsKnown reports whether everything is known that the rendering depends
// on, down to the elements.
func (m *bundleModel) inputsKnown() bool {
	for _, c := range []interface {
		IsUnknown() bool
		Elements() []attr.Value
	}{m.Bundlers, m.IgnoreFindings, mapElements{m.Overrides}, mapElements{m.Namespaces}} {
		if c.IsUnknown() {
			return false
		}
		for _, element := range c.Elements() {
			if element.IsUnknown() {
				return false
			}
		}
	}
	return !m.Recipe.IsUnknown()
}

// mapElements shows the elements of a map like those of a set.
type mapElements struct{ basetypes.MapValue }

func (m mapElements) Elements() []attr.Value {
	var values []attr.Value
	for _, v := range m.MapValue.Elements() {
		values = append(values, v)
	}
	return values
}

// setBundle fills every computed attribute with what was rendered.
func (m *bundleModel) setBundle(ctx context.Context, rendered *bundle.Bundle) diag.Diagnostics {
	var diags, d diag.Diagnostics
	components := make(map[string]componentModel, len(rendered.Components))
	for _, c := range rendered.Components {
		model, d := newComponentModel(ctx, c)
		diags.Append(d...)
		components[c.Name] = model
	}
	m.Components, d = types.MapValueFrom(ctx, componentType(), components)
	diags.Append(d...)
	m.SHA256 = types.StringValue(rendered.SHA256)
	m.Findings, d = findingsValue(ctx, rendered.Findings)
	diags.Append(d...)
	switch {
	case m.OutputDir.IsUnknown():
		m.Files = types.MapUnknown(types.StringType)
	case m.OutputDir.IsNull():
		m.Files = types.MapNull(types.StringType)
	default:
		m.Files, d = types.MapValueFrom(ctx, types.StringType, fileSums(rendered))
		diags.Append(d...)
	}
	return diags
}

// fileSums maps the paths of a bundle's files to the sha256 of their contents.
func fileSums(rendered *bundle.Bundle) map[string]string {
	sums := make(map[string]string, len(rendered.Files))
	for _, f := range rendered.Files {
		sums[f.Path] = sha256Hex(f.Content)
	}
	return sums
}

func newComponentModel(ctx context.Context, c bundle.Component) (componentModel, diag.Diagnostics) {
	var diags diag.Diagnostics
	texts := func(m map[string]string) types.Map {
		if m == nil {
			m = map[string]string{}
		}
		value, d := types.MapValueFrom(ctx, types.StringType, m)
		diags.Append(d...)
		return value
	}
	requires, d := types.SetValueFrom(ctx, types.StringType, nonNil(c.Requires))
	diags.Append(d...)
	return componentModel{
		Chart:          types.StringValue(c.Chart),
		Repository:     types.StringValue(c.Repository),
		Version:        types.StringValue(c.Version),
		Namespace:      types.StringValue(c.Namespace),
		ReleaseName:    types.StringValue(c.ReleaseName),
		Values:         types.StringValue(c.Values),
		ValuesSHA256:   types.StringValue(c.ValuesSHA256),
		Manifests:      texts(c.Manifests),
		ApplyOrder:     texts(c.ApplyOrder),
		ChartManifests: texts(c.ChartManifests),
		Requires:       requires,
	}, diags
}

func findingsValue(ctx context.Context, findings []bundle.Finding) (types.List, diag.Diagnostics) {
	models := make([]findingModel, 0, len(findings))
	for _, f := range findings {
		models = append(models, findingModel{Rule: f.Rule, Component: f.Component, Path: f.Path, Message: f.Message})
	}
	return types.ListValueFrom(ctx, findingType(), models)
}
