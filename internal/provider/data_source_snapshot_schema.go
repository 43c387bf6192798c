// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

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
		"document": optionalText("A snapshot document as YAML or JSON text, at most 32 MiB, usually from `file(\"snapshot.yaml\")`. " +
			"Unknown fields, duplicate keys and a second document are errors with their line and column."),
		"config_map": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "A ConfigMap that holds a snapshot document. It gives the same facts in every plan until somebody takes a new snapshot.",
			Attributes: map[string]schema.Attribute{
				"namespace": requiredText("Its namespace.", notEmpty()),
				"name":      requiredText("Its name.", notEmpty()),
				"key":       optionalText("Key of the document. Defaults to `"+location.SnapshotKey+"`.", notEmpty()),
			},
		},
		"cluster": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Collect now, from the API server; `{}` looks at the GPU nodes and at the pods of all namespaces.",
			Attributes: map[string]schema.Attribute{
				"node_selector": optionalMap("Labels of the nodes to describe. Defaults to the nodes with GPUs."),
				"namespaces":    optionalSet("Namespaces whose pods' images are listed. Defaults to all.", setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()),
			},
		},
		"kubernetes": kubernetesAttribute("How to reach the cluster, in place of the provider's `kubernetes`. While a value in it is unknown, Terraform reads this data source during the apply: " +
			"set it when the cluster is created in the same apply. It is never stored: in the state it is null."),
		"required_collectors": optionalSet("Parts of the snapshot that must be there, such as `"+snapshot.KubernetesNode+"`. A collector that fails is a warning, "+
			"and an error when it is named here. `cluster` has "+codeList(collectorNames())+".",
			setvalidator.NoNullValues()),
		"ignore_findings": ignoreFindingsAttribute(),
		"timeouts": described(timeouts.AttributesWithOpts(ctx, timeouts.Opts{
			ReadDescription: "How long each collector, or reading the ConfigMap, may take, such as `2m`. Defaults to `" + snapshot.DefaultTimeout.String() + "`.",
		}), "How long to wait for the API server."),
	}
}

func snapshotResults() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"query": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "What the snapshot says about the cluster, in the words of a recipe's query. Whatever it does not say is null.",
			Attributes:          computedQueryAttributes(),
		},
		"query_sources": computedMap("For each known attribute of `query`, the place in the snapshot that it was read from."),
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
		"findings":         recipeFindingsAttribute("Readings that contradict each other or mean nothing. `eidos_recipe` warns of those that its query is taken from."),
		"collector_errors": computedMap("Collectors that failed, with the reason. Empty unless `cluster` is set."),
	}
}
