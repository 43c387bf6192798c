// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// ModifyPlan sets every computed attribute each time: the framework has made
// all of them unknown on any difference, and has kept all of them without one,
// even after the files on disk or the provider changed.
func (r *bundleResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		tflog.Debug(ctx, "Planning to remove a bundle")
		return
	}
	var plan bundleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	prior := priorBundle(ctx, req.State, &resp.Diagnostics)
	checkDirectoryName(plan.OutputDir, prior, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx = plan.inLog(ctx)
	known := fullyKnown(ctx, plan.Recipe, plan.Bundlers, plan.Existing, plan.Releases)
	tflog.Debug(ctx, "Planning a bundle", map[string]any{"recipe_known": known})
	if known {
		r.planRendered(ctx, req, &plan, prior, &resp.Diagnostics)
	} else {
		plan.setOutline(ctx, r.engine, prior, &resp.Diagnostics)
		r.checkDirectory(&plan, prior, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// priorBundle is the bundle of the state, nil for none.
func priorBundle(ctx context.Context, state tfsdk.State, diags *diag.Diagnostics) *bundleModel {
	if state.Raw.IsNull() {
		return nil
	}
	prior := &bundleModel{}
	diags.Append(state.Get(ctx, prior)...)
	return prior
}

// planRendered renders the bundle and compares it with the prior one.
func (r *bundleResource) planRendered(ctx context.Context, req resource.ModifyPlanRequest, plan, prior *bundleModel, diags *diag.Diagnostics) {
	request := plan.request(ctx, r.engine, diags)
	rendered := render(ctx, r.engine, request, diags)
	if rendered == nil {
		return
	}
	plan.addFindings(rendered.Findings, diags)
	if prior != nil {
		plan.keepSnapshot(ctx, r.engine, prior, rendered)
		plan.addChanges(ctx, r.engine, *prior, rendered.Components, request, diags)
	}
	plan.setBundle(ctx, rendered, diags)
	switch {
	case plan.OutputDir.IsNull() || plan.OutputDir.IsUnknown():
	case rendered.FilesUnknown:
		r.checkDirectory(plan, prior, diags)
	default:
		r.planDirectory(ctx, req, plan, prior, rendered, diags)
	}
}

// keepSnapshot keeps the text of the prior snapshot while it is judged as the new one
// is: a cluster changes all the time, by what the bundle installs above all, and a plan
// after that is to be empty.
func (m *bundleModel) keepSnapshot(ctx context.Context, e *engine, prior *bundleModel, planned *bundle.Bundle) {
	if planned.FindingsUnknown || m.Snapshot.IsNull() || prior.Snapshot.IsNull() || m.Snapshot.Equal(prior.Snapshot) {
		return
	}
	kept := *m
	kept.Snapshot = prior.Snapshot
	var diags diag.Diagnostics // of another time
	request := kept.request(ctx, e, &diags)
	if diags.HasError() {
		return
	}
	if judged, err := e.renderer.Render(ctx, request); err == nil && slices.Equal(judged.Findings, planned.Findings) {
		m.Snapshot = prior.Snapshot
	}
}

// checkDirectory finds out whether a new bundle may have its directory while its
// files are not known.
func (r *bundleResource) checkDirectory(plan, prior *bundleModel, diags *diag.Diagnostics) {
	if prior == nil && !plan.OutputDir.IsNull() && !plan.OutputDir.IsUnknown() {
		addDirectoryError(r.engine.writer.Check(plan.OutputDir.ValueString(), outdir.Claim{}), diags)
	}
}

// render renders the bundle of a request, of which all but recipe, bundlers,
// existing and releases may be unknown. It returns nil when there is an error, which it may have added.
func render(ctx context.Context, e *engine, request bundle.Request, diags *diag.Diagnostics) *bundle.Bundle {
	if diags.HasError() {
		return nil
	}
	rendered, err := e.renderer.Render(ctx, request)
	if err != nil {
		addBundleErrors(err, diags)
		return nil
	}
	logBundle(ctx, rendered)
	return rendered
}

// request is the engine's request, as far as it is known.
func (m *bundleModel) request(ctx context.Context, e *engine, diags *diag.Diagnostics) bundle.Request {
	var request bundle.Request
	if !m.Recipe.IsUnknown() && !m.Recipe.IsNull() {
		decoded, err := document.DecodeRecipe(ctx, []byte(m.Recipe.ValueString()))
		if err != nil {
			diags.AddAttributeError(path.Root("recipe"), unlessEnded(ctx, "Invalid Recipe"),
				err.Error()+"\n\nA recipe is the text of a document, such as data.eidos_recipe.<name>.json; read one that is in a file with file(\"recipe.yaml\").")
		}
		request.Recipe = decoded
	}
	request.Bundlers, _ = knownElements(m.Bundlers)
	request.Existing, _ = knownElements(m.Existing)
	request.Overrides, request.Pending.Overrides = knownTexts(m.Overrides, e.renderer.Bundlers())
	request.ObjectOverrides, request.Pending.ObjectOverrides = knownTexts(m.ObjectOverrides, e.renderer.Bundlers())
	for i, key := range request.Pending.ObjectOverrides {
		request.Pending.ObjectOverrides[i], _, _ = strings.Cut(key, "/")
	}
	request.Namespaces, request.Pending.Namespaces = knownTexts(m.Namespaces, e.renderer.Bundlers())
	request.Releases, _ = knownTexts(m.Releases, nil)
	m.site(ctx, &request, diags)
	m.forms(ctx, &request, diags)
	request.Snapshot, request.Pending.Snapshot = decodeSnapshot(ctx, m.Snapshot, diags), m.Snapshot.IsUnknown()
	request.IgnoreFindings, request.Pending.IgnoreFindings = knownElements(m.IgnoreFindings)
	return request
}

func logBundle(ctx context.Context, rendered *bundle.Bundle) {
	releases := map[string]string{}
	for _, c := range rendered.Components {
		releases[c.Name] = cmp.Or(c.Chart, c.Name) + " " + c.Version + " in namespace " + c.Namespace
	}
	findings := make([]string, len(rendered.Findings))
	for i, f := range rendered.Findings {
		findings[i] = f.Rule
	}
	tflog.Debug(ctx, "Rendered a bundle", map[string]any{"components": releases, "files": len(rendered.Files), "findings": findings, "sha256": rendered.SHA256})
}

// setOutline fills the computed attributes while recipe, bundlers, existing or
// releases are unknown. With all but the recipe known, the keys of components and
// what does not depend on the recipe stay known: a for_each over components can be
// planned, and a consumer is not replaced for a name that will turn out the same.
func (m *bundleModel) setOutline(ctx context.Context, e *engine, prior *bundleModel, diags *diag.Diagnostics) {
	m.Components = types.MapUnknown(componentType())
	m.NodeSettings = types.MapUnknown(types.StringType)
	m.SHA256 = types.StringUnknown()
	m.Findings = types.ListUnknown(findingType())
	m.Files = types.MapUnknown(types.StringType)
	if m.OutputDir.IsNull() {
		m.Files = types.MapNull(types.StringType)
	}
	request := m.request(ctx, e, diags)
	named := !m.Bundlers.IsNull() && fullyKnown(ctx, m.Bundlers)
	if !named {
		request.Bundlers = nil
	}
	outline, err := e.renderer.Outline(ctx, request)
	addBundleErrors(err, diags)
	if diags.HasError() {
		return
	}
	tflog.Debug(ctx, "Outlined a bundle", map[string]any{"components": request.Bundlers})
	if !named || !fullyKnown(ctx, m.Existing, m.Releases) {
		return
	}
	if prior != nil {
		m.addChanges(ctx, e, *prior, outline, request, diags)
	}
	components := make(map[string]componentModel, len(outline))
	for _, c := range outline {
		model := newComponentModel(ctx, c, diags)
		if c.Version == "" {
			model.Version = types.StringUnknown()
		}
		components[c.Name] = model
	}
	m.Components = mapValue(ctx, componentType(), components, diags)
}

// knownTexts splits a map from component, or what is of one, to text into what is
// known and the keys whose text is not: all components where the map itself is
// unknown.
func knownTexts(m types.Map, components []string) (known map[string]string, unknown []string) {
	if m.IsUnknown() {
		return nil, components
	}
	known = map[string]string{}
	for component, value := range m.Elements() {
		if text, ok := value.(types.String); ok && !text.IsUnknown() {
			known[component] = text.ValueString()
			continue
		}
		unknown = append(unknown, component)
	}
	return known, unknown
}

// knownElements returns the texts of a set, and whether there may be more that are
// not known yet. Without any it is nil, but for a set that is known to be empty.
func knownElements(set types.Set) (known []string, pending bool) {
	pending = set.IsUnknown()
	if len(set.Elements()) == 0 && !pending && !set.IsNull() {
		return []string{}, false
	}
	for _, value := range set.Elements() {
		if text, ok := value.(types.String); ok && !text.IsUnknown() {
			known = append(known, text.ValueString())
			continue
		}
		pending = true
	}
	return known, pending
}
