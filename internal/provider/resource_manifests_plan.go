// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// mostNames is how many objects a message names.
const mostNames = 20

// ModifyPlan says what the cluster will hold, as far as the manifests are known, and
// asks the cluster whether it would take that. Its answers are diagnostics and never
// values: the plan is the same without a cluster.
func (r *manifestsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	stored := loadObjects(ctx, req.Private, &resp.Diagnostics)
	if req.Plan.Raw.IsNull() {
		var state manifestsModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		state.warnOfRemoval(stored.Objects, &resp.Diagnostics)
		return
	}
	var plan manifestsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	list := plan.parse(ctx, &resp.Diagnostics)
	plan.references(ctx, &resp.Diagnostics)
	plan.source(ctx, &resp.Diagnostics)
	plan.share(&resp.Diagnostics)
	plan.setObjects(list)
	if resp.Diagnostics.HasError() || !r.claim(list, "content "+contentOf(list), &resp.Diagnostics) {
		return
	}
	if fullyKnown(ctx, plan.Manifests) {
		plan.warnOfRemoval(slices.DeleteFunc(stored.Objects, func(a objects.Applied) bool {
			return slices.ContainsFunc(list, func(o objects.Object) bool { return o.ID == a.ID })
		}), &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		r.check(ctx, req.State, &plan, stored.Owner, list, &resp.Diagnostics)
	}
}

// check asks the cluster whether it would take the objects. A cluster that cannot be
// asked yet is not a mistake: it may be created in the same apply.
func (r *manifestsResource) check(ctx context.Context, prior tfsdk.State, plan *manifestsModel, owner string, list []objects.Object, diags *diag.Diagnostics) {
	if r.connection == nil || r.connection.unknown != "" {
		return
	}
	var ignored diag.Diagnostics
	client := r.client(plan, owner, &ignored)
	if client == nil {
		tflog.Debug(ctx, "No dry run: there is no connection to a cluster yet")
		return
	}
	client.Force = client.Force || plan.ForceConflicts.IsUnknown()
	if !prior.Raw.IsNull() {
		var state manifestsModel
		diags.Append(prior.Get(ctx, &state)...)
		client.Last = state.parse(ctx, diags)
	}
	timeout, d := plan.Timeouts.Read(ctx, manifestsReadTimeout)
	diags.Append(d...)
	ctx, cancel := withTimeout(ctx, "read", timeout)
	defer cancel()
	problems := client.Check(ctx, list)
	tflog.Debug(ctx, "Made a dry run", map[string]any{"objects": len(list), "errors": len(problems.Errors), "warnings": len(problems.Warnings)})
	for _, failed := range problems.Errors {
		addObjectErrors(failed, diags)
	}
	for _, failed := range problems.Warnings {
		diags.AddAttributeWarning(path.Root("manifests").AtMapKey(failed.Key), "Dry Run Failed", failed.Error()+"\n\nThe apply may fail for the same reason.")
	}
}

// warnOfRemoval lists what will be deleted and takes others with it, and what will
// stay although its manifest is gone. The plan itself lists all that leave.
func (m *manifestsModel) warnOfRemoval(gone []objects.Applied, diags *diag.Diagnostics) {
	client := objects.Client{DeleteNamespaces: m.DeleteNamespaces.ValueBool(), DeleteDefinitions: m.DeleteDefinitions.ValueBool()}
	var carrying, stay []string
	for _, a := range gone {
		switch {
		case client.Stays(a.ID):
			stay = append(stay, a.String())
		case a.IsCustom() || a.IsNamespace() || a.IsDefinition():
			carrying = append(carrying, a.String())
		}
	}
	for _, warning := range []struct {
		title, text string
		names       []string
	}{
		{"Objects And What They Carry Will Be Deleted", "These objects will be deleted, and with them what controllers have made of them, what they hold or all objects of their kind:", carrying},
		{"Objects Will Stay", "These objects will not be deleted, since that takes others with it (delete_namespaces, delete_definitions). They are no longer managed:", stay},
	} {
		if len(warning.names) > 0 {
			slices.Sort(warning.names)
			diags.AddWarning(warning.title, warning.text+"\n"+words.Lines(warning.names, mostNames))
		}
	}
}

// claim reports whether no other resource of this run has objects of these, and adds
// an error if one has: each apply would take them from the other one.
func (r *manifestsResource) claim(list []objects.Object, claimant string, diags *diag.Diagnostics) bool {
	kind, _, _ := strings.Cut(claimant, " ")
	for _, o := range list {
		if other, _ := r.engine.claims.LoadOrStore(claimKeyOf{kind, o.ID}, claimant); other != claimant {
			diags.AddAttributeError(path.Root("manifests").AtMapKey(o.Key), "Object Applied Twice",
				"Another eidos_manifests of this run has "+o.String()+" too, so each would take it from the other. Give each object to one of them.")
			return false
		}
	}
	return true
}

// claimKeyOf is an object in a phase of a run. Plans know resources by their content,
// since they have no owner yet and are planned twice where they are replaced.
type claimKeyOf struct {
	phase string
	id    objects.ID
}

// contentOf is the same for the same objects.
func contentOf(list []objects.Object) string {
	var all strings.Builder
	for _, o := range list {
		all.WriteString(o.Key + "\x00" + o.Text() + "\x00")
	}
	return sha256Hex([]byte(all.String()))
}

func idNames(ids []objects.ID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.String()
	}
	return names
}

func appliedNames(list []objects.Applied) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.String()
	}
	slices.Sort(names)
	return names
}

func errorTexts(err error) []string {
	var texts []string
	for _, leaf := range joined.Errors(err) {
		texts = append(texts, leaf.Error())
	}
	return texts
}
