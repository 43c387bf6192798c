// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	releases "helm.sh/helm/v4/pkg/release/v1"
)

// model is a helm_release.
type model struct {
	Atomic                   types.Bool   `tfsdk:"atomic"`
	Chart                    types.String `tfsdk:"chart"`
	CleanupOnFail            types.Bool   `tfsdk:"cleanup_on_fail"`
	CreateNamespace          types.Bool   `tfsdk:"create_namespace"`
	DependencyUpdate         types.Bool   `tfsdk:"dependency_update"`
	Description              types.String `tfsdk:"description"`
	Devel                    types.Bool   `tfsdk:"devel"`
	DisableCRDHooks          types.Bool   `tfsdk:"disable_crd_hooks"`
	DisableOpenAPIValidation types.Bool   `tfsdk:"disable_openapi_validation"`
	DisableWebhooks          types.Bool   `tfsdk:"disable_webhooks"`
	ForceUpdate              types.Bool   `tfsdk:"force_update"`
	ID                       types.String `tfsdk:"id"`
	Keyring                  types.String `tfsdk:"keyring"`
	Lint                     types.Bool   `tfsdk:"lint"`
	Manifest                 types.String `tfsdk:"manifest"`
	MaxHistory               types.Int64  `tfsdk:"max_history"`
	Metadata                 types.Object `tfsdk:"metadata"`
	Name                     types.String `tfsdk:"name"`
	Namespace                types.String `tfsdk:"namespace"`
	PassCredentials          types.Bool   `tfsdk:"pass_credentials"`
	PostRender               types.Object `tfsdk:"postrender"`
	RecreatePods             types.Bool   `tfsdk:"recreate_pods"`
	RenderSubchartNotes      types.Bool   `tfsdk:"render_subchart_notes"`
	Replace                  types.Bool   `tfsdk:"replace"`
	Repository               types.String `tfsdk:"repository"`
	RepositoryCAFile         types.String `tfsdk:"repository_ca_file"`
	RepositoryCertFile       types.String `tfsdk:"repository_cert_file"`
	RepositoryKeyFile        types.String `tfsdk:"repository_key_file"`
	RepositoryPassword       types.String `tfsdk:"repository_password"`
	RepositoryUsername       types.String `tfsdk:"repository_username"`
	ResetValues              types.Bool   `tfsdk:"reset_values"`
	Resources                types.Map    `tfsdk:"resources"`
	ReuseValues              types.Bool   `tfsdk:"reuse_values"`
	Set                      types.List   `tfsdk:"set"`
	SetList                  types.List   `tfsdk:"set_list"`
	SetSensitive             types.List   `tfsdk:"set_sensitive"`
	SetWO                    types.List   `tfsdk:"set_wo"`
	SetWORevision            types.Int64  `tfsdk:"set_wo_revision"`
	SkipCRDs                 types.Bool   `tfsdk:"skip_crds"`
	Status                   types.String `tfsdk:"status"`
	TakeOwnership            types.Bool   `tfsdk:"take_ownership"`
	Timeout                  types.Int64  `tfsdk:"timeout"`
	Timeouts                 types.Object `tfsdk:"timeouts"`
	UpgradeInstall           types.Bool   `tfsdk:"upgrade_install"`
	Values                   types.List   `tfsdk:"values"`
	Verify                   types.Bool   `tfsdk:"verify"`
	Version                  types.String `tfsdk:"version"`
	Wait                     types.Bool   `tfsdk:"wait"`
	WaitForJobs              types.Bool   `tfsdk:"wait_for_jobs"`
}

// take takes what is computed from Helm's record of the release. The version keeps
// its configured form, with or without a v.
func (m *model) take(r *releases.Release) diag.Diagnostics {
	m.ID, m.Name, m.Namespace = types.StringValue(r.Name), types.StringValue(r.Name), types.StringValue(r.Namespace)
	m.Status = types.StringValue(r.Info.Status.String())
	m.Manifest, m.Resources = types.StringNull(), types.MapNull(types.StringType)
	if found := r.Chart.Metadata.Version; !sameVersion(found, m.Version.ValueString()) {
		m.Version = types.StringValue(found)
	}
	values := []byte("{}")
	if r.Config != nil {
		var err error
		if values, err = json.Marshal(r.Config); err != nil {
			return failed("Release Not Readable", err)
		}
	}
	metadata, diags := types.ObjectValue(metadataTypes(), map[string]attr.Value{
		"app_version":    types.StringValue(r.Chart.Metadata.AppVersion),
		"chart":          types.StringValue(r.Chart.Metadata.Name),
		"first_deployed": types.Int64Value(r.Info.FirstDeployed.Unix()),
		"last_deployed":  types.Int64Value(r.Info.LastDeployed.Unix()),
		"name":           types.StringValue(r.Name),
		"namespace":      types.StringValue(r.Namespace),
		"notes":          types.StringValue(r.Info.Notes),
		"revision":       types.Int64Value(int64(r.Version)),
		"values":         types.StringValue(string(values)),
		"version":        types.StringValue(r.Chart.Metadata.Version),
	})
	m.Metadata = metadata
	return diags
}

func sameVersion(a, b string) bool { return strings.TrimPrefix(a, "v") == strings.TrimPrefix(b, "v") }

func failed(title string, err error) diag.Diagnostics {
	return diag.Diagnostics{diag.NewErrorDiagnostic(title, err.Error())}
}
