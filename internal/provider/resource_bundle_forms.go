// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
)

type gitopsModel struct {
	Repository types.String `tfsdk:"repository"`
	Revision   types.String `tfsdk:"revision"`
	Path       types.String `tfsdk:"path"`
}

func gitopsAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Where the files will be in Git. Only objects next to the charts are read from there; charts and values do not need it.",
		Attributes: map[string]schema.Attribute{
			"repository": optionalText("URL of the repository, for `argocd`. Without it the Applications say `" + form.Missing + "`, and the finding `gitops-repository-missing` says so."),
			"revision":   optionalText("Branch, tag or commit, for `argocd`. Defaults to the repository's default branch."),
			"path":       optionalText("Folder of the bundle in the repository, for `argocd` and `flux`. Defaults to its top. Flux reads the repository that it was bootstrapped with."),
		},
	}
}

// forms puts formats and what they read into a request, or says that they are pending.
func (m *bundleModel) forms(ctx context.Context, request *bundle.Request, diags *diag.Diagnostics) {
	request.Formats, request.Pending.Forms = knownElements(m.Formats)
	if !fullyKnown(ctx, m.GitOps) {
		request.Pending.Forms = true
	} else if !m.GitOps.IsNull() {
		var g gitopsModel
		diags.Append(m.GitOps.As(ctx, &g, basetypes.ObjectAsOptions{})...)
		request.GitOps = &form.GitOps{Repository: g.Repository.ValueString(), Revision: g.Revision.ValueString(), Path: g.Path.ValueString()}
	}
}
