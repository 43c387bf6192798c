// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// render renders the bundle that the known inputs describe. It returns nil when
// it added an error.
func (m *bundleModel) render(ctx context.Context, e *engine, diags *diag.Diagnostics) *bundle.Bundle {
	decoded, err := document.DecodeRecipe([]byte(m.Recipe.ValueString()))
	if err != nil {
		diags.AddAttributeError(path.Root("recipe"), "Invalid Recipe", err.Error())
		return nil
	}
	request := bundle.Request{Recipe: decoded}
	diags.Append(m.Bundlers.ElementsAs(ctx, &request.Bundlers, false)...)
	diags.Append(m.Overrides.ElementsAs(ctx, &request.Overrides, false)...)
	diags.Append(m.Namespaces.ElementsAs(ctx, &request.Namespaces, false)...)
	diags.Append(m.IgnoreFindings.ElementsAs(ctx, &request.IgnoreFindings, false)...)
	if diags.HasError() {
		return nil
	}
	rendered, err := e.renderer.Render(ctx, request)
	if err != nil {
		addBundleErrors(err, diags)
		return nil
	}
	return rendered
}

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
		diags.AddAttributeError(at, "Bundle Not Possible", text)
	}
}

// addFindings warns of each doubtful combination. The rule is part of the title:
// Terraform folds warnings of one title into one.
func (m *bundleModel) addFindings(ctx context.Context, findings []bundle.Finding, diags *diag.Diagnostics) {
	var ignored []string
	diags.Append(m.IgnoreFindings.ElementsAs(ctx, &ignored, false)...)
	for _, f := range findings {
		about := f.Path
		if f.Component != "" {
			about = f.Component + ": " + about
		}
		advice := "To silence this warning, add \"" + f.Rule + "\" to ignore_findings."
		if slices.Contains(ignored, f.Rule) {
			advice = "This would be an error, but ignore_findings names \"" + f.Rule + "\"."
		}
		diags.AddAttributeWarning(path.Root("recipe"), "Doubtful Combination: "+f.Rule, about+": "+f.Message+"\n\n"+advice)
	}
}
