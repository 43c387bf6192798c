// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

var (
	_ resource.ResourceWithConfigure  = (*agentResource)(nil)
	_ resource.ResourceWithModifyPlan = (*agentResource)(nil)
)

// agentResource is a snapshot that an agent takes in the cluster. It is taken
// when the resource is created, and again when what to run has changed or the
// ConfigMap is gone.
//
// It has no `kubernetes` of its own: a resource's arguments are stored in the
// state, secrets and all. Nor does it need one, since the provider's connection
// is known when resources are applied.
type agentResource struct {
	engine     *engine
	version    string
	image      string      // the default, "" for a build that has none
	connection *connection // the provider's
}

func (r *agentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_agent"
}

func (r *agentResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.connection = connectionOf(req.ProviderData, &resp.Diagnostics)
}

// runner returns what runs agents, or nil after it added an error.
func (r *agentResource) runner(diags *diag.Diagnostics) *agent.Runner {
	catalog := r.engine.loadCatalog(diags)
	if diags.HasError() {
		return nil
	}
	connected := r.connection.connect(diags)
	if connected == nil {
		return nil
	}
	clients, err := typed.New(connected)
	if err != nil {
		diags.AddError("Kubernetes Connection Invalid", err.Error())
		return nil
	}
	return &agent.Runner{
		Connection: clients, GPUInstanceType: catalog.GPUInstanceType,
		Cluster: snapshot.Kubernetes(r.connection.client, snapshot.KubernetesOptions{Catalog: catalog}),
	}
}

// deleteTimeout is how long removing may take unless timeouts say otherwise.
const deleteTimeout = 2 * time.Minute

// ownerKey names the entry of the private state with the name under which this
// resource claims its ConfigMaps.
const ownerKey = "owner"

