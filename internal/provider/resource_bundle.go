// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

var (
	_ resource.ResourceWithModifyPlan     = (*bundleResource)(nil)
	_ resource.ResourceWithValidateConfig = (*bundleResource)(nil)
	_ resource.ResourceWithImportState    = (*bundleResource)(nil)
)

// bundleResource renders a recipe. Planning renders it in full, so that the
// plan is the preview; Create and Update write exactly what was planned.
type bundleResource struct {
	engine *engine
}

func (r *bundleResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_bundle"
}

func (r *bundleResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan bundleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx = plan.inLog(ctx)
	tflog.Debug(ctx, "Creating a bundle")
	claim, ok := r.write(ctx, &plan, nil, outdir.Claim{}, &resp.Diagnostics)
	if !ok {
		return
	}
	storePrivate(ctx, resp.Private, claimKey, storedClaim(claim), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// ImportState says why there is nothing to import.
func (r *bundleResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("Import Not Supported",
		"An eidos_bundle is made only from its arguments and has no ID, so an import has nothing to find out. "+
			"Write the resource without an import and apply it: output_dir may be a directory that a bundle of another state has written, as long as nobody edited its files.")
}

// Read reports which files are on disk. It never writes and never removes the
// resource: what is missing shows as a change that the next apply repairs.
func (r *bundleResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state bundleModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx = state.inLog(ctx)
	tflog.Debug(ctx, "Reading a bundle")
	if resp.Diagnostics.HasError() || state.OutputDir.IsNull() {
		return
	}
	claim := loadClaim(ctx, req.Private, &resp.Diagnostics)
	r.observe(ctx, &state, claim, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// observe sets files to what is on disk of the files of this bundle.
func (r *bundleResource) observe(ctx context.Context, model *bundleModel, claim outdir.Claim, diags *diag.Diagnostics) {
	var known map[string]string
	diags.Append(model.Files.ElementsAs(ctx, &known, false)...)
	present, err := r.engine.writer.Observe(model.OutputDir.ValueString(), known, claim.Files)
	if err != nil {
		diags.AddAttributeError(path.Root("output_dir"), "Bundle Directory Unreadable", err.Error())
		return
	}
	tflog.Debug(ctx, "Looked at the bundle's files", map[string]any{"recorded": len(known), "present": len(present)})
	tflog.Trace(ctx, "Found these files of the bundle", map[string]any{"present": slices.Sorted(maps.Keys(present))})
	model.Files = mapValue(ctx, types.StringType, present, diags)
}

// Update writes every file that is missing or different now. A bundle that
// moves is written to the new directory before it leaves the old one.
func (r *bundleResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state bundleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	previous := loadClaim(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	moved := !sameDirectory(state.OutputDir, plan.OutputDir)
	ctx = plan.inLog(ctx)
	tflog.Debug(ctx, "Updating a bundle", map[string]any{"moved": moved, "from": state.OutputDir.ValueString()})
	claim := previous
	if moved {
		claim = outdir.Claim{}
	}
	claim, ok := r.write(ctx, &plan, &state, claim, &resp.Diagnostics)
	if !ok {
		return
	}
	storePrivate(ctx, resp.Private, claimKey, storedClaim(claim), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	if moved && !state.OutputDir.IsNull() {
		// The bundle is complete elsewhere by now, so a failure is a warning.
		left, err := r.remove(ctx, state.OutputDir.ValueString(), previous)
		if err != nil {
			left = append(left, err.Error())
		}
		warnLeft(state.OutputDir.ValueString(), left, &resp.Diagnostics)
	}
}

// Delete removes the files that this resource wrote and nobody edited.
func (r *bundleResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state bundleModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	claim := loadClaim(ctx, req.Private, &resp.Diagnostics)
	ctx = state.inLog(ctx)
	tflog.Debug(ctx, "Removing a bundle")
	if resp.Diagnostics.HasError() || state.OutputDir.IsNull() {
		return
	}
	left, err := r.remove(ctx, state.OutputDir.ValueString(), claim)
	addDirectoryError(err, &resp.Diagnostics)
	warnLeft(state.OutputDir.ValueString(), left, &resp.Diagnostics)
}

// write renders the plan and puts it on disk, in the place of the prior bundle,
// nil for none. It sets the computed attributes
// and returns the new claim. It returns false when it changed nothing, and the
// state must not change either. After a failure half-way it returns true with
// the files that are there, so that the next run knows and repairs them.
func (r *bundleResource) write(ctx context.Context, plan, prior *bundleModel, claim outdir.Claim, diags *diag.Diagnostics) (outdir.Claim, bool) {
	checkDirectoryName(plan.OutputDir, prior, diags) // the plan may not have known it
	if diags.HasError() {
		return claim, false
	}
	request := plan.request(ctx, r.engine, diags)
	rendered := render(ctx, r.engine, request, diags)
	if rendered == nil {
		return claim, false
	}
	if !plan.SHA256.IsUnknown() && plan.SHA256.ValueString() != rendered.SHA256 {
		diags.AddError("Bundle Differs From Plan",
			"This provider renders another bundle than the planned one: another version of the provider made the plan. Nothing was written. Plan again and apply that plan.")
		return claim, false
	}
	if prior != nil {
		// The plan may not have known the components.
		if judgeChange(ctx, r.engine, *prior, rendered.Components, request, diags); diags.HasError() {
			return claim, false
		}
	}
	plan.setBundle(ctx, rendered, diags)
	if plan.OutputDir.IsNull() {
		return outdir.Claim{}, true
	}
	dir := plan.OutputDir.ValueString()
	result, err := r.engine.writer.Write(dir, claim, rendered.Files)
	logWrite(ctx, result, err)
	warnLeft(dir, result.Left, diags)
	if err != nil {
		addDirectoryError(err, diags)
		if result.Owner == "" {
			return claim, false
		}
	}
	claim = outdir.Claim{Owner: result.Owner, Files: result.Files}
	if err != nil {
		r.observe(ctx, plan, claim, diags)
	}
	return claim, true
}

// remove takes a bundle out of a directory and returns what it left there.
func (r *bundleResource) remove(ctx context.Context, dir string, claim outdir.Claim) (left []string, err error) {
	left, err = r.engine.writer.Remove(dir, claim)
	tflog.Debug(ctx, "Removed the bundle's files", map[string]any{"complete": err == nil, "directory": dir, "recorded": len(claim.Files), "left": len(left)})
	tflog.Trace(ctx, "Left these files", map[string]any{"left": left})
	return left, err
}

func logWrite(ctx context.Context, result outdir.Result, err error) {
	tflog.Debug(ctx, "Wrote the bundle's files", map[string]any{
		"complete": err == nil, "written": len(result.Written), "removed": len(result.Removed), "kept": len(result.Files) - len(result.Written), "left": len(result.Left),
	})
	tflog.Trace(ctx, "Changed these files", map[string]any{"written": result.Written, "removed": result.Removed, "left": result.Left})
}
