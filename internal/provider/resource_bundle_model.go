// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

type bundleModel struct {
	Recipe          types.String `tfsdk:"recipe"`
	OutputDir       types.String `tfsdk:"output_dir"`
	Bundlers        types.Set    `tfsdk:"bundlers"`
	Existing        types.Set    `tfsdk:"existing"`
	Snapshot        types.String `tfsdk:"snapshot"`
	Overrides       types.Map    `tfsdk:"overrides"`
	ObjectOverrides types.Map    `tfsdk:"object_overrides"`
	Namespaces      types.Map    `tfsdk:"namespaces"`
	IgnoreFindings  types.Set    `tfsdk:"ignore_findings"`
	Releases        types.Map    `tfsdk:"releases"`
	Placement       types.Object `tfsdk:"placement"`
	Registry        types.Object `tfsdk:"registry"`
	Formats         types.Set    `tfsdk:"formats"`
	GitOps          types.Object `tfsdk:"gitops"`

	Components   types.Map    `tfsdk:"components"`
	NodeSettings types.Map    `tfsdk:"node_settings"`
	Files        types.Map    `tfsdk:"files"`
	SHA256       types.String `tfsdk:"sha256"`
	Findings     types.List   `tfsdk:"findings"`
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
	Images         types.Set    `tfsdk:"images"`
	Requires       types.Set    `tfsdk:"requires"`
	Wave           types.Int64  `tfsdk:"wave"`
	Ready          types.List   `tfsdk:"ready"`
	Definitions    types.Object `tfsdk:"definitions"`
	Prerequisites  types.List   `tfsdk:"prerequisites"`
}

type readyModel struct {
	APIVersion string `tfsdk:"api_version"`
	Kind       string `tfsdk:"kind"`
	Name       string `tfsdk:"name"`
	After      string `tfsdk:"after"`
}

// definitionsModel is a chart whose definitions are applied. A bundle's has Values
// besides.
type definitionsModel struct {
	Repository types.String `tfsdk:"repository"`
	Chart      types.String `tfsdk:"chart"`
	Version    types.String `tfsdk:"version"`
	Names      types.Set    `tfsdk:"names"`
}

type dueDefinitionsModel struct {
	definitionsModel
	Values types.String `tfsdk:"values"`
}

type prerequisiteModel struct {
	Title   string `tfsdk:"title"`
	Text    string `tfsdk:"text"`
	Command string `tfsdk:"command"`
}

type findingModel struct {
	Rule      string `tfsdk:"rule"`
	Component string `tfsdk:"component"`
	Path      string `tfsdk:"path"`
	Message   string `tfsdk:"message"`
}

func componentType() attr.Type { return componentObject().Type() }

func readyType() attr.Type { return readyObject().Type() }

func definitionsType() map[string]attr.Type {
	return componentObject().Attributes["definitions"].GetType().(types.ObjectType).AttrTypes //nolint:forcetypeassert // the schema of a nested object
}

func prerequisiteType() attr.Type { return prerequisiteObject().Type() }

func findingType() attr.Type { return findingObject().Type() }

func (m *bundleModel) inLog(ctx context.Context) context.Context {
	return tflog.SetField(ctx, "output_dir", m.OutputDir.ValueString())
}

// setBundle fills every computed attribute with what was rendered. What a pending
// input feeds is unknown.
func (m *bundleModel) setBundle(ctx context.Context, rendered *bundle.Bundle, diags *diag.Diagnostics) {
	components := make(map[string]componentModel, len(rendered.Components))
	for _, c := range rendered.Components {
		components[c.Name] = newComponentModel(ctx, c, diags)
	}
	m.Components = mapValue(ctx, componentType(), components, diags)
	m.NodeSettings = mapValue(ctx, types.StringType, rendered.NodeSettings, diags)
	m.SHA256 = types.StringValue(rendered.SHA256)
	findings := make([]findingModel, len(rendered.Findings))
	for i, f := range rendered.Findings {
		findings[i] = findingModel(f)
	}
	var d diag.Diagnostics
	m.Findings, d = types.ListValueFrom(ctx, findingType(), findings)
	diags.Append(d...)
	m.Files = mapValue(ctx, types.StringType, fileSums(rendered), diags)
	if rendered.FindingsUnknown {
		m.Findings = types.ListUnknown(findingType())
	}
	if rendered.FilesUnknown {
		m.SHA256 = types.StringUnknown()
	}
	if rendered.FilesUnknown || m.OutputDir.IsUnknown() {
		m.Files = types.MapUnknown(types.StringType)
	}
	if m.OutputDir.IsNull() {
		m.Files = types.MapNull(types.StringType)
	}
}