// Create runs the agent. Without a snapshot there is no resource: nothing of a
// failed run is left.
func (r *agentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan agentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx = plan.inLog(ctx)
	tflog.Debug(ctx, "Creating an agent's snapshot")
	timeout, d := plan.Timeouts.Create(ctx, agent.DefaultTimeout)
	resp.Diagnostics.Append(d...)
	owner := agent.NewOwner()
	if !r.run(ctx, &plan, timeout, owner, &resp.Diagnostics) {
		return
	}
	storePrivate(ctx, resp.Private, ownerKey, owner, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Update runs the agent again if the plan says so.
func (r *agentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan agentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx = plan.inLog(ctx)
	tflog.Debug(ctx, "Updating an agent's snapshot", map[string]any{"runs": plan.Snapshot.IsUnknown()})
	timeout, d := plan.Timeouts.Update(ctx, agent.DefaultTimeout)
	resp.Diagnostics.Append(d...)
	owner := loadOwner(ctx, req.Private, &resp.Diagnostics)
	storePrivate(ctx, resp.Private, ownerKey, owner, &resp.Diagnostics) // it may be new
	if plan.Snapshot.IsUnknown() && !r.run(ctx, &plan, timeout, owner, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// run fills the computed attributes of the plan. It returns false after it added
// an error.
func (r *agentResource) run(ctx context.Context, plan *agentModel, timeout time.Duration, owner string, diags *diag.Diagnostics) bool {
	spec := plan.spec(ctx, timeout, diags)
	if diags.HasError() {
		return false
	}
	runner := r.runner(diags)
	if runner == nil {
		return false
	}
	runner.Report = func(p agent.Progress) { logProgress(ctx, p) }
	tflog.Debug(ctx, "Running the agent", map[string]any{
		"image": spec.Image, "node_name": spec.NodeName, "node_selector": spec.NodeSelector, "all_nodes": spec.AllNodes, "parallel": spec.Parallel, "collectors": spec.Collectors,
		"privileged": spec.Privileged, "runtime_class": spec.RuntimeClass, "service_account": spec.ServiceAccount, "timeout": timeout.String(),
	})
	result, err := runner.Run(ctx, spec, owner)
	if err != nil {
		addAgentError(err, diags)
		return false
	}
	tflog.Debug(ctx, "The agent has run", map[string]any{
		"nodes": len(result.Nodes), "left_out": len(result.LeftOut), "groups": len(result.Groups),
		"typical_node": result.Node, "disagreements": len(result.Disagreements), "warnings": len(result.Warnings),
	})
	for _, warning := range result.Warnings {
		diags.AddWarning(agentWarning(warning.Kind), warning.String())
	}
	plan.setResult(ctx, result, diags)
	plan.LeftOut = mapValue(ctx, types.StringType, result.LeftOut, diags)
	return !diags.HasError()
}

// logProgress logs every node that has ended, and some of them to those who
// follow from a distance.
func logProgress(ctx context.Context, p agent.Progress) {
	if p.Node == "" {
		return // one has begun
	}
	fields := map[string]any{"node": p.Node, "ended": p.Ended, "failed": p.Failed, "nodes": p.Nodes}
	const steps = 20
	switch {
	case p.Err != nil:
		fields["error"] = p.Err.Error()
		tflog.Warn(ctx, "The agent failed on a node", fields)
	case p.Ended == p.Nodes || p.Ended%max(1, p.Nodes/steps) == 0:
		tflog.Info(ctx, "The agent has ended on nodes", fields)
	default:
		tflog.Debug(ctx, "The agent has ended on a node", fields)
	}
}

// Read reports what the ConfigMaps say. When one is gone the snapshot is null,
// so that the plan shows that it will be taken again. While the connection is
// unknown, as when the cluster is being replaced, the state is believed.
func (r *agentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state agentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	owner := loadOwner(ctx, req.Private, &resp.Diagnostics)
	ctx = state.inLog(ctx)
	tflog.Debug(ctx, "Reading an agent's snapshot", map[string]any{"nodes": len(state.Nodes.Elements()), "kubernetes_unknown": r.connection.unknown})
	if resp.Diagnostics.HasError() || r.connection.unknown != "" {
		return
	}
	runner := r.runner(&resp.Diagnostics)
	if runner == nil {
		return
	}
	result, missing, err := runner.Read(ctx, state.stored(ctx, owner, &resp.Diagnostics))
	switch {
	case err != nil:
		resp.Diagnostics.AddError("ConfigMap Not Readable", err.Error())
		return
	case len(missing) > 0:
		tflog.Debug(ctx, "The agent's snapshot is gone", map[string]any{"missing": len(missing)})
		resp.Diagnostics.AddWarning("Snapshot Is Gone", strings.Join(missing, "\n")+"\n\nThe next apply takes it again.")
		state.Snapshot, state.SHA256 = types.StringNull(), types.StringNull()
	case result != nil:
		state.setResult(ctx, result, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Delete removes the ConfigMaps that are still this resource's, and what is left
// of its runs.
func (r *agentResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state agentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	owner := loadOwner(ctx, req.Private, &resp.Diagnostics)
	ctx = state.inLog(ctx)
	tflog.Debug(ctx, "Removing an agent's snapshot")
	timeout, d := state.Timeouts.Delete(ctx, deleteTimeout)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() {
		return
	}
	runner := r.runner(&resp.Diagnostics)
	if runner == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	left, err := runner.Remove(ctx, state.stored(ctx, owner, &resp.Diagnostics))
	tflog.Debug(ctx, "Removed the agent's ConfigMaps", map[string]any{"complete": err == nil, "left": left})
	if err != nil {
		resp.Diagnostics.AddError("Agent Not Removed", err.Error())
	}
	if len(left) > 0 {
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), "ConfigMaps Left",
			"These ConfigMaps belong to somebody else by now, so they were left: "+strings.Join(left, ", ")+".")
	}
}

// loadOwner returns a new name when none was ever stored.
func loadOwner(ctx context.Context, private privateState, diags *diag.Diagnostics) string {
	owner := agent.NewOwner()
	loadPrivate(ctx, private, ownerKey, &owner, diags)
	return owner
}
