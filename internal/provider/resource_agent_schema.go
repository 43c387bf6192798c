// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
)

func (r *agentResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := agentArguments(ctx)
	maps.Copy(attributes, agentResults())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Takes a snapshot on a GPU node: asks the API server what that knows, deploys a Job that runs `eidos snapshot` on the node, waits for it, keeps what both said in a ConfigMap, and removes everything else. " +
			"It runs when it is created, when an argument that it depends on or `triggers` changes, and when the ConfigMap is gone.",
		Attributes: attributes,
	}
}

func agentArguments(ctx context.Context) map[string]schema.Attribute {
	whole := "How long a run may take, including pulling the image, such as `5m`. Defaults to `" + agent.DefaultTimeout.String() + "`."
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	return map[string]schema.Attribute{
		"namespace": schema.StringAttribute{
			Required: true, PlanModifiers: replace,
			MarkdownDescription: "Namespace to run in and to keep the ConfigMap in. It must exist and allow `hostPath` volumes, as the GPU Operator's does, unless only collectors of type K8s are chosen, which need no pod.",
		},
		"name": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: replace, Default: stringdefault.StaticString(agent.DefaultName),
			MarkdownDescription: "Name of the ConfigMap; with `all_nodes`, that of the typical node, and the prefix of the others. Defaults to `" + agent.DefaultName + "`. An existing ConfigMap of that name that no agent created is refused.",
		},
		"node_name": optionalText("Node to run on. Defaults to the first node by name that `node_selector` selects, that is ready, and whose taints are tolerated.",
			stringvalidator.ConflictsWith(path.MatchRoot("node_selector"), path.MatchRoot("all_nodes"))),
		"node_selector": optionalMap("Labels of the nodes to choose from. Defaults to the nodes with NVIDIA GPUs, known by their labels, capacity or instance type.", mapvalidator.NoNullValues()),
		"all_nodes": optionalFlag("Run on each of these nodes instead of only the first. Nodes with equal snapshots share a ConfigMap. " +
			"Nodes that are cordoned, not ready or not tolerated, and those where the agent fails, are left out with a warning; `left_out` lists them. Defaults to `false`."),
		"parallel": schema.Int64Attribute{
			Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			MarkdownDescription: fmt.Sprintf("Number of nodes to run on at a time, with `all_nodes`. Defaults to a tenth of them, but at least %d and at most %d.", agent.MinParallel, agent.MaxParallel),
		},
		"tolerations": optionalTolerations("Taints to tolerate, in addition to `nvidia.com/gpu`."),
		"image": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{notEmpty()},
			MarkdownDescription: "Image whose entrypoint is the `eidos` command. Defaults to the one of the provider's version, by its digest; a provider that you built yourself has none, so it must be set. " +
				"A tag without a digest is a warning. A new version of the provider is not by itself a reason to run again: the image that has run stays.",
		},
		"image_pull_secrets": optionalSet("Names of secrets in the namespace with credentials for the registry.", setvalidator.NoNullValues()),
		"service_account": optionalText("Service account to run as. Then no role is created or bound, and the account must be allowed to patch the ConfigMap. " +
			"Defaults to an account that exists only during the run and may do only that. With `all_nodes`, pods have no token, and run as the namespace's default account unless you name one."),
		"collectors": optionalSet("What to collect: "+codeList(agent.CollectorNames())+", or a type for all of its collectors, such as `OS`. Defaults to all. Fewer collectors need fewer mounts and permissions. Those of type `K8s` run in Terraform, so that no pod needs to read the cluster.",
			setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()),
		"privileged":      optionalFlag("Run as root, privileged, with the node's whole file system mounted read-only. Needed for `GPU/smi` without a runtime class, and for `SystemD` where D-Bus refuses other users. Defaults to `false`."),
		"runtime_class":   optionalText("Runtime class that brings `nvidia-smi` into the container, `nvidia` with the GPU Operator. Without it, GPUs are described as the kernel and the PCI bus show them."),
		"triggers":        optionalMap("Any values. The snapshot is taken again when one of them changes."),
		"keep_on_failure": optionalFlag("Leave the Job of a failed run, with what it needs, so that its pod can be inspected. The next run removes it. Defaults to `false`."),
		"timeouts": described(timeouts.Attributes(ctx, timeouts.Opts{
			Create: true, CreateDescription: whole, Update: true, UpdateDescription: whole,
			Delete: true, DeleteDescription: "How long removing the ConfigMaps may take. Defaults to `" + deleteTimeout.String() + "`.",
		}), "How long to wait for the cluster."),
	}
}

func agentResults() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"snapshot": computedText("The snapshot as canonical YAML without its volatile metadata: equal facts give equal text. Pass it to `eidos_recipe`. " +
			"With `all_nodes`, it is that of the typical node: the one that agrees with the others in most readings."),
		"sha256": computedText("SHA-256 of `snapshot`, in hex. It changes only when a fact changes."),
		"nodes": schema.MapNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The nodes that the agent ran on, by name.",
			NestedObject:        agentNode(),
		},
		"groups": schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The same nodes, grouped by snapshot: the nodes of a group agree in every reading. The first group is that of the typical node; the others follow by size, the largest first. One group for one node.",
			NestedObject:        agentGroup(),
		},
		"disagreements": computedMap("Readings that differ between nodes, as `type/subtype/key`, with each value and the number of nodes that have it: `\"580.105.08: 7, 580.95.05: 1\"`. Empty for one node."),
		"left_out":      computedMap("Nodes that the agent should have described but did not, with the reason: cordoned, not ready, tainted, or why it failed."),
	}
}

func agentGroup() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"nodes":       schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Names of the nodes, sorted."},
		"config_map":  computedText("Name of the ConfigMap with their snapshot, for `config_map` of `eidos_snapshot`. Null where nodes differ so much that the ConfigMaps of larger groups fill 8 MiB."),
		"sha256":      computedText("SHA-256 of their snapshot, computed like `sha256`."),
		"differences": computedMap("Readings that differ from the typical node's, as `type/subtype/key`; null for those that they lack. Empty for the first group."),
	}}
}

func agentNode() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"config_map": computedText("Name of the ConfigMap with the node's snapshot, for `config_map` of `eidos_snapshot`. Nodes of a group share one; see `groups`."),
		"sha256":     computedText("SHA-256 of the node's snapshot, computed like `sha256`."),
	}}
}
