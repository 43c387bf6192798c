// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

var _ datasource.DataSource = (*snapshotDataSource)(nil)

type snapshotDataSource struct {
	engine *engine
}

type snapshotModel struct {
	Document        types.String `tfsdk:"document"`
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

func (d *snapshotDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a snapshot: the facts about a GPU Kubernetes cluster from which a recipe is made.",
		Attributes: map[string]schema.Attribute{
			"document": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "A snapshot document as YAML or JSON text, at most 32 MiB, usually from `file(\"snapshot.yaml\")`. " +
					"Unknown fields, duplicate keys and a second document are errors with their line and column.",
			},
			"query": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What the snapshot says about the cluster, in the words of a recipe's query. Whatever it does not say is null.",
				Attributes:          computedQueryAttributes(),
			},
			"query_sources": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "For each known attribute of `query`, the place in the snapshot that it was read from.",
			},
			"measurements": measurementsAttribute("All readings: type > subtype > key."),
			"yaml": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The snapshot as canonical YAML without its volatile metadata: equal facts give equal text. Pass it to `eidos_recipe`.",
			},
			"sha256": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "SHA-256 of `yaml`, in hex. It changes only when a fact changes.",
			},
			"metadata": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "When and where the snapshot was taken. It changes with every snapshot: use it in outputs, not as an input of other resources.",
				Attributes: map[string]schema.Attribute{
					"created":  schema.StringAttribute{Computed: true, MarkdownDescription: "Time of the snapshot, RFC 3339 in UTC. Null when the document does not say."},
					"hostname": schema.StringAttribute{Computed: true, MarkdownDescription: "Node that the snapshot was taken on. Null when the document does not say."},
					"version":  schema.StringAttribute{Computed: true, MarkdownDescription: "Version of the program that took the snapshot. Null when the document does not say."},
				},
			},
			"collector_errors": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Collectors that failed, with the reason. Always empty for a `document`.",
			},
		},
	}
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
	snapshot, err := document.DecodeSnapshot([]byte(model.Document.ValueString()))
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("document"), "Invalid Snapshot", err.Error())
		return
	}
	extraction := catalog.Extract(snapshot)
	for _, w := range extraction.Warnings {
		resp.Diagnostics.AddAttributeWarning(path.Root("document"), "Snapshot Contradicts Itself", w.Message)
	}
	resp.Diagnostics.Append(model.setSnapshot(ctx, snapshot)...)
	resp.Diagnostics.Append(model.setQuery(ctx, extraction.Query, extraction.Sources)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func (m *snapshotModel) setSnapshot(ctx context.Context, snapshot document.Snapshot) diag.Diagnostics {
	var diags, d diag.Diagnostics
	m.Metadata, d = types.ObjectValueFrom(ctx, snapshotMetadataTypes(), snapshotMetadataModel{
		Created:  stringOrNull(snapshot.Metadata.Created),
		Hostname: stringOrNull(snapshot.Metadata.Hostname),
		Version:  stringOrNull(snapshot.Metadata.Version),
	})
	diags.Append(d...)
	m.Measurements, d = types.MapValueFrom(ctx, measurementsType().ElemType, measurementTexts(snapshot.Measurements))
	diags.Append(d...)
	m.CollectorErrors, d = types.MapValueFrom(ctx, types.StringType, map[string]string{})
	diags.Append(d...)

	snapshot.Metadata = document.SnapshotMetadata{}
	yaml, err := snapshot.YAML()
	if err != nil {
		diags.AddError("Snapshot Not Encodable", err.Error()+"\n\n"+reportBug)
	}
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