func fileSums(rendered *bundle.Bundle) map[string]string {
	sums := make(map[string]string, len(rendered.Files))
	for _, f := range rendered.Files {
		sums[f.Path] = sha256Hex(f.Content)
	}
	return sums
}

func newComponentModel(ctx context.Context, c bundle.Component, diags *diag.Diagnostics) componentModel {
	texts := func(m map[string]string) types.Map { return mapValue(ctx, types.StringType, m, diags) }
	requires, d := types.SetValueFrom(ctx, types.StringType, nonNil(c.Requires))
	diags.Append(d...)
	images, d := types.SetValueFrom(ctx, types.StringType, nonNil(c.Images))
	diags.Append(d...)
	prerequisites := make([]prerequisiteModel, len(c.Prerequisites))
	for i, p := range c.Prerequisites {
		prerequisites[i] = prerequisiteModel(p)
	}
	due, d := types.ListValueFrom(ctx, prerequisiteType(), prerequisites)
	diags.Append(d...)
	objects := []readyModel{}
	if r := c.Ready; r != nil {
		objects = append(objects, readyModel{r.APIVersion, r.Kind, r.Name(), r.After})
	}
	ready, d := types.ListValueFrom(ctx, readyType(), objects)
	diags.Append(d...)
	definitions, d := newDefinitions(ctx, c)
	diags.Append(d...)
	model := componentModel{
		Chart:          stringOrNull(c.Chart),
		Repository:     stringOrNull(c.Repository),
		Version:        types.StringValue(c.Version),
		Namespace:      types.StringValue(c.Namespace),
		ReleaseName:    stringOrNull(c.ReleaseName),
		Values:         stringOrNull(c.Values),
		ValuesSHA256:   stringOrNull(c.ValuesSHA256),
		Manifests:      texts(c.Manifests),
		ApplyOrder:     texts(c.ApplyOrder),
		ChartManifests: texts(c.ChartManifests),
		Images:         images,
		Requires:       requires,
		Wave:           types.Int64Value(int64(c.Wave)),
		Ready:          ready,
		Definitions:    definitions,
		Prerequisites:  due,
	}
	model.forget(c.Unknown)
	return model
}

// newDefinitions is null for a component that brings none.
func newDefinitions(ctx context.Context, c bundle.Component) (types.Object, diag.Diagnostics) {
	if c.Definitions == nil {
		return types.ObjectNull(definitionsType()), nil
	}
	names, diags := types.SetValueFrom(ctx, types.StringType, c.Definitions.Names)
	chart := definitionsModel{types.StringValue(c.Repository), types.StringValue(c.Chart), types.StringValue(c.Version), names}
	object, d := types.ObjectValueFrom(ctx, definitionsType(), dueDefinitionsModel{chart, types.StringValue(c.Definitions.Values)})
	diags.Append(d...)
	return object, diags
}

// forget makes unknown what a pending input feeds.
func (m *componentModel) forget(unknown bundle.Unknown) {
	if unknown.Source {
		m.Chart, m.Repository = types.StringUnknown(), types.StringUnknown()
	}
	if unknown.Namespace {
		m.Namespace = types.StringUnknown()
	}
	if unknown.Repository {
		m.Repository = types.StringUnknown()
	}
	if unknown.Values || unknown.Manifests {
		m.Images = types.SetUnknown(types.StringType)
		m.Ready = types.ListUnknown(readyType())
	}
	if unknown.Values {
		m.Values, m.ValuesSHA256 = types.StringUnknown(), types.StringUnknown()
	}
	if unknown.Manifests {
		none := types.MapUnknown(types.StringType)
		m.Manifests, m.ApplyOrder, m.ChartManifests = none, none, none
	}
	if unknown.Definitions || unknown.Repository && !m.Definitions.IsNull() {
		m.Definitions = types.ObjectUnknown(definitionsType())
	}
	if unknown.Prerequisites {
		m.Prerequisites = types.ListUnknown(prerequisiteType())
	}
}

// mapValue returns a map attribute, empty rather than null.
func mapValue[V any](ctx context.Context, element attr.Type, values map[string]V, diags *diag.Diagnostics) types.Map {
	if values == nil {
		values = map[string]V{}
	}
	value, d := types.MapValueFrom(ctx, element, values)
	diags.Append(d...)
	return value
}
