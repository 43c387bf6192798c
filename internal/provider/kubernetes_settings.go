// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

type kubernetesModel struct {
	ConfigPath            types.String `tfsdk:"config_path"`
	ConfigPaths           types.List   `tfsdk:"config_paths"`
	ConfigContext         types.String `tfsdk:"config_context"`
	ConfigContextAuthInfo types.String `tfsdk:"config_context_auth_info"`
	ConfigContextCluster  types.String `tfsdk:"config_context_cluster"`
	Host                  types.String `tfsdk:"host"`
	Token                 types.String `tfsdk:"token"`
	Username              types.String `tfsdk:"username"`
	Password              types.String `tfsdk:"password"`
	ClientCertificate     types.String `tfsdk:"client_certificate"`
	ClientKey             types.String `tfsdk:"client_key"`
	ClusterCACertificate  types.String `tfsdk:"cluster_ca_certificate"`
	Insecure              types.Bool   `tfsdk:"insecure"`
	TLSServerName         types.String `tfsdk:"tls_server_name"`
	ProxyURL              types.String `tfsdk:"proxy_url"`
	Exec                  types.Object `tfsdk:"exec"`
	InCluster             types.Bool   `tfsdk:"in_cluster"`
}

type execModel struct {
	APIVersion types.String `tfsdk:"api_version"`
	Command    types.String `tfsdk:"command"`
	Args       types.List   `tfsdk:"args"`
	Env        types.Map    `tfsdk:"env"`
}

// newSettings returns the settings of a `kubernetes` object without unknown
// values. An absent object gives settings of the environment alone.
func newSettings(ctx context.Context, object types.Object, diags *diag.Diagnostics) cluster.Settings {
	var settings cluster.Settings
	if object.IsNull() {
		return settings
	}
	var m kubernetesModel
	diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	if diags.HasError() {
		return settings
	}
	settings = cluster.Settings{
		ConfigPath:            m.ConfigPath.ValueStringPointer(),
		ConfigContext:         m.ConfigContext.ValueStringPointer(),
		ConfigContextAuthInfo: m.ConfigContextAuthInfo.ValueStringPointer(),
		ConfigContextCluster:  m.ConfigContextCluster.ValueStringPointer(),
		Host:                  m.Host.ValueStringPointer(),
		Token:                 m.Token.ValueStringPointer(),
		Username:              m.Username.ValueStringPointer(),
		Password:              m.Password.ValueStringPointer(),
		ClientCertificate:     m.ClientCertificate.ValueStringPointer(),
		ClientKey:             m.ClientKey.ValueStringPointer(),
		ClusterCACertificate:  m.ClusterCACertificate.ValueStringPointer(),
		Insecure:              m.Insecure.ValueBoolPointer(),
		TLSServerName:         m.TLSServerName.ValueStringPointer(),
		ProxyURL:              m.ProxyURL.ValueStringPointer(),
		InCluster:             m.InCluster.ValueBoolPointer(),
	}
	diags.Append(m.ConfigPaths.ElementsAs(ctx, &settings.ConfigPaths, false)...)
	if !m.Exec.IsNull() {
		settings.Exec = newExec(ctx, m.Exec, diags)
	}
	return settings
}

func newExec(ctx context.Context, object types.Object, diags *diag.Diagnostics) *cluster.Exec {
	var m execModel
	diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	exec := &cluster.Exec{APIVersion: m.APIVersion.ValueString(), Command: m.Command.ValueString()}
	diags.Append(m.Args.ElementsAs(ctx, &exec.Args, false)...)
	diags.Append(m.Env.ElementsAs(ctx, &exec.Env, false)...)
	return exec
}

// unknownAttribute returns the path of the first attribute of a `kubernetes`
// object whose value is unknown, in the order of names; ok is false when all
// are known.
func unknownAttribute(ctx context.Context, object types.Object) (at path.Path, ok bool) {
	at = path.Root("kubernetes")
	if object.IsUnknown() {
		return at, true
	}
	for _, name := range sortedKeys(object.Attributes()) {
		value, err := object.Attributes()[name].ToTerraformValue(ctx)
		if err != nil || !value.IsFullyKnown() {
			return at.AtName(name), true
		}
	}
	return at, false
}
