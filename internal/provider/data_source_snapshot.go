// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
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
	ConfigMap          *configMapModel `tfsdk:"config_map"`
	Cluster            *clusterModel   `tfsdk:"cluster"`
	Document           types.String    `tfsdk:"document"`
	Kubernetes         types.Object    `tfsdk:"kubernetes"`
	RequiredCollectors []string        `tfsdk:"required_collectors"`
	IgnoreFindings     []string        `tfsdk:"ignore_findings"`
	Timeouts           timeouts.Value  `tfsdk:"timeouts"`

	Query           *queryModel            `tfsdk:"query"`
	QuerySources    map[string]string      `tfsdk:"query_sources"`
	Measurements    measurementsModel      `tfsdk:"measurements"`
	YAML            types.String           `tfsdk:"yaml"`
	SHA256          types.String           `tfsdk:"sha256"`
	Metadata        *snapshotMetadataModel `tfsdk:"metadata"`
	CollectorErrors map[string]string      `tfsdk:"collector_errors"`
	Findings        []recipeFindingModel   `tfsdk:"findings"`
}

type configMapModel struct {
	Namespace string       `tfsdk:"namespace"`
	Name      string       `tfsdk:"name"`
	Key       types.String `tfsdk:"key"`
}

type clusterModel struct {
	NodeSelector map[string]string `tfsdk:"node_selector"`
	Namespaces   []string          `tfsdk:"namespaces"`
}

type snapshotMetadataModel struct {
	Created  types.String `tfsdk:"created"`
	Hostname types.String `tfsdk:"hostname"`
	Version  types.String `tfsdk:"version"`
}

func (d *snapshotDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_snapshot"
}

func (d *snapshotDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.connection = connectionOf(req.ProviderData, &resp.Diagnostics)
}

func (d *snapshotDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(
		path.MatchRoot("config_map"), path.MatchRoot("cluster"), path.MatchRoot("document"),
	)}
}

func (d *snapshotDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model snapshotModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	catalog := d.engine.loadCatalog(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if d.mustWait(model) && req.ClientCapabilities.DeferralAllowed {
		tflog.Debug(ctx, "Deferred the snapshot", map[string]any{"unknown": d.connection.unknown})
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
		return
	}
	found := d.snapshot(ctx, model, catalog, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	extraction := catalog.Extract(found.snapshot)
	extraction.Findings = catalog.Audible(extraction.Findings, ignoredOf(model.IgnoreFindings))
	// What reaches the cluster holds secrets and may be short-lived: it is not
	// stored.
	model.Kubernetes = types.ObjectNull(model.Kubernetes.AttributeTypes(ctx))
	model.setResult(found, extraction, &resp.Diagnostics)
	tflog.Debug(ctx, "Read a snapshot", map[string]any{
		"from": found.at.String(), "query": statedIn(extraction.Query), "query_sources": model.QuerySources,
		"failed_collectors": slices.Sorted(maps.Keys(found.failed)), "sha256": model.SHA256.ValueString(),
	})
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func (m *snapshotModel) setResult(found foundSnapshot, extraction recipe.Extraction, diags *diag.Diagnostics) {
	query := newQueryModel(extraction.Query)
	m.Query = &query
	m.QuerySources = byAttribute(extraction.Sources)
	metadata := found.snapshot.Metadata
	m.Metadata = &snapshotMetadataModel{
		Created:  stringOrNull(metadata.Created),
		Hostname: stringOrNull(metadata.Hostname),
		Version:  stringOrNull(metadata.Version),
	}
	m.Measurements = newMeasurementsModel(found.snapshot.Measurements)
	m.CollectorErrors = found.failed
	m.Findings = recipeFindings(extraction.Findings)

	yaml := factsYAML(found.snapshot, diags)
	m.YAML = types.StringValue(string(yaml))
	m.SHA256 = types.StringValue(sha256Hex(yaml))
}

// factsYAML encodes a snapshot without what is volatile.
func factsYAML(snapshot document.Snapshot, diags *diag.Diagnostics) []byte {
	snapshot.Metadata = document.SnapshotMetadata{}
	yaml, err := snapshot.YAML()
	if err != nil {
		addBug(diags, "Snapshot Not Encodable", err)
	}
	return yaml
}
