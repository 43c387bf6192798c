// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

var _ datasource.DataSourceWithValidateConfig = (*recipeDataSource)(nil)

type recipeDataSource struct {
	engine *engine
}

type recipeModel struct {
	queryModel
	Context        types.Bool   `tfsdk:"context"`
	Snapshot       types.String `tfsdk:"snapshot"`
	Overlays       types.List   `tfsdk:"overlays"`
	Catalog        types.String `tfsdk:"catalog"`
	AllowUncovered types.Bool   `tfsdk:"allow_uncovered"`
	Options        types.Map    `tfsdk:"options"`
	Releases       types.Map    `tfsdk:"releases"`
	DriverVersion  types.String `tfsdk:"driver_version"`
	IgnoreFindings types.Set    `tfsdk:"ignore_findings"`

	Request      *requestModel        `tfsdk:"request"`
	MatchedRules []string             `tfsdk:"matched_rules"`
	Measurements measurementsModel    `tfsdk:"measurements"`
	Provenance   map[string]string    `tfsdk:"provenance"`
	YAML         types.String         `tfsdk:"yaml"`
	JSON         types.String         `tfsdk:"json"`
	SHA256       types.String         `tfsdk:"sha256"`
	Findings     []recipeFindingModel `tfsdk:"findings"`
}

type requestModel struct {
	queryModel
	Context types.Bool `tfsdk:"context"`
}

func (d *recipeDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_recipe"
}

