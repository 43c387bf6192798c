// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

func (d *snapshotDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := snapshotSources(ctx)
	maps.Copy(attributes, snapshotResults())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a snapshot: the facts about a GPU Kubernetes cluster from which a recipe is made. " +
			"It comes from the cluster itself, from a ConfigMap in it, or from a document; set exactly one of `cluster`, `config_map` and `document`.",
		Attributes: attributes,
	}
}

func snapshotSources(ctx context.Context) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"document": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A snapshot document as YAML or JSON text, at most 32 MiB, usually from `file(\"snapshot.yaml\")`. " +
				"Unknown fields, duplicate keys and a second document are errors with their line and column.",
		},
		"config_map": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "A ConfigMap that holds a snapshot document. It gives the same facts in every plan until somebody takes a new snapshot.",
			Attributes: map[string]schema.Attribute{
				"namespace": schema.StringAttribute{Required: true, MarkdownDescription: "Its namespace.", Validators: notEmpty()},
				"name":      schema.StringAttribute{Required: true, MarkdownDescription: "Its name.", Validators: notEmpty()},
				"key": schema.StringAttribute{
					Optional: true, Validators: notEmpty(),
					MarkdownDescription: "Key of the document. Defaults to `" + location.SnapshotKey + "`.",
				},
			},
		},
		"cluster": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Collect now, from the API server; `{}` looks at the GPU nodes and at the pods of all namespaces.",
			Attributes: map[string]schema.Attribute{
				"node_selector": schema.MapAttribute{
					Optional: true, ElementType: types.StringType,
					MarkdownDescription: "Labels of the nodes to describe. Defaults to the nodes with GPUs.",
				},
				"namespaces": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()},
					MarkdownDescription: "Namespaces whose pods' images are listed. Defaults to all.",
				},
			},
		},
		"kubernetes": kubernetesAttribute("How to reach the cluster, in place of the provider's `kubernetes`. While a value in it is unknown, Terraform reads this data source during the apply: " +
			"set it when the cluster is created in the same apply. It is never stored: in the state it is null."),
		"required_collectors": schema.SetAttribute{
			Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.NoNullValues()},
			MarkdownDescription: "Parts of the snapshot that must be there, such as `" + snapshot.KubernetesNode + "`. A collector that fails is a warning, " +
				"and an error when it is named here. `cluster` has " + codeList(collectorNames()) + ".",
		},
		"timeouts": timeoutsAttribute(ctx),
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ReadDescription: "How long each collector, or reading the ConfigMap, may take, such as `2m`. Defaults to `" + snapshot.DefaultTimeout.String() + "`.",
	})
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = "How long to wait for the API server."
	return nested
}

func snapshotResults() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"query": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "What the snapshot says about the cluster, in the words of a recipe's query. Whatever it does not say is null.",
			Attributes:          computedQueryAttributes(),
		},
		"query_sources": computedTexts("For each known attribute of `query`, the place in the snapshot that it was read from."),
		"measurements":  measurementsAttribute("All readings: type > subtype > key."),
		"yaml":          computedText("The snapshot as canonical YAML without its volatile metadata: equal facts give equal text. Pass it to `eidos_recipe`."),
		"sha256":        computedText("SHA-256 of `yaml`, in hex. It changes only when a fact changes."),
		"metadata": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "When and where the snapshot was taken. It changes with every snapshot: use it in outputs, not as an input of other resources.",
			Attributes: map[string]schema.Attribute{
				"created":  computedText("Time of the snapshot, RFC 3339 in UTC. Null when the source does not say, and for `cluster`."),
				"hostname": computedText("Node that the snapshot was taken on. Null when the source does not say, and for `cluster`."),
				"version":  computedText("Version of the program that took the snapshot. Null when the source does not say."),
			},
		},
		"collector_errors": computedTexts("Collectors that failed, with the reason. Empty unless `cluster` is set."),
	}
}
