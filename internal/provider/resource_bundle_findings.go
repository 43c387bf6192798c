// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// addBundleErrors reports each error of the engine on the attribute, and for a
// map on the element, that it is about. Terraform shows the attribute, but no
// key of a map: the text says which element, and else which component.
func addBundleErrors(err error, diags *diag.Diagnostics) {
	for _, e := range joined.Errors(err) {
		var input *bundle.InputError
		if !errors.As(e, &input) {
			diags.AddError("Bundle Not Possible", e.Error())
			continue
		}
		at, text := path.Root(input.Field), input.Err.Error()
		var broken *bundle.RuleError
		switch {
		case input.Key != "":
			at, text = at.AtMapKey(input.Key), input.Error()
		case errors.As(input.Err, &broken) && broken.Component != "":
			text = broken.Component + ": " + text
		}
		if errors.As(input.Err, &broken) {
			text += "\n\n" + aboutRules([]string{broken.Rule})
		}
		diags.AddAttributeError(at, "Bundle Not Possible", text)
	}
}

// addFindings warns once of all doubtful combinations: Terraform shows one of
// several warnings that have a title in common.
func (m *bundleModel) addFindings(findings []bundle.Finding, diags *diag.Diagnostics) {
	m.warn(count(len(findings), "finding"), findings, diags)
}

// addChanges reports what becomes of the components of the prior state: one that
// disappears is an error, what else an upgrade does is a warning. Both hold for
// this plan alone, so nothing of them is in the planned values.
func (m *bundleModel) addChanges(ctx context.Context, e *engine, prior bundleModel, after []bundle.Component, request bundle.Request, diags *diag.Diagnostics) {
	findings := judgeChange(ctx, e, prior, after, request, diags)
	m.warn(count(len(findings), "effect")+" on what is installed", findings, diags)
}

// judgeChange reports errors of a change and returns its findings.
func judgeChange(ctx context.Context, e *engine, prior bundleModel, after []bundle.Component, request bundle.Request, diags *diag.Diagnostics) []bundle.Finding {
	components := map[string]componentModel{}
	diags.Append(prior.Components.ElementsAs(ctx, &components, false)...)
	if diags.HasError() {
		return nil
	}
	var before, planned []bundle.Installed
	for name, c := range components {
		before = append(before, bundle.Installed{Name: name, Version: c.Version.ValueString(), Values: c.Values.ValueString()})
	}
	for _, c := range after {
		planned = append(planned, bundle.Installed{Name: c.Name, Version: c.Version, Values: c.Values})
	}
	findings, err := e.renderer.Change(ctx, before, planned, request)
	addBundleErrors(err, diags)
	return findings
}

func (m *bundleModel) warn(title string, findings []bundle.Finding, diags *diag.Diagnostics) {
	ignored, _ := knownElements(m.IgnoreFindings)
	warnOf(title, path.Root("recipe"), findings, ignored, diags)
}
