// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

var (
	_ resource.ResourceWithConfigure      = (*manifestsResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*manifestsResource)(nil)
	_ resource.ResourceWithValidateConfig = (*manifestsResource)(nil)
)

// manifestsResource is a set of objects in the cluster of the provider.
type manifestsResource struct {
	engine     *engine
	connection *connection // the provider's
}

func (r *manifestsResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_manifests"
}

func (r *manifestsResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.connection = connectionOf(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig finds what no cluster can make right.
func (r *manifestsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config manifestsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	config.parse(ctx, &resp.Diagnostics)
	config.references(ctx, &resp.Diagnostics)
	config.source(ctx, &resp.Diagnostics)
	config.share(&resp.Diagnostics)
}

// appliedKey names the entry of the private state that remembers what was applied
// and as which owner.
const appliedKey = "applied"

type storedObjects struct {
	Owner   string            `json:"owner"`
	Objects []objects.Applied `json:"objects"`
	// Archive is what the definitions were read from last.
	Archive storedArchive `json:"archive,omitzero"`
}

// loadObjects returns a new owner without objects when none was ever stored.
func loadObjects(ctx context.Context, private privateState, diags *diag.Diagnostics) storedObjects {
	stored := storedObjects{Owner: objects.NewOwner()}
	loadPrivate(ctx, private, appliedKey, &stored, diags)
	return stored
}

// client returns a client for the objects of an owner, or nil after it added an
// error.
func (r *manifestsResource) client(m *manifestsModel, owner string, diags *diag.Diagnostics) *objects.Client {
	connected := r.connection.connect(diags)
	if connected == nil {
		return nil
	}
	client, err := objects.New(connected, owner)
	if err != nil {
		diags.AddAttributeError(path.Root("kubernetes"), "Kubernetes Connection Invalid", err.Error())
		return nil
	}
	client.Force = m.ForceConflicts.ValueBool()
	client.DeleteNamespaces, client.DeleteDefinitions = m.DeleteNamespaces.ValueBool(), m.DeleteDefinitions.ValueBool()
	return client
}

// Create applies the objects. After an error there is no resource to replace: what
// was applied by then is taken over by the next apply.
func (r *manifestsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan manifestsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, d := plan.Timeouts.Create(ctx, manifestsTimeout)
	resp.Diagnostics.Append(d...)
	stored := storedObjects{Owner: objects.NewOwner()}
	ctx, cancel := withTimeout(ctx, "create", timeout)
	defer cancel()
	r.apply(ctx, &plan, nil, &stored, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		warnOfRest(stored.Objects, &resp.Diagnostics)
		return
	}
	storePrivate(ctx, resp.Private, appliedKey, stored, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// warnOfRest says what an apply that failed has left.
func warnOfRest(applied []objects.Applied, diags *diag.Diagnostics) {
	if len(applied) == 0 {
		return
	}
	diags.AddWarning("Objects Applied Before The Error",
		"These objects were applied, and nothing in the state knows of them. The next apply takes them over; if there is none, delete them by hand:\n"+words.Lines(appliedNames(applied), mostNames))
}

// Update applies the objects again. After an error the state stays as it was, but for
// what was applied by then.
func (r *manifestsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state manifestsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, d := plan.Timeouts.Update(ctx, manifestsTimeout)
	resp.Diagnostics.Append(d...)
	stored := loadObjects(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := withTimeout(ctx, "update", timeout)
	defer cancel()
	r.apply(ctx, &plan, state.parse(ctx, &resp.Diagnostics), &stored, &resp.Diagnostics)
	storePrivate(ctx, resp.Private, appliedKey, stored, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// apply waits, applies what the plan says after what was applied last, and notes what
// was applied, also where it added an error.
func (r *manifestsResource) apply(ctx context.Context, plan *manifestsModel, last []objects.Object, stored *storedObjects, diags *diag.Diagnostics) {
	list, references := plan.parse(ctx, diags), plan.references(ctx, diags)
	source, names := plan.source(ctx, diags)
	if diags.HasError() || !r.claim(list, "owner "+stored.Owner, diags) {
		return
	}
	client := r.client(plan, stored.Owner, diags)
	if client == nil {
		return
	}
	client.Last, client.States, client.MinReadyNodes = last, r.states(references, diags), plan.share(diags)
	if diags.HasError() {
		return
	}
	tflog.Debug(ctx, "Waiting for objects", map[string]any{"objects": len(references)})
	warnings, err := client.Await(ctx, references)
	for _, warning := range warnings {
		diags.AddAttributeWarning(path.Root("wait_for"), "Object Ready With Reservations", warning)
	}
	addWaitErrors(err, diags)
	if err != nil {
		return
	}
	if source != nil && !r.applyDefinitions(ctx, client, *source, names, list, &stored.Archive, diags) {
		return
	}
	tflog.Debug(ctx, "Applying objects", map[string]any{"objects": len(list), "before": len(stored.Objects)})
	applied, left, err := client.Apply(ctx, list, stored.Objects)
	stored.Objects = applied
	tflog.Debug(ctx, "Applied objects", map[string]any{"objects": len(applied), "left": len(left), "complete": err == nil})
	addObjectErrors(err, diags)
	warnOfForeign(left, diags)
}

func addWaitErrors(err error, diags *diag.Diagnostics) {
	for _, leaf := range joined.Errors(err) {
		advice := "Nothing was applied. Allow more time with timeouts if it only takes longer"
		if objects.ReasonOf(leaf) == objects.NodesNotReady {
			advice += ", or set min_ready_nodes to the number of nodes that are enough"
		}
		diags.AddAttributeError(path.Root("wait_for"), "Object Not Ready", leaf.Error()+"\n\n"+advice+".")
	}
}

// Read puts the live values of fields that have drifted into the state, and drops the
// objects that are gone: the plan shows both. What cannot be compared is believed.
func (r *manifestsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state manifestsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, d := state.Timeouts.Read(ctx, manifestsReadTimeout)
	resp.Diagnostics.Append(d...)
	stored := loadObjects(ctx, req.Private, &resp.Diagnostics)
	list := state.parse(ctx, &resp.Diagnostics)
	tflog.Debug(ctx, "Reading objects", map[string]any{"objects": len(list), "kubernetes_unknown": r.connection.unknown})
	if resp.Diagnostics.HasError() || r.connection.unknown != "" {
		return
	}
	var failed diag.Diagnostics
	client := r.client(&state, stored.Owner, &failed)
	if client == nil {
		warnOfUnread(failed.Errors()[0].Detail(), &resp.Diagnostics)
		return
	}
	ctx, cancel := withTimeout(ctx, "read", timeout)
	defer cancel()
	live, err := client.Read(ctx, list, stored.Objects)
	if err != nil {
		warnOfUnread(words.Lines(errorTexts(err), mostNames), &resp.Diagnostics)
	}
	if len(live.Foreign) > 0 {
		resp.Diagnostics.AddWarning("Objects Are Somebody Else's", "Others have recreated these objects or taken them over. The next apply takes them back:\n"+words.Lines(idNames(live.Foreign), mostNames))
	}
	state.Objects = mapValue(ctx, types.StringType, live.Texts, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func warnOfUnread(detail string, diags *diag.Diagnostics) {
	diags.AddWarning("Objects Not Compared", detail+"\n\nThe plan takes them to be as they were last seen.")
}

// Delete removes the objects that are still this resource's, and waits until they are
// gone.
func (r *manifestsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state manifestsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, d := state.Timeouts.Delete(ctx, manifestsDeleteTimeout)
	resp.Diagnostics.Append(d...)
	stored := loadObjects(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || len(stored.Objects) == 0 {
		return
	}
	client := r.client(&state, stored.Owner, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := withTimeout(ctx, "delete", timeout)
	defer cancel()
	remaining, left, err := client.Remove(ctx, stored.Objects)
	tflog.Debug(ctx, "Removed objects", map[string]any{"remaining": len(remaining), "left": len(left)})
	addObjectErrors(err, &resp.Diagnostics)
	warnOfForeign(left, &resp.Diagnostics)
}

// withTimeout ends a context with a cause that names the attribute.
func withTimeout(ctx context.Context, operation string, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, timeout, fmt.Errorf("timeouts.%s is %s", operation, timeout))
}

// warnOfForeign says what was not deleted although its manifest is gone. What stays
// because it takes others with it is said by the plan.
func warnOfForeign(left []objects.Left, diags *diag.Diagnostics) {
	var foreign []objects.ID
	for _, l := range left {
		if l.Foreign {
			foreign = append(foreign, l.ID)
		}
	}
	if len(foreign) > 0 {
		diags.AddWarning("Objects Left", "These objects belong to somebody else by now, so they were left:\n"+words.Lines(idNames(foreign), mostNames))
	}
}