func (d *recipeDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model recipeModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	catalog := d.catalog(ctx, model, &resp.Diagnostics)
	request := model.buildRequest(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	tflog.Debug(ctx, "Making a recipe", map[string]any{
		"query": statedIn(request.Query), "from_snapshot": request.Snapshot != nil, "overlays": len(request.Overlays),
		"own_catalog": !model.Catalog.IsNull(), "allow_uncovered": request.AllowUncovered,
	})
	result, err := catalog.Build(ctx, request)
	if err != nil {
		model.addErrors(err, &resp.Diagnostics)
		return
	}
	model.setResult(result, &resp.Diagnostics)
	model.warn(result.Findings, &resp.Diagnostics)
	tflog.Debug(ctx, "Made a recipe", map[string]any{
		"query": statedIn(result.Recipe.Request), "query_sources": byAttribute(result.Sources), "matched_rules": strings.Join(result.Recipe.MatchedRules, "; "),
		"catalog_version": result.Recipe.Metadata.Version, "findings": len(result.Findings), "sha256": model.SHA256.ValueString(),
	})
	tflog.Trace(ctx, "Chose the recipe's values", map[string]any{"provenance": result.Provenance})
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// ValidateConfig reports what is wrong whatever else the configuration will say:
// all of a recipe where everything is known, and of a part of it what that part
// decides alone.
func (d *recipeDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var model recipeModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() || model.Catalog.IsUnknown() {
		return
	}
	catalog := d.catalog(ctx, model, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	check := catalog.Check
	if req.Config.Raw.IsFullyKnown() {
		check = func(ctx context.Context, r recipe.Request) error {
			_, err := catalog.Build(ctx, r)
			return err
		}
	}
	request := model.known().buildRequest(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// Names that an overlay may add are not judged without it.
	request.AllowUncovered = request.AllowUncovered || !fullyKnown(ctx, model.Overlays, model.AllowUncovered)
	if err := check(ctx, request); err != nil {
		model.addErrors(err, &resp.Diagnostics)
	}
}

// known returns the model without what is not known yet.
func (m recipeModel) known() *recipeModel {
	if m.Snapshot.IsUnknown() {
		m.Snapshot = types.StringNull()
	}
	overlays := make([]attr.Value, 0, len(m.Overlays.Elements()))
	for _, element := range m.Overlays.Elements() {
		if element.IsUnknown() {
			element = types.StringValue("key: {}") // an overlay of nothing keeps the places of the others
		}
		overlays = append(overlays, element)
	}
	if m.Overlays = types.ListNull(types.StringType); len(overlays) > 0 {
		m.Overlays = types.ListValueMust(types.StringType, overlays)
	}
	m.IgnoreFindings = types.SetNull(types.StringType) // which decides about findings alone
	return &m
}

// catalog returns the replaced catalog or the embedded one.
func (d *recipeDataSource) catalog(ctx context.Context, model recipeModel, diags *diag.Diagnostics) *recipe.Catalog {
	if !model.Catalog.IsNull() {
		catalog, err := recipe.Load(ctx, []byte(model.Catalog.ValueString()))
		for _, e := range recipe.Errors(err) {
			diags.AddAttributeError(path.Root("catalog"), unlessEnded(ctx, "Invalid Catalog"), e.Err.Error())
		}
		return catalog
	}
	return d.engine.loadCatalog(diags)
}

func (m *recipeModel) buildRequest(ctx context.Context, diags *diag.Diagnostics) recipe.Request {
	request := recipe.Request{
		Query: m.query(), AllowUncovered: m.AllowUncovered.ValueBool(),
		Options: statedTexts(m.Options), Releases: statedTexts(m.Releases), Driver: m.DriverVersion.ValueString(), Called: attributeName,
	}
	diags.Append(m.Overlays.ElementsAs(ctx, &request.Overlays, false)...)
	var ignored []string
	diags.Append(m.IgnoreFindings.ElementsAs(ctx, &ignored, false)...)
	request.IgnoreFindings = ignoredOf(ignored)
	request.Query.Context = m.Context.ValueBool()
	request.Snapshot = decodeSnapshot(ctx, m.Snapshot, diags)
	return request
}

// decodeSnapshot reads the text of a snapshot, nil for one that is null or unknown.
func decodeSnapshot(ctx context.Context, text types.String, diags *diag.Diagnostics) *document.Snapshot {
	if text.IsNull() || text.IsUnknown() {
		return nil
	}
	snapshot, err := document.DecodeSnapshot(ctx, []byte(text.ValueString()))
	if err != nil {
		diags.AddAttributeError(path.Root("snapshot"), unlessEnded(ctx, "Invalid Snapshot"), err.Error())
	}
	return &snapshot
}

func (m *recipeModel) setResult(result *recipe.Result, diags *diag.Diagnostics) {
	made := result.Recipe
	m.Request = &requestModel{queryModel: newQueryModel(made.Request), Context: types.BoolValue(made.Request.Context)}
	m.MatchedRules = nonNil(made.MatchedRules)
	m.Measurements = newMeasurementsModel(made.Measurements)
	m.Provenance = result.Provenance
	m.Findings = recipeFindings(result.Findings)

	yaml, yamlErr := made.YAML()
	json, jsonErr := made.JSONMaps()
	if err := errors.Join(yamlErr, jsonErr); err != nil {
		addBug(diags, "Recipe Not Encodable", err)
	}
	m.YAML = types.StringValue(string(yaml))
	m.JSON = types.StringValue(string(json))
	m.SHA256 = types.StringValue(sha256Hex(yaml))
}

// addErrors reports each error of the engine on the attribute that it is
// about. A recipe that breaks a constraint through several inputs is about the
// overlays, where there are any: nothing else can change a value. Terraform
// shows no index of a list: the text of an error says which overlay it is about.
func (m *recipeModel) addErrors(err error, diags *diag.Diagnostics) {
	const title = "Recipe Not Possible"
	for _, e := range recipe.Errors(err) {
		switch {
		case e.Field == "" && len(m.Overlays.Elements()) == 0:
			diags.AddError(title, e.Err.Error())
		case e.Field == "":
			diags.AddAttributeError(path.Root("overlays"), title, e.Err.Error())
		case e.Field == "overlays":
			diags.AddAttributeError(path.Root("overlays").AtListIndex(e.Index), title, e.Error())
		case e.Key != "":
			diags.AddAttributeError(path.Root(e.Field).AtMapKey(e.Key), title, e.Error())
		default:
			diags.AddAttributeError(m.blame(e.Field), title, e.Err.Error())
		}
	}
}

// warn reports all findings at once.
func (m *recipeModel) warn(findings []recipe.Finding, diags *diag.Diagnostics) {
	if len(findings) == 0 {
		return
	}
	all := make([]bundle.Finding, len(findings))
	for i, f := range m.Findings {
		all[i] = bundle.Finding{Rule: f.Rule, Path: f.Path, Message: f.Message}
	}
	warnOf(count(len(all), "finding"), m.blame(findings[0].Field), all, nil, diags)
}

// blame returns the attribute that a field was taken from: its own, or the
// snapshot where it is not set.
func (m *recipeModel) blame(field string) path.Path {
	query := m.query()
	if stated := query.Field(field); stated != nil && *stated == "" && !m.Snapshot.IsNull() {
		return path.Root("snapshot")
	}
	return path.Root(attributeName(field))
}
