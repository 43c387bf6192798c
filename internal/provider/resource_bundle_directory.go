// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// planDirectory finds out before anything is applied whether the directory may
// be written.
func (r *bundleResource) planDirectory(ctx context.Context, req resource.ModifyPlanRequest, plan, prior *bundleModel, rendered *bundle.Bundle, diags *diag.Diagnostics) {
	dir := plan.OutputDir.ValueString()
	if !r.engine.directories.claim(dir, rendered.SHA256) {
		diags.AddAttributeError(path.Root("output_dir"), "Bundle Directory Used Twice",
			"Another eidos_bundle of this run writes different files to "+dir+", so each would destroy what the other wrote. "+
				"Give each a directory of its own; with for_each, one that has the key in its name: output_dir = \"bundles/${each.key}\".")
		return
	}
	var claim outdir.Claim
	if prior != nil && sameDirectory(prior.OutputDir, plan.OutputDir) {
		if prior.Files.Equal(plan.Files) {
			tflog.Debug(ctx, "No file is to be written")
			return
		}
		claim = loadClaim(ctx, req.Private, diags)
	}
	err := r.engine.writer.Check(dir, claim, rendered.Files...)
	tflog.Debug(ctx, "Checked the bundle's directory", map[string]any{"is_own": claim.Owner != "", "accepted": err == nil})
	addDirectoryError(err, diags)
}

// variablePattern matches what a shell would expand.
//
//nolint:gochecknoglobals // compiled once, on first use
var variablePattern = words.Pattern(`\$(\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z_][A-Za-z0-9_]*)`)

// validateDirectory refuses paths that mean something else than they say: nothing
// expands them here.
func validateDirectory(dir types.String, diags *diag.Diagnostics) {
	text := dir.ValueString()
	var problem string
	switch {
	case dir.IsNull() || dir.IsUnknown():
		return
	case text == "":
		problem = "output_dir is empty. Name a directory, or leave it out to write nothing."
	case strings.ContainsAny(text, "\r\n"):
		problem = fmt.Sprintf("The path %q has a line break. A heredoc or file() ends with one: use trimspace().", text)
	case strings.TrimSpace(text) != text:
		problem = fmt.Sprintf("The path %q begins or ends with a blank, which would be part of the directory's name. Remove it.", text)
	case variablePattern().MatchString(text):
		problem = fmt.Sprintf("Terraform expands no environment variables, so a directory named %q would be made. Pass the value in, as var.NAME with TF_VAR_NAME in the environment.", variablePattern().FindString(text))
	default:
		return
	}
	diags.AddAttributeError(path.Root("output_dir"), "Bundle Directory Refused", problem)
}

// checkDirectoryName is validateDirectory that also refuses a home directory as
// shells write it. One that the prior state has is a directory of that name, which
// an earlier version made.
func checkDirectoryName(dir types.String, prior *bundleModel, diags *diag.Diagnostics) {
	validateDirectory(dir, diags)
	text := dir.ValueString()
	if text != "~" && !strings.HasPrefix(text, "~/") || prior != nil && prior.OutputDir.Equal(dir) {
		return
	}
	diags.AddAttributeError(path.Root("output_dir"), "Bundle Directory Refused",
		fmt.Sprintf("Terraform does not expand ~, so a directory named \"~\" would be made. Write output_dir = pathexpand(%q).", text))
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

func warnLeft(dir string, left []string, diags *diag.Diagnostics) {
	if len(left) == 0 {
		return
	}
	diags.AddAttributeWarning(path.Root("output_dir"), "Files Left In Bundle Directory",
		"These files were edited or are not this bundle's, so they were left in "+dir+":\n  "+strings.Join(left, "\n  ")+"\n\nRemove them by hand if nobody needs them.")
}

// plannedDirectories knows which content was planned for which directory in
// this run, so that two bundles that would overwrite each other are found at
// plan time. Planning one bundle twice, as Terraform does for a replacement,
// gives the same content and is not a conflict.
type plannedDirectories struct {
	content sync.Map // directory: sha256 of the bundle
}

// claim reports whether the directory is free or planned with equal content.
func (p *plannedDirectories) claim(dir, sha256 string) bool {
	planned, _ := p.content.LoadOrStore(directoryKey(dir), sha256)
	return planned == any(sha256)
}

// directoryKey makes different spellings of one directory equal, as far as the
// parts that exist can tell.
func directoryKey(dir string) string {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return filepath.Clean(dir)
	}
	if resolved, err := filepath.EvalSymlinks(absolute); err == nil {
		return resolved
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	if err != nil {
		return absolute
	}
	return filepath.Join(parent, filepath.Base(absolute))
}

// sameDirectory reports whether two output directories are one, however they
// are spelled. None is only the same as none.
func sameDirectory(a, b types.String) bool {
	if a.IsNull() || b.IsNull() {
		return a.IsNull() && b.IsNull()
	}
	return directoryKey(a.ValueString()) == directoryKey(b.ValueString())
}

// claimKey names the entry of the private state that remembers what this
// resource wrote and as which owner.
const claimKey = "claim"

type storedClaim struct {
	Owner string            `json:"owner"`
	Files map[string]string `json:"files"`
}

// loadClaim returns the zero claim when nothing was ever written.
func loadClaim(ctx context.Context, private privateState, diags *diag.Diagnostics) outdir.Claim {
	var stored storedClaim
	loadPrivate(ctx, private, claimKey, &stored, diags)
	return outdir.Claim(stored)
}
