// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

var _ datasource.DataSource = (*recipeDataSource)(nil)

type recipeDataSource struct {
	engine *engine
}

type recipeModel struct {
	OS                types.String `tfsdk:"os"`
	OSVersion         types.String `tfsdk:"os_version"`
	KernelVersion     types.String `tfsdk:"kernel_version"`
	Service           types.String `tfsdk:"service"`
	KubernetesVersion types.String `tfsdk:"kubernetes_version"`
	GPU               types.String `tfsdk:"gpu"`
	Intent            types.String `tfsdk:"intent"`
	Context           types.Bool   `tfsdk:"context"`
	Snapshot          types.String `tfsdk:"snapshot"`
	Overlays          types.List   `tfsdk:"overlays"`
	Catalog           types.String `tfsdk:"catalog"`
	AllowUncovered    types.Bool   `tfsdk:"allow_uncovered"`

	Request      types.Object `tfsdk:"request"`
	MatchedRules types.List   `tfsdk:"matched_rules"`
	Measurements types.Map    `tfsdk:"measurements"`
	Provenance   types.Map    `tfsdk:"provenance"`
	YAML         types.String `tfsdk:"yaml"`
	JSON         types.String `tfsdk:"json"`
	SHA256       types.String `tfsdk:"sha256"`
}

func (d *recipeDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_recipe"
}

func (d *recipeDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model recipeModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	catalog := d.catalog(model, &resp.Diagnostics)
	request := model.buildRequest(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	result, err := catalog.Build(request)
	if err != nil {
		model.addErrors(err, &resp.Diagnostics)
		return
	}
	for _, w := range result.Warnings {
		resp.Diagnostics.AddAttributeWarning(model.blame(w.Field), "Doubtful Recipe", w.Message)
	}
	resp.Diagnostics.Append(model.setResult(ctx, result)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// catalog returns the replaced catalogue or the embedded one.
func (d *recipeDataSource) catalog(model recipeModel, diags *diag.Diagnostics) *recipe.Catalog {
	if !model.Catalog.IsNull() {
		catalog, err := recipe.Load([]byte(model.Catalog.ValueString()))
		for _, e := range recipe.Errors(err) {
			diags.AddAttributeError(path.Root("catalog"), "Invalid Catalog", e.Err.Error())
		}
		return catalog
	}
	catalog, err := d.engine.catalog()
	if err != nil {
		diags.AddError("Embedded Catalog Unreadable", err.Error()+"\n\n"+reportBug)
	}
	return catalog
}

func (m *recipeModel) buildRequest(ctx context.Context, diags *diag.Diagnostics) recipe.Request {
	request := recipe.Request{
		Query: document.Query{
			OS:        m.OS.ValueString(),
			OSVersion: m.OSVersion.ValueString(),
			Kernel:    m.KernelVersion.ValueString(),
			Service:   m.Service.ValueString(),
			K8s:       m.KubernetesVersion.ValueString(),
			GPU:       m.GPU.ValueString(),
			Intent:    m.Intent.ValueString(),
			Context:   m.Context.ValueBool(),
		},
		AllowUncovered: m.AllowUncovered.ValueBool(),
	}
	diags.Append(m.Overlays.ElementsAs(ctx, &request.Overlays, false)...)
	if !m.Snapshot.IsNull() {
		snapshot, err := document.DecodeSnapshot([]byte(m.Snapshot.ValueString()))
		if err != nil {
			diags.AddAttributeError(path.Root("snapshot"), "Invalid Snapshot", err.Error())
		}
		request.Snapshot = &snapshot
	}
	return request
}

func (m *recipeModel) setResult(ctx context.Context, result *recipe.Result) diag.Diagnostics {
	var diags, d diag.Diagnostics
	requestTypes := queryTypes()
	requestTypes["context"] = types.BoolType
	request := queryValues(result.Recipe.Request)
	request["context"] = types.BoolValue(result.Recipe.Request.Context)
	m.Request, d = types.ObjectValue(requestTypes, request)
	diags.Append(d...)
	m.MatchedRules, d = types.ListValueFrom(ctx, types.StringType, nonNil(result.Recipe.MatchedRules))
	diags.Append(d...)
	m.Measurements, d = types.MapValueFrom(ctx, measurementsType().ElemType, measurementTexts(result.Recipe.Measurements))
	diags.Append(d...)
	m.Provenance, d = types.MapValueFrom(ctx, types.StringType, result.Provenance)
	diags.Append(d...)

	yaml, yamlErr := result.Recipe.YAML()
	json, jsonErr := result.Recipe.JSON()
	if err := errors.Join(yamlErr, jsonErr); err != nil {
		diags.AddError("Recipe Not Encodable", err.Error()+"\n\n"+reportBug)
	}
	m.YAML = types.StringValue(string(yaml))
	m.JSON = types.StringValue(string(json))
	m.SHA256 = types.StringValue(sha256Hex(yaml))
	return diags
}

// addErrors reports each error of the engine on the attribute that it is
// about. A recipe that breaks a constraint through several inputs is about the
// overlays, where there are any: nothing else can change a value. Terraform
// shows no index of a list: the text of an error says which overlay it is about.
func (m *recipeModel) addErrors(err error, diags *diag.Diagnostics) {
	const title = "Recipe Not Possible"
	for _, e := range recipe.Errors(err) {
		switch {
		case e.Field == "" && m.Overlays.IsNull():
			diags.AddError(title, e.Err.Error())
		case e.Field == "":
			diags.AddAttributeError(path.Root("overlays"), title, e.Err.Error())
		case e.Field == "overlays":
			diags.AddAttributeError(path.Root("overlays").AtListIndex(e.Index), title, e.Error())
		default:
			diags.AddAttributeError(m.blame(e.Field), title, e.Err.Error())
		}
	}
}

// blame returns the attribute that a field was taken from: its own, or the
// snapshot where it is not set.
func (m *recipeModel) blame(field string) path.Path {
	stated := map[string]types.String{
		"os": m.OS, "osv": m.OSVersion, "kernel": m.KernelVersion, "service": m.Service, "k8s": m.KubernetesVersion, "gpu": m.GPU, "intent": m.Intent,
	}
	if value, ok := stated[field]; ok && value.IsNull() && !m.Snapshot.IsNull() {
		return path.Root("snapshot")
	}
	return path.Root(attributeName(field))
}

// nonNil makes an empty list of a nil slice, which would become null.
func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
