// SPDX-License-Identifier: Apache-2.0

// Package provider is the Terraform front door of the engine: schemas, plans,
// state and diagnostics. Every decision about clusters, recipes and files is
// the engine's.
package provider

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

const (
	// Address is where the provider is published.
	Address = "registry.terraform.io/cloud-native-stack/eidos"
	// ProtocolVersion is the major version of the plugin protocol that is
	// served; terraform-registry-manifest.json says the same.
	ProtocolVersion = 6
)

var _ provider.ProviderWithFunctions = (*eidosProvider)(nil)

type eidosProvider struct {
	version string
	image   string // of the agent, "" for a build that is not a release
	engine  *engine
}

// New returns a constructor of the provider. The digest is that of the image of its
// version, "" for a build that is not a release.
func New(version, imageDigest string) func() provider.Provider {
	return func() provider.Provider {
		return &eidosProvider{version: version, image: agent.DefaultImage(version, imageDigest), engine: newEngine()}
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
			"Recipes and bundles need no configuration, no network and no cluster.",
		Attributes: map[string]schema.Attribute{
			"kubernetes": kubernetesAttribute("How `eidos_snapshot`, `eidos_agent`, `eidos_manifests` and `eidos_status` reach a cluster. Nothing is assumed: neither `~/.kube/config` nor `KUBECONFIG` nor localhost is used unless it is named. " +
				"Each attribute beats its environment variable. The connection is made when it is first needed."),
		},
	}
}

type providerModel struct {
	Kubernetes types.Object `tfsdk:"kubernetes"`
}

// Configure keeps how to reach a cluster, without any I/O. It also starts a new
// run: the process of a provider under -debug outlives single runs, so what one
// run planned is forgotten here.
func (p *eidosProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	p.engine.directories.content.Clear()
	p.engine.claims.Clear()
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	connection := newConnection(ctx, model.Kubernetes, p.version, &resp.Diagnostics)
	tflog.Debug(ctx, "Configured the provider", map[string]any{"kubernetes_is_set": !model.Kubernetes.IsNull(), "kubernetes_unknown": connection.unknown})
	resp.DataSourceData, resp.ResourceData = connection, connection
}

func (p *eidosProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &snapshotDataSource{engine: p.engine, version: p.version} },
		func() datasource.DataSource { return &recipeDataSource{engine: p.engine} },
		func() datasource.DataSource { return &statusDataSource{engine: p.engine, version: p.version} },
	}
}

func (p *eidosProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &agentResource{engine: p.engine, version: p.version, image: p.image} },
		func() resource.Resource { return &bundleResource{engine: p.engine} },
		func() resource.Resource { return &manifestsResource{engine: p.engine} },
	}
}

// Functions are known at plan whenever their arguments are.
func (p *eidosProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return &recipeFunction{engine: p.engine} },
		func() function.Function { return &instanceTypeFunction{engine: p.engine} },
		func() function.Function { return &compareFunction{engine: p.engine} },
	}
}

// engine is what the data sources and resources of one provider process share.
// It works without the provider being configured.
type engine struct {
	// catalog parses the embedded catalog on first use.
	catalog     func() (*recipe.Catalog, error)
	renderer    *bundle.Renderer
	writer      *outdir.Writer
	directories *plannedDirectories
	// claims know which resource of this run has which object.
	claims *sync.Map
}

func newEngine() *engine {
	return &engine{
		catalog:     sync.OnceValues(recipe.Embedded),
		renderer:    bundle.NewRenderer(),
		writer:      outdir.NewWriter(),
		directories: &plannedDirectories{},
		claims:      &sync.Map{},
	}
}

func (e *engine) loadCatalog(diags *diag.Diagnostics) *recipe.Catalog {
	catalog, err := e.catalog()
	if err != nil {
		addBug(diags, "Embedded Catalog Unreadable", err)
	}
	return catalog
}

// addBug reports what no user can cause.
func addBug(diags *diag.Diagnostics, title string, err error) {
	diags.AddError(title, err.Error()+"\n\nThis is a bug in the provider. Please report it with the configuration that shows it.")
}

// unlessEnded is the title of an error of reading a document, which is not a mistake in
// it when nobody waits for it anymore.
func unlessEnded(ctx context.Context, title string) string {
	if ctx.Err() != nil {
		return "Canceled"
	}
	return title
}

// privateState is what the framework hands to each operation of a resource.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type writablePrivateState interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// loadPrivate decodes an entry of the private state. Without one, v stays as it
// is.
func loadPrivate(ctx context.Context, private privateState, key string, v any, diags *diag.Diagnostics) {
	raw, d := private.GetKey(ctx, key)
	diags.Append(d...)
	if len(raw) == 0 {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil {
		addBug(diags, "Private State Unreadable", err)
	}
}

func storePrivate(ctx context.Context, private writablePrivateState, key string, v any, diags *diag.Diagnostics) {
	raw, err := json.Marshal(v)
	if err != nil {
		addBug(diags, "Private State Not Encodable", err)
		return
	}
	diags.Append(private.SetKey(ctx, key, raw)...)
}
