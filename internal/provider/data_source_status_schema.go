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
				MarkdownDescription: "What to check: `components` of `eidos_bundle`, or some of them. It is not stored: in the state it is null.",
			},
			"recipe":         optionalText("The recipe of the bundle. `wrong` of a node then reports a driver that is not the recipe's, or that its hardware does not support. It is not stored."),
			"wait_for_ready": optionalText("How long to wait until the objects are ready, such as `20m`. If they are not ready by then, there is a warning, and `ready` is false; a postcondition can make it an error. Defaults to no wait.", duration{}),
			"kubernetes": kubernetesAttribute("How to reach the cluster, in place of the provider's `kubernetes`. While a value in it is unknown, Terraform reads this data source during the apply. " +
				"It is never stored: in the state it is null."),
			"timeouts": described(timeouts.AttributesWithOpts(ctx, timeouts.Opts{
				ReadDescription: "How long reading the cluster may take, after `wait_for_ready`. Defaults to `" + status.DefaultTimeout.String() + "`.",
			}), "How long to wait for the API server."),

			"ready":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether every object exists and is ready, and every release that Helm has, or should have, a readable record of is `deployed`. An object that could not be read is not ready."},
			"objects":  statusList("The objects of `ready`, `manifests` and `chart_manifests`, and the workloads of the Helm releases.", statusObjectAttributes()),
			"drift":    statusList("The fields of `manifests` and `chart_manifests` that have other values in the cluster. Where the identity may `patch` an object, the API server compares by a dry run; otherwise only the fields are compared. Defaults, other spellings of a quantity and fields that others set are not drift.", statusDriftAttributes()),
			"nodes":    statusList("The nodes with GPUs, by name. They do not affect `ready`.", statusNodeAttributes()),
			"releases": statusList("The Helm releases, if the identity may list Secrets in their namespaces. Nothing but these fields is read from Helm's records.", statusReleaseAttributes()),
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
			Optional: true, MarkdownDescription: "The object whose `status.state` shows that the component is up.",
			Validators: []validator.List{listvalidator.SizeAtMost(1), listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"api_version": requiredText("API version."),
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
		"component": computedText("Component that it belongs to; the first one if there are several."),
		"object":    computedText("Kind, name and namespace, such as `ClusterPolicy.nvidia.com \"cluster-policy\"`."),
		"state":     computedText("`status.state` of the operators' own objects, otherwise `Current`, `InProgress`, `Failed` or `Terminating`; `Missing` if it does not exist, `Unread` if it could not be read, `Unknown` if its status does not tell."),
		"ready":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is ready."},
		"message":   computedText("Why it is not ready, or a remark although it is. Null for none."),
	}
}

func statusDriftAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"component": computedText("Component that the object belongs to."),
		"object":    computedText("The object."),
		"path":      computedText("The field, such as `spec.driver.version` or `spec.env[name=\"MODE\"].value`."),
		"want":      computedText("The value in the bundle: a string as it is, anything else as JSON. Null for none. Secrets are not shown."),
		"have":      computedText("The value in the cluster, null for none."),
	}
}

func statusNodeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":           computedText("Its name."),
		"product":        computedText("GPU as GPU Feature Discovery names it. This and the following are null if nothing on the node tells."),
		"driver_version": computedText("The running driver."),
		"capacity":       schema.Int64Attribute{Computed: true, MarkdownDescription: "How many GPUs the node has for pods, or slices and shares if they are divided."},
		"allocatable":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How many of these pods can request."},
		"mig":            computedText("The requested MIG layout."),
		"mig_state":      computedText("Its state, such as `success`, `pending` or `failed`."),
		"ready":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the node is ready."},
		"schedulable":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is not cordoned."},
		"wrong":          schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "What is wrong with it, in the order in which to check."},
	}
}

func statusReleaseAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"component":  computedText("Component that it belongs to."),
		"name":       computedText("Name of the release."),
		"namespace":  computedText("Its namespace."),
		"chart":      computedText("Chart of its newest revision. Null if there is none."),
		"version":    computedText("Version of that chart."),
		"status":     computedText("Helm's status of its newest revision, such as `deployed`, `failed` or `pending-upgrade`; `missing` if there is none."),
		"revision":   schema.Int64Attribute{Computed: true, MarkdownDescription: "Its newest revision, 0 if there is none."},
		"difference": computedText("What differs from the bundle. Null for nothing."),
	}
}

func statusProblemAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"verb":      computedText("Verb of the call that failed, such as `list`. Null if it was not a call."),
		"resource":  computedText("Resource, such as `secrets` or `clusterpolicies.nvidia.com`."),
		"namespace": computedText("Namespace, null for none."),
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
