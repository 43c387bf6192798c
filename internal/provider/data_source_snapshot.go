// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

var (
	_ datasource.DataSourceWithConfigure        = (*snapshotDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*snapshotDataSource)(nil)
)

type snapshotDataSource struct {
	engine     *engine
	version    string
	connection *connection // the provider's
}

type snapshotModel struct {
	ConfigMap          types.Object   `tfsdk:"config_map"`
	Cluster            types.Object   `tfsdk:"cluster"`
	Document           types.String   `tfsdk:"document"`
	Kubernetes         types.Object   `tfsdk:"kubernetes"`
	RequiredCollectors types.Set      `tfsdk:"required_collectors"`
	Timeouts           timeouts.Value `tfsdk:"timeouts"`

	Query           types.Object `tfsdk:"query"`
	QuerySources    types.Map    `tfsdk:"query_sources"`
	Measurements    types.Map    `tfsdk:"measurements"`
	YAML            types.String `tfsdk:"yaml"`
	SHA256          types.String `tfsdk:"sha256"`
	Metadata        types.Object `tfsdk:"metadata"`
	CollectorErrors types.Map    `tfsdk:"collector_errors"`
}

type snapshotMetadataModel struct {
	Created  types.String `tfsdk:"created"`
	Hostname types.String `tfsdk:"hostname"`
	Version  types.String `tfsdk:"version"`
}

func snapshotMetadataTypes() map[string]attr.Type {
	return map[string]attr.Type{"created": types.StringType, "hostname": types.StringType, "version": types.StringType}
}

func (d *snapshotDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_snapshot"
}

// Configure receives the provider's connection.
func (d *snapshotDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if req.ProviderData == nil {
		return // the provider is not configured yet, as during validation
	}
	connection, ok := req.ProviderData.(*connection)
	if !ok {
		resp.Diagnostics.AddError("Unexpected Provider Data", fmt.Sprintf("Expected *connection, got %T. %s", req.ProviderData, reportBug))
		return
	}
	d.connection = connection
}

func (d *snapshotDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(
		path.MatchRoot("config_map"), path.MatchRoot("cluster"), path.MatchRoot("document"),
	)}
}

func (d *snapshotDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model snapshotModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	catalog, err := d.engine.catalog()
	if err != nil {
		resp.Diagnostics.AddError("Embedded Catalog Unreadable", err.Error()+"\n\n"+reportBug)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if d.mustWait(model) && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
		return
	}
	found := d.snapshot(ctx, model, catalog, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	extraction := catalog.Extract(found.snapshot)
	for _, w := range extraction.Warnings {
		resp.Diagnostics.AddAttributeWarning(found.at, "Snapshot Contradicts Itself", w.Message)
	}
	// What reaches the cluster holds secrets and may be short-lived: it is not
	// stored.
	model.Kubernetes = types.ObjectNull(model.Kubernetes.AttributeTypes(ctx))
	resp.Diagnostics.Append(model.setSnapshot(ctx, found.snapshot, found.failed)...)
	resp.Diagnostics.Append(model.setQuery(ctx, extraction.Query, extraction.Sources)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func (m *snapshotModel) setSnapshot(ctx context.Context, snapshot document.Snapshot, failed map[string]string) diag.Diagnostics {
	var diags, d diag.Diagnostics
	m.Metadata, d = types.ObjectValueFrom(ctx, snapshotMetadataTypes(), snapshotMetadataModel{
		Created:  stringOrNull(snapshot.Metadata.Created),
		Hostname: stringOrNull(snapshot.Metadata.Hostname),
		Version:  stringOrNull(snapshot.Metadata.Version),
	})
	diags.Append(d...)
	m.Measurements, d = types.MapValueFrom(ctx, measurementsType().ElemType, measurementTexts(snapshot.Measurements))
	diags.Append(d...)
	m.CollectorErrors, d = types.MapValueFrom(ctx, types.StringType, failed)
	diags.Append(d...)

	yaml := factsYAML(snapshot, &diags)
	m.YAML = types.StringValue(string(yaml))
	m.SHA256 = types.StringValue(sha256Hex(yaml))
	return diags
}

func (m *snapshotModel) setQuery(ctx context.Context, query document.Query, sources map[string]string) diag.Diagnostics {
	var diags, d diag.Diagnostics
	m.Query, d = types.ObjectValue(queryTypes(), queryValues(query))
	diags.Append(d...)
	byAttribute := make(map[string]string, len(sources))
	for field, source := range sources {
		byAttribute[attributeName(field)] = source
	}
	m.QuerySources, d = types.MapValueFrom(ctx, types.StringType, byAttribute)
	diags.Append(d...)
	return diags
}
