// SPDX-License-Identifier: Apache-2.0

// Package provider is the Terraform front door of the engine: schemas, plans,
// state and diagnostics. Every decision about clusters, recipes and files is
// the engine's.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

const (
	// Address is where the provider is published.
	Address = "registry.terraform.io/cloud-native-stack/eidos"
	// ProtocolVersion is the major version of the plugin protocol that is
	// served; terraform-registry-manifest.json says the same.
	ProtocolVersion = 6
)

var _ provider.Provider = (*eidosProvider)(nil)

type eidosProvider struct {
	version string
	engine  *engine
}

// New returns a constructor of the provider.
func New(version string) func() provider.Provider {
	return func() provider.Provider {
		return &eidosProvider{version: version, engine: newEngine()}
	}
}

func (p *eidosProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "eidos"
	resp.Version = p.version
}

func (p *eidosProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Turns facts about a GPU Kubernetes cluster into a configuration that is known to fit it: " +
			"a snapshot says what is there, a recipe what should run there, a bundle holds the Helm values and manifests that make it so. " +
			"The provider needs no configuration, no network and no cluster.",
	}
}

// Configure starts a new run. The process of a provider under -debug outlives
// single runs, so what one run planned is forgotten here.
func (p *eidosProvider) Configure(_ context.Context, _ provider.ConfigureRequest, _ *provider.ConfigureResponse) {
	p.engine.directories.reset()
}

func (p *eidosProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &snapshotDataSource{engine: p.engine} },
		func() datasource.DataSource { return &recipeDataSource{engine: p.engine} },
	}
}

func (p *eidosProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &bundleResource{engine: p.engine} },
	}
}
