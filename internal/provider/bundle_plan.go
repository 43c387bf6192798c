// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// ModifyPlan sets every computed attribute each time: the framework has made
// all of them unknown on any difference, and has kept all of them without one,
// even after the files on disk or the provider changed.
func (r *bundleResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // destroy
	}
	var plan bundleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.inputsKnown() {
		plan.setOutline(ctx, r.engine, &resp.Diagnostics)
		if req.State.Raw.IsNull() && !plan.OutputDir.IsNull() && !plan.OutputDir.IsUnknown() {
			addDirectoryError(r.engine.writer.Check(plan.OutputDir.ValueString(), outdir.Claim{}), &resp.Diagnostics)
		}
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	rendered := plan.render(ctx, r.engine, &resp.Diagnostics)
	if rendered == nil {
		return
	}
	plan.addFindings(ctx, rendered.Findings, &resp.Diagnostics)
	resp.Diagnostics.Append(plan.setBundle(ctx, rendered)...)
	if !plan.OutputDir.IsNull() && !plan.OutputDir.IsUnknown() {
		r.planDirectory(ctx, req, &plan, rendered, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// planDirectory finds out before anything is applied whether the directory may
// be written.
func (r *bundleResource) planDirectory(ctx context.Context, req resource.ModifyPlanRequest, plan *bundleModel, rendered *bundle.Bundle, diags *diag.Diagnostics) {
	dir := plan.OutputDir.ValueString()
	if !r.engine.directories.claim(dir, rendered.SHA256) {
		diags.AddAttributeError(path.Root("output_dir"), "Bundle Directory Used Twice",
			"Another eidos_bundle of this configuration writes different files to "+dir+". Give each bundle a directory of its own.")
		return
	}
	var claim outdir.Claim
	if !req.State.Raw.IsNull() {
		var state bundleModel
		diags.Append(req.State.Get(ctx, &state)...)
		if sameDirectory(state.OutputDir, plan.OutputDir) {
			if state.Files.Equal(plan.Files) {
				return // nothing will be written
			}
			claim = loadClaim(ctx, req.Private, diags)
		}
	}
	addDirectoryError(r.engine.writer.Check(dir, claim, rendered.Files...), diags)
}

// addDirectoryError reports what is wrong with the output directory, if
// anything is.
func addDirectoryError(err error, diags *diag.Diagnostics) {
	if err == nil {
		return
	}
	title := "Bundle Directory Not Written"
	var refused *outdir.RefusedError
	if errors.As(err, &refused) {
		title = "Bundle Directory Refused"
	}
	diags.AddAttributeError(path.Root("output_dir"), title, err.Error())
}
