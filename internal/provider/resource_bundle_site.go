// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

type placementModel struct {
	System       *poolModel   `tfsdk:"system"`
	GPU          *poolModel   `tfsdk:"gpu"`
	StorageClass types.String `tfsdk:"storage_class"`
}

type poolModel struct {
	NodeSelector map[string]string `tfsdk:"node_selector"`
	Tolerations  []tolerationModel `tfsdk:"tolerations"`
}

type registryModel struct {
	Mirror            types.String      `tfsdk:"mirror"`
	PullSecrets       []string          `tfsdk:"pull_secrets"`
	ChartRepositories map[string]string `tfsdk:"chart_repositories"`
	Packages          *packagesModel    `tfsdk:"packages"`
}

type packagesModel struct {
	GPUConfigMap  types.String `tfsdk:"gpu_config_map"`
	DOCAConfigMap types.String `tfsdk:"doca_config_map"`
	CertConfigMap types.String `tfsdk:"cert_config_map"`
}

func placementAttribute() schema.Attribute {
	pool := func(description string) schema.Attribute {
		return schema.SingleNestedAttribute{Optional: true, MarkdownDescription: description, Attributes: map[string]schema.Attribute{
			"node_selector": optionalMap("Labels that the nodes have."),
			"tolerations":   optionalTolerations("Taints to tolerate, next to those that the charts tolerate already."),
		}}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Where the pods of all components run, set through each chart's own values. " +
			"It adds to what eidos sets, and `overrides` replaces it.",
		Attributes: map[string]schema.Attribute{
			"system":        pool("Nodes of operators and controllers."),
			"gpu":           pool("GPU nodes. Without `tolerations`, pods tolerate the taints that a snapshot shows."),
			"storage_class": optionalText("Storage class of the volumes that components claim."),
		},
	}
}

func registryAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Where an air-gapped site gets images, charts and packages. `components[*].images` lists the images that have to be there. " +
			"An image that no value of its chart can move is reported as `image-not-mirrored`.",
		Attributes: map[string]schema.Attribute{
			"mirror":             optionalText("Registry that replaces the host in all image references, such as `registry.example.com:5000` or `registry.example.com/mirror`: `nvcr.io/nvidia/driver` becomes `registry.example.com:5000/nvidia/driver`."),
			"pull_secrets":       optionalList("Secrets with credentials of the registry, in the namespace of each component."),
			"chart_repositories": optionalMap("Chart repository per component, an `https`, `http` or `oci` URL; `\"*\"` stands for all others."),
			"packages": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "ConfigMaps for driver containers, which install packages of the operating system when they start.",
				Attributes: map[string]schema.Attribute{
					"gpu_config_map":  optionalText("Package sources for the GPU driver."),
					"doca_config_map": optionalText("Package sources for the network driver."),
					"cert_config_map": optionalText("Certificates that both trust."),
				},
			},
		},
	}
}

// site puts placement and registry into a request, or says that they are pending.
func (m *bundleModel) site(ctx context.Context, request *bundle.Request, diags *diag.Diagnostics) {
	if !fullyKnown(ctx, m.Placement) {
		request.Pending.Placement = true
	} else if !m.Placement.IsNull() {
		var p placementModel
		diags.Append(m.Placement.As(ctx, &p, basetypes.ObjectAsOptions{})...)
		request.Placement = &bundle.Placement{System: p.System.pool(), GPU: p.GPU.pool(), StorageClass: p.StorageClass.ValueString()}
	}
	if !fullyKnown(ctx, m.Registry) {
		request.Pending.Registry = true
	} else if !m.Registry.IsNull() {
		var r registryModel
		diags.Append(m.Registry.As(ctx, &r, basetypes.ObjectAsOptions{})...)
		request.Registry = &bundle.Registry{Mirror: r.Mirror.ValueString(), PullSecrets: r.PullSecrets, ChartRepositories: r.ChartRepositories}
		if p := r.Packages; p != nil {
			request.Registry.Packages = bundle.Packages{GPUConfigMap: p.GPUConfigMap.ValueString(), DOCAConfigMap: p.DOCAConfigMap.ValueString(), CertConfigMap: p.CertConfigMap.ValueString()}
		}
	}
}

func (p *poolModel) pool() bundle.Pool {
	if p == nil {
		return bundle.Pool{}
	}
	return bundle.Pool{NodeSelector: p.NodeSelector, Tolerations: tolerated(p.Tolerations)}
}
