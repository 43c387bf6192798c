// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

func (d *statusDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Says whether what a bundle installs is there: which objects are ready, which of their fields have drifted, what Helm has installed, and how the nodes with GPUs are. " +
			"It changes nothing. What it may not read is named in `problems`, and leaves the rest as it is.",
		Attributes: map[string]schema.Attribute{
			"components": schema.MapNestedAttribute{
				Required: true, NestedObject: statusComponentObject(),
				Validators:          []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues()},
				MarkdownDescription: "What to look at: `components` of `eidos_bundle`, or some of them. It is not stored: in the state it is null.",
			},
			"recipe":         optionalText("The recipe of the bundle: `wrong` of a node then says whether it runs the recipe's driver, and one that its hardware takes. It is not stored."),
			"wait_for_ready": optionalText("How long to wait until the objects are ready, such as `20m`. When they are not by then, that is a warning, and `ready` is false: a postcondition makes it an error. Defaults to no wait.", duration{}),
			"kubernetes": kubernetesAttribute("How to reach the cluster, in place of the provider's `kubernetes`. While a value in it is unknown, Terraform reads this data source during the apply. " +
				"It is never stored: in the state it is null."),
			"timeouts": described(timeouts.AttributesWithOpts(ctx, timeouts.Opts{
				ReadDescription: "How long looking at the cluster may take, after `wait_for_ready`. Defaults to `" + status.DefaultTimeout.String() + "`.",
			}), "How long to wait for the API server."),

			"ready":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether every object is there and ready, and every release that Helm has a readable record of, or should have, is `deployed`. An object that could not be read is not ready."},
			"objects":  statusList("The objects of `ready`, `manifests` and `chart_manifests`, and the workloads of the Helm releases.", statusObjectAttributes()),
			"drift":    statusList("The fields of `manifests` and `chart_manifests` that have other values in the cluster. Where the identity may `patch` an object, the API server compares by a dry run; else the fields alone are compared. Defaults, other spellings of a quantity and fields of others are not drift.", statusDriftAttributes()),
			"nodes":    statusList("The nodes with GPUs, by name. They do not count for `ready`.", statusNodeAttributes()),
			"releases": statusList("The Helm releases, where the identity may list Secrets in their namespaces. Of Helm's records nothing else is read than what is here.", statusReleaseAttributes()),
			"problems": statusList("What could not be read. A warning lists them too.", statusProblemAttributes()),
		},
	}
}

func statusList(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: attributes}}
}

func statusComponentObject() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"chart":        optionalText("Name of the chart."),
		"version":      optionalText("Version of the chart."),
		"namespace":    requiredText("Namespace of the release."),
		"release_name": optionalText("Name of the Helm release. Null for a component without one."),
		"ready": schema.ListNestedAttribute{
			Optional: true, MarkdownDescription: "The object whose `status.state` says that the component is up.",
			Validators: []validator.List{listvalidator.SizeAtMost(1), listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"api_version": requiredText("Version of its API."),
				"kind":        requiredText("Its kind."),
				"name":        requiredText("Its name."),
			}},
		},
		"manifests":       optionalMap("Objects next to the chart, by path.", mapvalidator.NoNullValues()),
		"chart_manifests": optionalMap("Objects that the chart itself creates, by path.", mapvalidator.NoNullValues()),
	}}
}

func statusObjectAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"component": computedText("Component that it belongs to; of an object of several, the first."),
		"object":    computedText("Kind, name and namespace, such as `ClusterPolicy.nvidia.com \"cluster-policy\"`."),
		"state":     computedText("`status.state` of the operators' own objects, else `Current`, `InProgress`, `Failed` or `Terminating`; `Missing` where it does not exist, `Unread` where it could not be read, `Unknown` where it does not say."),
		"ready":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is ready."},
		"message":   computedText("Why it is not ready, or what to know although it is. Null for nothing."),
	}
}

func statusDriftAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"component": computedText("Component that the object belongs to."),
		"object":    computedText("The object."),
		"path":      computedText("The field, such as `spec.driver.version` or `spec.env[name=\"MODE\"].value`."),
		"want":      computedText("What the bundle says: a text as it is, else JSON. Null where it says nothing. Secrets are not shown."),
		"have":      computedText("What the cluster says, null for nothing."),
	}
}

func statusNodeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":           computedText("Its name."),
		"product":        computedText("GPU as GPU Feature Discovery names it. This and what follows is null where nothing on the node says it."),
		"driver_version": computedText("The driver that runs."),
		"capacity":       schema.Int64Attribute{Computed: true, MarkdownDescription: "How many GPUs the node has for pods, or slices and shares where they are divided."},
		"allocatable":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How many of these pods can get."},
		"mig":            computedText("The MIG layout that is asked for."),
		"mig_state":      computedText("What has become of it, such as `success`, `pending` or `failed`."),
		"ready":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the node is ready."},
		"schedulable":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is not cordoned."},
		"wrong":          schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "What is wrong with it, in the order in which to look at it."},
	}
}

func statusReleaseAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"component":  computedText("Component that it is of."),
		"name":       computedText("Name of the release."),
		"namespace":  computedText("Its namespace."),
		"chart":      computedText("Chart of its newest revision. Null where there is none."),
		"version":    computedText("Version of that chart."),
		"status":     computedText("Helm's word for its newest revision, such as `deployed`, `failed` or `pending-upgrade`; `missing` where there is none."),
		"revision":   schema.Int64Attribute{Computed: true, MarkdownDescription: "Its newest revision, 0 where there is none."},
		"difference": computedText("What is otherwise than in the bundle. Null for nothing."),
	}
}

func statusProblemAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"verb":      computedText("Verb of the call that failed, such as `list`. Null where it was not a call."),
		"resource":  computedText("What it was for, such as `secrets` or `clusterpolicies.nvidia.com`."),
		"namespace": computedText("In which namespace, null for none."),
		"message":   computedText("Why it failed, and what to do."),
	}
}

// duration accepts a time that is not negative.
type duration struct{}

func (duration) Description(context.Context) string {
	return "a time such as 30s or 20m"
}

func (d duration) MarkdownDescription(ctx context.Context) string { return d.Description(ctx) }

func (d duration) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if long, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || long < 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Duration", fmt.Sprintf("%q is not %s.", req.ConfigValue.ValueString(), d.Description(ctx)))
	}
}
