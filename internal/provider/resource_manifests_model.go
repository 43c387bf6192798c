// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

type manifestsModel struct {
	Manifests         types.Map      `tfsdk:"manifests"`
	WaitFor           types.List     `tfsdk:"wait_for"`
	MinReadyNodes     types.String   `tfsdk:"min_ready_nodes"`
	Definitions       types.Object   `tfsdk:"definitions"`
	ForceConflicts    types.Bool     `tfsdk:"force_conflicts"`
	DeleteNamespaces  types.Bool     `tfsdk:"delete_namespaces"`
	DeleteDefinitions types.Bool     `tfsdk:"delete_definitions"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
	Objects           types.Map      `tfsdk:"objects"`
}

type referenceModel struct {
	APIVersion types.String `tfsdk:"api_version"`
	Kind       types.String `tfsdk:"kind"`
	Namespace  types.String `tfsdk:"namespace"`
	Name       types.String `tfsdk:"name"`
}

// parse returns the objects of the manifests that are known.
func (m *manifestsModel) parse(ctx context.Context, diags *diag.Diagnostics) []objects.Object {
	for _, key := range slices.Sorted(maps.Keys(m.Manifests.Elements())) {
		if m.Manifests.Elements()[key].IsNull() {
			diags.AddAttributeError(path.Root("manifests").AtMapKey(key), "Null Where A Value Is Needed", fmt.Sprintf(
				"manifests[%q] is null. Leave the key out; to do so on a condition, write manifests = { for key, value in {...} : key => value if value != null }.", key))
		}
	}
	list, err := objects.Parse(ctx, statedTexts(m.Manifests))
	if ctx.Err() != nil {
		diags.AddAttributeError(path.Root("manifests"), "Canceled", context.Cause(ctx).Error())
		return nil
	}
	addObjectErrors(err, diags)
	return list
}

// references returns what to wait for, as far as it is known.
func (m *manifestsModel) references(ctx context.Context, diags *diag.Diagnostics) []objects.Reference {
	var list []objects.Reference
	for i, element := range m.WaitFor.Elements() {
		if !fullyKnown(ctx, element) {
			continue
		}
		object, ok := element.(types.Object)
		if !ok || object.IsNull() {
			diags.AddAttributeError(path.Root("wait_for").AtListIndex(i), "Null Where A Value Is Needed", "An element of wait_for is null. Leave it out.")
			continue
		}
		var r referenceModel
		diags.Append(object.As(ctx, &r, basetypes.ObjectAsOptions{})...)
		ref, err := objects.NewReference(r.APIVersion.ValueString(), r.Kind.ValueString(), r.Namespace.ValueString(), r.Name.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root("wait_for").AtListIndex(i), "Invalid Object Reference", err.Error())
		}
		list = append(list, ref)
	}
	return list
}

// share is how many nodes a wait is for, all where nothing is stated or known.
func (m *manifestsModel) share(diags *diag.Diagnostics) objects.Share {
	if m.MinReadyNodes.IsNull() || m.MinReadyNodes.IsUnknown() {
		return objects.Share{}
	}
	share, err := objects.ParseShare(m.MinReadyNodes.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("min_ready_nodes"), "Invalid Share Of Nodes", err.Error()+".")
	}
	return share
}

// setObjects plans that the cluster will say what the manifests say.
func (m *manifestsModel) setObjects(list []objects.Object) {
	if m.Manifests.IsUnknown() {
		m.Objects = types.MapUnknown(types.StringType)
		return
	}
	values := map[string]attr.Value{}
	for key := range m.Manifests.Elements() {
		values[key] = types.StringUnknown()
	}
	for _, o := range list {
		values[o.Key] = types.StringValue(o.Text())
	}
	m.Objects = types.MapValueMust(types.StringType, values)
}

// addObjectErrors reports errors of the engine on the manifests that they are about.
func addObjectErrors(err error, diags *diag.Diagnostics) {
	for _, leaf := range joined.Errors(err) {
		var failed *objects.Error
		if !errors.As(leaf, &failed) {
			diags.AddError("Objects Not Applied", leaf.Error())
			continue
		}
		title, advice := objectDiagnostic(failed.Reason)
		if failed.Key == "" {
			diags.AddError(title, failed.Error()+advice)
			continue
		}
		at, text := path.Root("manifests").AtMapKey(failed.Key), failed.Error()+advice
		if failed.Reason == objects.Invalid {
			text = at.String() + ": " + text // Terraform shows the line of the map, which may be in a local value
		}
		diags.AddAttributeError(at, title, text)
	}
}

// objectDiagnostic returns the title for a reason, and what to do.
func objectDiagnostic(reason objects.Reason) (title, advice string) {
	switch reason {
	case objects.Invalid:
		return "Invalid Manifest", ""
	case objects.Conflict:
		return "Fields Owned By Others", "\n\nLeave these fields out of the manifest, or take them over with force_conflicts = true. Whatever else writes them may change them back."
	case objects.Refused:
		return "Manifest Refused", ""
	case objects.NoKind:
		return "Kind Not Known", "\n\nApply this after whatever installs the definition, with depends_on, or allow more time with timeouts."
	case objects.NoNamespace:
		return "Namespace Not Found", "\n\nAdd a manifest of the namespace, or apply this after what makes it, with depends_on."
	case objects.NotReady:
		return "Object Not Ready", ""
	case objects.NotGone:
		return "Object Not Gone", "\n\nWhat removes the finalizers, such as an operator, must still run. Allow more time with timeouts if it does."
	default:
		return "Objects Not Applied", ""
	}
}
