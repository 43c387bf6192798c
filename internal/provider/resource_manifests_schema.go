// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// How long an apply of manifests may take unless timeouts say otherwise, how long
// removing them, and how long a look at the cluster, which a plan takes too.
const (
	manifestsTimeout       = 10 * time.Minute
	manifestsDeleteTimeout = 5 * time.Minute
	manifestsReadTimeout   = 30 * time.Second
)

func (r *manifestsResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	whole := "How long waiting and applying may take together, such as `20m`. Defaults to `" + manifestsTimeout.String() + "`."
	resp.Schema = schema.Schema{
		MarkdownDescription: "Applies manifests to the cluster of the provider's `kubernetes` by server-side apply, such as those of a bundle, shows in the plan which of their fields have drifted, and deletes what left. " +
			"The kinds need not be known when the plan is made, and neither does the cluster: both may come in the same apply.",
		Attributes: map[string]schema.Attribute{
			"manifests": schema.MapAttribute{
				Required: true, ElementType: types.StringType,
				MarkdownDescription: "Manifests as YAML or JSON, one object each. The keys, such as the paths of a bundle's manifests, only name them in the plan and in messages: an object stays the same under another key, and two manifests may describe the same object if they are equal. " +
					"Definitions are applied first, then namespaces, then the rest. A Secret with content is refused, because it would be stored in plain text.",
			},
			"wait_for": schema.ListNestedAttribute{
				Optional: true,
				MarkdownDescription: "Objects that must be ready before anything is applied, no matter who creates them. A wait that fails leaves nothing behind. " +
					"Workloads, Jobs and definitions are ready as `kubectl` defines it, custom resources by their conditions, and those of the components' operators by their `status.state`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"api_version": requiredText("Version of its API, such as `apps/v1`.", notEmpty()),
					"kind":        requiredText("Its kind, such as `Deployment`.", notEmpty()),
					"namespace":   optionalText("Its namespace. Leave it out for objects that are not in one.", notEmpty()),
					"name":        requiredText("Its name.", notEmpty()),
				}},
			},
			"min_ready_nodes": optionalText("How many GPU nodes must have what a `ClusterPolicy` or `NicClusterPolicy` of `wait_for` installs, as a number such as `5` or a percentage such as `90%`, which is rounded up. Only nodes that are ready and not cordoned count: a policy is not ready while a pod is missing on any node, and the other nodes should not block the wait. " +
				"A wait that ends before the policy is ready gives a warning that names the other nodes and what is wrong with each. Defaults to `100%`. Without permission to list nodes, the wait is for the policy itself."),
			"definitions": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Applies the custom resource definitions in a chart's `crds/` before `manifests`. Helm installs those once and never upgrades them. Let the release depend on this resource, so that they exist first. " +
					"They remain Helm's: they are not in `objects` and are never deleted. Fields that Helm or the chart's own job set are taken over. A definition that is older than the cluster's from the same chart, or lacks a version in which the cluster stores objects, is an error.",
				Attributes: map[string]schema.Attribute{
					"repository": requiredText("Repository of the chart, `https://...` or `oci://...`, which anybody may read. As in `components[*].repository` of a bundle."),
					"chart":      requiredText("Name of the chart."),
					"version":    requiredText("Version of the chart. Its archive must stay the same: another digest than at first is an error."),
					"names": schema.SetAttribute{
						Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(notEmpty())},
						MarkdownDescription: "Names of the definitions to apply, including those of subcharts. Defaults to all of the chart's own.",
					},
				},
			},
			"force_conflicts":    optionalFlag("Take over fields that other managers own. Otherwise such a field is an error that names its manager, except for fields that this resource has applied before: edits of those are reverted. Defaults to `false`."),
			"delete_namespaces":  optionalFlag("Delete namespaces that leave `manifests`, and on destroy, with everything in them. Defaults to `false`: they stay."),
			"delete_definitions": optionalFlag("Delete custom resource definitions that leave `manifests`, and on destroy, with all objects of their kinds. Defaults to `false`: they stay."),
			"timeouts": described(timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, CreateDescription: whole, Update: true, UpdateDescription: whole,
				Read: true, ReadDescription: "How long comparing with the cluster, and the dry run of a plan, may take. Defaults to `" + manifestsReadTimeout.String() + "`.",
				Delete: true, DeleteDescription: "How long removing may take, including the wait until the objects are gone. Defaults to `" + manifestsDeleteTimeout.String() + "`.",
			}), "How long to wait for the cluster."),
			"objects": computedMap("The fields of each manifest as the cluster has them, as JSON, by the key of the manifest. The planned value is that of the manifests, so a plan shows exactly the fields that have drifted and the objects that are gone."),
		},
	}
}
