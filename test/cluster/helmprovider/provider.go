// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type helm struct{}

var _ provider.ProviderWithValidateConfig = (*helm)(nil)

func (*helm) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "helm"
	resp.Version = "3.1.2"
}

func (*helm) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"kubernetes": schema.SingleNestedAttribute{Optional: true, Attributes: kubernetesAttributes()},

		"burst_limit":            schema.Int64Attribute{Optional: true},
		"debug":                  schema.BoolAttribute{Optional: true},
		"experiments":            schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{"manifest": schema.BoolAttribute{Optional: true}}},
		"helm_driver":            text(),
		"plugins_path":           text(),
		"qps":                    schema.Float64Attribute{Optional: true},
		"registry_config_path":   text(),
		"repository_cache":       text(),
		"repository_config_path": text(),
		"registries": schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"url":      schema.StringAttribute{Required: true},
			"username": schema.StringAttribute{Required: true},
			"password": schema.StringAttribute{Required: true},
		}}},
	}}
}

func kubernetesAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"client_certificate":     text(),
		"client_key":             text(),
		"cluster_ca_certificate": text(),
		"config_context":         text(),
		"config_path":            text(),
		"host":                   text(),
		"insecure":               schema.BoolAttribute{Optional: true},
		"token":                  text(),

		"config_context_auth_info": text(),
		"config_context_cluster":   text(),
		"config_paths":             schema.ListAttribute{Optional: true, ElementType: types.StringType},
		"exec": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
			"api_version": schema.StringAttribute{Required: true},
			"command":     schema.StringAttribute{Required: true},
			"env":         schema.MapAttribute{Optional: true, ElementType: types.StringType},
			"args":        schema.ListAttribute{Optional: true, ElementType: types.StringType},
		}},
		"password":        text(),
		"proxy_url":       text(),
		"tls_server_name": text(),
		"username":        text(),
	}
}

func text() schema.StringAttribute { return schema.StringAttribute{Optional: true} }

// ValidateConfig refuses all that Configure does not read.
func (*helm) ValidateConfig(_ context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	refuse(&resp.Diagnostics, req.Config.Raw, path.Empty(), map[string]any{
		"burst_limit": nil, "debug": false, "experiments": nil, "helm_driver": nil, "plugins_path": nil, "qps": nil,
		"registries": nil, "registry_config_path": nil, "repository_cache": nil, "repository_config_path": nil,
	})
	refuse(&resp.Diagnostics, attribute(req.Config.Raw, "kubernetes"), path.Root("kubernetes"), map[string]any{
		"config_context_auth_info": nil, "config_context_cluster": nil, "config_paths": nil, "exec": nil,
		"password": nil, "proxy_url": nil, "tls_server_name": nil, "username": nil,
	})
}

// Configure connects to nothing: the cluster may not exist yet.
func (*helm) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	s := newSession()
	for name, into := range map[string]any{
		"client_certificate":     &s.connection.clientCertificate,
		"client_key":             &s.connection.clientKey,
		"cluster_ca_certificate": &s.connection.authority,
		"config_context":         &s.connection.configContext,
		"config_path":            &s.connection.configPath,
		"host":                   &s.connection.host,
		"insecure":               &s.connection.insecure,
		"token":                  &s.connection.token,
	} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("kubernetes").AtName(name), into)...)
	}
	resp.ResourceData = s
}

func (*helm) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (*helm) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &release{} }}
}
