// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// ValidateConfig finds what no recipe, state or directory can make right. What is
// unknown is left to the plan.
func (r *bundleResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config bundleModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	config.refuseNulls(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	validateDirectory(config.OutputDir, &resp.Diagnostics)
	addBundleErrors(r.engine.renderer.Validate(ctx, config.request(ctx, r.engine, &resp.Diagnostics)), &resp.Diagnostics)
}

// refuseNulls reports the elements that are null: a null attribute is left out, but
// an element is there.
func (m *bundleModel) refuseNulls(diags *diag.Diagnostics) {
	const title = "Null Where A Value Is Needed"
	for name, elements := range map[string]map[string]attr.Value{
		"overrides": m.Overrides.Elements(), "object_overrides": m.ObjectOverrides.Elements(), "namespaces": m.Namespaces.Elements(), "releases": m.Releases.Elements(),
	} {
		for _, key := range slices.Sorted(maps.Keys(elements)) {
			if elements[key].IsNull() {
				diags.AddAttributeError(path.Root(name).AtMapKey(key), title, fmt.Sprintf(
					"%s[%q] is null. Leave the key out; to do so on a condition, write %s = { for name, value in {...} : name => value if value != null }.", name, key, name))
			}
		}
	}
	for name, elements := range map[string][]attr.Value{"bundlers": m.Bundlers.Elements(), "existing": m.Existing.Elements(), "formats": m.Formats.Elements(), "ignore_findings": m.IgnoreFindings.Elements()} {
		if slices.ContainsFunc(elements, attr.Value.IsNull) {
			diags.AddAttributeError(path.Root(name), title, fmt.Sprintf("An element of %s is null. Leave it out; to do so on a condition, write %s = compact([...]).", name, name))
		}
	}
}
