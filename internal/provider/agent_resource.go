// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster/typed"
)

var (
	_ resource.ResourceWithConfigure  = (*agentResource)(nil)
	_ resource.ResourceWithModifyPlan = (*agentResource)(nil)
)

// agentResource is a snapshot that an agent takes in the cluster. It is taken
// when the resource is created, and again when what to run has changed or the
// ConfigMap is gone.
//
// It has no `kubernetes` of its own: a resource's arguments are stored in the
// state, secrets and all. Nor does it need one, since the provider's connection
// is known when resources are applied.
type agentResource struct {
	engine     *engine
	version    string
	connection *connection // the provider's
}

func (r *agentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_agent"
}

// Configure receives the provider's connection.
func (r *agentResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return // the provider is not configured yet, as during validation
	}
	connection, ok := req.ProviderData.(*connection)
	if !ok {
		resp.Diagnostics.AddError("Unexpected Provider Data", fmt.Sprintf("Expected *connection, got %T. %s", req.ProviderData, reportBug))
		return
	}
	r.connection = connection
}

// runner returns what runs agents, or nil after it added an error.
func (r *agentResource) runner(diags *diag.Diagnostics) *agent.Runner {
	catalog, err := r.engine.catalog()
	if err != nil {
		diags.AddError("Embedded Catalog Unreadable", err.Error()+"\n\n"+reportBug)
		return nil
	}
	connected := r.connection.connect(diags)
	if connected == nil {
		return nil
	}
	clients, err := typed.New(connected)
	if err != nil {
		diags.AddError("Kubernetes Connection Invalid", err.Error())
		return nil
	}
	return &agent.Runner{Connection: clients, GPUInstanceType: catalog.GPUInstanceType}
}
