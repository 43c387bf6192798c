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
				MarkdownDescription: "Manifests as YAML or JSON, one object each. The keys, such as the paths of a bundle's manifests, only name them in the plan and in messages: an object is the same one under another key, and two manifests may be of one object if they say the same. " +
					"Definitions are applied first, then namespaces, then the rest. A Secret with content is refused, since it would be stored in plain text.",
			},
			"wait_for": schema.ListNestedAttribute{
				Optional: true,
				MarkdownDescription: "Objects that must be ready before anything is applied, wherever they come from. A wait that fails leaves nothing behind. " +
					"Workloads, Jobs and definitions are ready as `kubectl` knows them, custom resources by their conditions, and those of the components' operators by their `status.state`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"api_version": requiredText("Version of its API, such as `apps/v1`.", notEmpty()),
					"kind":        requiredText("Its kind, such as `Deployment`.", notEmpty()),
					"namespace":   optionalText("Its namespace. Leave it out for objects that are not in one.", notEmpty()),
					"name":        requiredText("Its name.", notEmpty()),
				}},
			},
			"min_ready_nodes": optionalText("How many GPU nodes must have what a `ClusterPolicy` or `NicClusterPolicy` of `wait_for` brings, as a number such as `5` or a percentage such as `90%`, which is rounded up. It is of the nodes that are ready and not cordoned: a policy is not ready for as long as a pod is missing on any node, so the others do not hold the wait. " +
				"A wait that ends before the policy is ready is a warning that names the other nodes and says what is wrong with each. Defaults to `100%`. Without the right to list nodes the wait is for the policy itself."),
			"definitions": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Applies the custom resource definitions below `crds/` of a chart, before `manifests`. Helm installs those once and never upgrades them; let the release depend on this resource, so that they are there first. " +
					"They stay Helm's: they are not in `objects`, and never deleted. Fields of Helm and of the chart's own job are taken over. A definition older than the cluster's, of the same chart, or without a version in which the cluster stores objects, is an error.",
				Attributes: map[string]schema.Attribute{
					"repository": requiredText("Repository of the chart, `https://...` or `oci://...`, which anybody may read. As in `components[*].repository` of a bundle."),
					"chart":      requiredText("Name of the chart."),
					"version":    requiredText("Version of the chart. Its archive must stay the same: another digest than at first is an error."),
					"names": schema.SetAttribute{
						Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(notEmpty())},
						MarkdownDescription: "Names of the definitions to apply, those of charts within the chart included. By default all that are the chart's own.",
					},
				},
			},
			"force_conflicts":    optionalFlag("Take over fields that other managers own. Without it they are an error that names the manager, but for those that this resource has applied itself before: edits of them are put right. Defaults to `false`."),
			"delete_namespaces":  optionalFlag("Delete namespaces that leave `manifests`, and on destroy, with everything in them. Defaults to `false`: they stay."),
			"delete_definitions": optionalFlag("Delete custom resource definitions that leave `manifests`, and on destroy, with all objects of their kinds. Defaults to `false`: they stay."),
			"timeouts": described(timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, CreateDescription: whole, Update: true, UpdateDescription: whole,
				Read: true, ReadDescription: "How long comparing with the cluster may take, and the dry run of a plan. Defaults to `" + manifestsReadTimeout.String() + "`.",
				Delete: true, DeleteDescription: "How long removing may take; objects are waited for until they are gone. Defaults to `" + manifestsDeleteTimeout.String() + "`.",
			}), "How long to wait for the cluster."),
			"objects": computedMap("What the cluster says of the fields of each manifest, as JSON, by the key of the manifest. The plan says what the manifests say, so that it shows exactly the fields that have drifted and the objects that are gone."),
		},
	}
}
