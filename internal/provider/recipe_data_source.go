// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
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

func (d *recipeDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"context": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Keep the texts that explain the values. They become comments in a bundle's `values.yaml` and reasons in its README. " +
				"Defaults to `false`.",
		},
		"snapshot": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A snapshot document, usually `data.eidos_snapshot.<name>.yaml`, from which the query is taken. " +
				"Attributes that are set explicitly win over what it says.",
		},
		"overlays": schema.ListAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Overlays of your own, as YAML or JSON text, applied after the catalog's in list order, so that yours win. " +
				"Each is one overlay (`key`, `types`, `constraints`) or a mapping with a list of them under `overlays`.",
			Validators: []validator.List{listvalidator.NoNullValues()},
		},
		"catalog": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "A whole catalog as YAML text (`base`, `overlays`, `platforms`) that replaces the embedded one.",
		},
		"allow_uncovered": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Accept an operating system, service, GPU or intent, or a combination of them, that no data covers. " +
				"It is a warning then instead of an error. Defaults to `false`.",
		},
	}
	for _, a := range queryAttributes() {
		attributes[a.name] = schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: a.description + " " + d.validValues(a) + "Omitted: taken from the `snapshot`, else not stated. `any`: not stated, whatever the snapshot says.",
		}
	}
	maps.Copy(attributes, recipeResults())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Merges everything known about a kind of cluster into a recipe: the versions and settings that fit each other there. " +
			"A combination that no data covers is an error, not a guess.",
		Attributes: attributes,
	}
}

func recipeResults() map[string]schema.Attribute {
	request := computedQueryAttributes()
	request["context"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the recipe keeps the texts that explain its values."}
	return map[string]schema.Attribute{
		"request": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The effective query: what was set here, completed by the snapshot.",
			Attributes:          request,
		},
		"matched_rules": schema.ListAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "The overlays that were applied, in order, such as `service=eks,gpu=h100`. Your own begin with `user:`.",
		},
		"measurements": measurementsAttribute("The recipe's values: type > subtype > key."),
		"provenance": schema.MapAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "Which layer set each value: `K8s/image/driver` = `base` or the name of an overlay in `matched_rules`.",
		},
		"yaml": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The recipe document as canonical YAML, for people, files and `eidos_bundle`.",
		},
		"json": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The same document as canonical JSON. Given to `eidos_bundle` it makes the same bundle, " +
				"and plans are short: Terraform shows only the values of a JSON text that change, but every line of a YAML text.",
		},
		"sha256": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "SHA-256 of `yaml`, in hex.",
		},
	}
}

// validValues names the values that the embedded catalogue knows, with a blank
// behind; versions have none.
func (d *recipeDataSource) validValues(a queryAttribute) string {
	catalog, err := d.engine.catalog()
	if err != nil {
		return "" // Read reports it
	}
	values := catalog.Values(a.field)
	if len(values) == 0 {
		return ""
	}
	return "Valid values: " + codeList(values) + ", and those that an overlay adds. "
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
