// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"cmp"
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// ModifyPlan decides whether the agent runs again. The framework has made the
// computed attributes unknown on any difference, also on one that no run depends
// on, and has kept them without one, even after the ConfigMap is gone.
func (r *agentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		tflog.Debug(ctx, "Planning to remove an agent's snapshot")
		return
	}
	var plan agentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx = plan.inLog(ctx)
	var stated types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("image"), &stated)...)
	if plan.Image = stated; stated.IsNull() {
		plan.Image = stringOrNull(r.image)
	}
	r.checkPlan(ctx, &plan, &resp.Diagnostics)
	warnOfTag(stated, &resp.Diagnostics)
	plan.setUnknown()
	reason := "it is new"
	if !req.State.Raw.IsNull() {
		var state agentModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		again := plan
		if stated.IsNull() && (state.Image.IsNull() || agent.IsDefaultImage(state.Image.ValueString())) {
			again.Image = state.Image // a new version of the provider is not a reason
		}
		switch {
		case !again.sameRun(ctx, &state, &resp.Diagnostics):
			reason = "an argument differs or is unknown"
		case state.Snapshot.IsNull():
			reason = "the ConfigMap is gone"
		default:
			reason = ""
			plan = again
			plan.copyResult(&state)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	tflog.Debug(ctx, "Planned an agent's snapshot", map[string]any{"runs": reason != "", "because": reason})
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// checkPlan reports what is wrong with the arguments as soon as they are known.
func (r *agentResource) checkPlan(ctx context.Context, plan *agentModel, diags *diag.Diagnostics) {
	if plan.Image.IsNull() {
		diags.AddAttributeError(path.Root("image"), "Agent Image Required",
			"This provider is the build "+r.version+", which has no published image. Build one with the Dockerfile in the provider's repository, and name it here.")
		return
	}
	if !plan.known(ctx) {
		return
	}
	spec := plan.spec(ctx, 0, diags)
	if diags.HasError() {
		return
	}
	addAgentError(spec.Validate(), diags)
}

// warnOfTag warns of an image that may become another one.
func warnOfTag(stated types.String, diags *diag.Diagnostics) {
	image := stated.ValueString()
	if image == "" || agent.IsFixed(image) {
		return
	}
	diags.AddAttributeWarning(path.Root("image"), "Agent Image Is Not Fixed", agent.Spec{Image: image}.ImageWarning())
}

// addAgentError reports why a run failed, if it did, on the argument that has to
// do with it.
func addAgentError(err error, diags *diag.Diagnostics) {
	if err == nil {
		return
	}
	if agent.ReasonOf(err) == agent.InvalidSpec {
		addSpecErrors(err, diags)
		return
	}
	title, argument := agentDiagnostic(agent.ReasonOf(err))
	if argument == "" {
		diags.AddError(title, err.Error())
		return
	}
	diags.AddAttributeError(path.Root(argument), title, err.Error())
}

func addSpecErrors(err error, diags *diag.Diagnostics) {
	var failed *agent.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	for _, leaf := range joined.Errors(err) {
		var field *agent.FieldError
		if errors.As(leaf, &field) {
			diags.AddAttributeError(path.Root(field.Field), "Invalid Agent", field.Err.Error())
			continue
		}
		diags.AddError("Invalid Agent", leaf.Error())
	}
}

// agentDiagnostic returns the title for a reason, and the argument that has to do
// with it, "" for none.
func agentDiagnostic(reason agent.Reason) (title, argument string) {
	known := map[agent.Reason]struct{ title, argument string }{
		agent.NoNamespace:   {"Namespace Not Found", "namespace"},
		agent.NoNode:        {"No Node For Agent", ""},
		agent.Foreign:       {"ConfigMap Is Somebody Else's", "name"},
		agent.Running:       {"Agent Already Running", "name"},
		agent.NotAdmitted:   {"Agent Refused", "namespace"},
		agent.NoRuntime:     {"Runtime Class Not Available", "runtime_class"},
		agent.NoAccount:     {"Service Account Not Found", "service_account"},
		agent.Unschedulable: {"Agent Pod Not Schedulable", ""},
		agent.NoImage:       {"Agent Image Not Pulled", "image"},
		agent.NotStarted:    {"Agent Not Started", ""},
		agent.Lost:          {"Agent Pod Lost", ""},
		agent.TimedOut:      {"Agent Timed Out", "timeouts"},
		agent.Canceled:      {"Agent Canceled", ""},
		agent.BadSnapshot:   {"Agent Snapshot Unreadable", "image"},
	}[reason]
	return cmp.Or(known.title, "Agent Failed"), known.argument
}

// agentWarning returns the title for a kind of warnings.
func agentWarning(kind agent.WarningKind) string {
	return map[agent.WarningKind]string{
		agent.Incomplete:  "Snapshot Is Incomplete",
		agent.FailedNodes: "Agent Failed On Nodes",
		agent.PassedOver:  "Nodes Passed Over",
		agent.Leftovers:   "Agent's Objects Left",
		agent.NotStored:   "Snapshots Not Stored",
	}[kind]
}
