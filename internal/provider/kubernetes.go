// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// kubernetesAttribute is the connection to a cluster, the same for the provider
// and for a data source.
func kubernetesAttribute(description string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"config_path":              connectionText("config_path", "Path of a kubeconfig file; `~` is the home directory."),
			"config_paths":             optionalList(withVariable("config_paths", "Paths of kubeconfig files that are merged: the first file to name something wins.")),
			"config_context":           connectionText("config_context", "Context of the kubeconfig. Defaults to its current one."),
			"config_context_auth_info": connectionText("config_context_auth_info", "User of the kubeconfig, in place of the context's."),
			"config_context_cluster":   connectionText("config_context_cluster", "Cluster of the kubeconfig, in place of the context's."),
			"host":                     connectionText("host", "URL of the API server, or its host and port for https."),
			"token":                    secretText("token", "Bearer token."),
			"username":                 connectionText("username", "User for basic authentication."),
			"password":                 secretText("password", "Password for basic authentication."),
			"client_certificate":       connectionText("client_certificate", "Client certificate, PEM."),
			"client_key":               secretText("client_key", "Key of the client certificate, PEM."),
			"cluster_ca_certificate":   connectionText("cluster_ca_certificate", "Certificates of the authorities that may sign the API server's, PEM."),
			"insecure":                 optionalFlag(withVariable("insecure", "Accept any certificate of the API server. Defaults to `false`.")),
			"tls_server_name":          connectionText("tls_server_name", "Name to expect in the API server's certificate. Defaults to the host."),
			"proxy_url":                secretText("proxy_url", "URL of a proxy to the API server; it may hold a password."),
			"exec":                     execAttribute(),
			"in_cluster":               optionalFlag("Use the service account of the pod that Terraform runs in. Defaults to `false`."),
		},
	}
}

func execAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "A program that prints credentials, such as `aws eks get-token`. Prefer it to a token that expires between plan and apply.",
		Attributes: map[string]schema.Attribute{
			"api_version": requiredText("Version of the credentials that it prints: `client.authentication.k8s.io/v1` or `client.authentication.k8s.io/v1beta1`.",
				stringvalidator.OneOf("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")),
			"command": requiredText("Program to run."),
			"args":    optionalList("Arguments of the program."),
			"env": schema.MapAttribute{
				Optional: true, Sensitive: true, ElementType: types.StringType,
				MarkdownDescription: "Environment variables to add.",
			},
		},
	}
}

func connectionText(name, description string) schema.StringAttribute {
	return optionalText(withVariable(name, description))
}

func secretText(name, description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: withVariable(name, description)}
}

func withVariable(name, description string) string {
	return fmt.Sprintf("%s Can also be set with `%s`.", description, cluster.Setting(name).Variable())
}

// kubernetesModel is a `kubernetes` object without unknown values.
type kubernetesModel struct {
	ConfigPath            *string    `tfsdk:"config_path"`
	ConfigPaths           []string   `tfsdk:"config_paths"`
	ConfigContext         *string    `tfsdk:"config_context"`
	ConfigContextAuthInfo *string    `tfsdk:"config_context_auth_info"`
	ConfigContextCluster  *string    `tfsdk:"config_context_cluster"`
	Host                  *string    `tfsdk:"host"`
	Token                 *string    `tfsdk:"token"`
	Username              *string    `tfsdk:"username"`
	Password              *string    `tfsdk:"password"`
	ClientCertificate     *string    `tfsdk:"client_certificate"`
	ClientKey             *string    `tfsdk:"client_key"`
	ClusterCACertificate  *string    `tfsdk:"cluster_ca_certificate"`
	Insecure              *bool      `tfsdk:"insecure"`
	TLSServerName         *string    `tfsdk:"tls_server_name"`
	ProxyURL              *string    `tfsdk:"proxy_url"`
	Exec                  *execModel `tfsdk:"exec"`
	InCluster             *bool      `tfsdk:"in_cluster"`
}

type execModel struct {
	APIVersion string            `tfsdk:"api_version"`
	Command    string            `tfsdk:"command"`
	Args       []string          `tfsdk:"args"`
	Env        map[string]string `tfsdk:"env"`
}

// newSettings returns the settings of a `kubernetes` object without unknown
// values. An absent object gives settings of the environment alone.
func newSettings(ctx context.Context, object types.Object, diags *diag.Diagnostics) cluster.Settings {
	var m kubernetesModel
	if !object.IsNull() {
		diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	}
	return cluster.Settings{
		ConfigPath:            m.ConfigPath,
		ConfigPaths:           m.ConfigPaths,
		ConfigContext:         m.ConfigContext,
		ConfigContextAuthInfo: m.ConfigContextAuthInfo,
		ConfigContextCluster:  m.ConfigContextCluster,
		Host:                  m.Host,
		Token:                 m.Token,
		Username:              m.Username,
		Password:              m.Password,
		ClientCertificate:     m.ClientCertificate,
		ClientKey:             m.ClientKey,
		ClusterCACertificate:  m.ClusterCACertificate,
		Insecure:              m.Insecure,
		TLSServerName:         m.TLSServerName,
		ProxyURL:              m.ProxyURL,
		Exec:                  (*cluster.Exec)(m.Exec),
		InCluster:             m.InCluster,
	}
}

// unknownAttribute returns the path of the first attribute of a `kubernetes`
// object whose value is unknown, in the order of names; ok is false when all
// are known.
func unknownAttribute(ctx context.Context, object types.Object) (at path.Path, ok bool) {
	at = path.Root("kubernetes")
	if object.IsUnknown() {
		return at, true
	}
	attributes := object.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !fullyKnown(ctx, attributes[name]) {
			return at.AtName(name), true
		}
	}
	return at, false
}
