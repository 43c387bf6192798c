// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
)

type agentModel struct {
	Namespace        types.String   `tfsdk:"namespace"`
	Name             types.String   `tfsdk:"name"`
	NodeName         types.String   `tfsdk:"node_name"`
	NodeSelector     types.Map      `tfsdk:"node_selector"`
	AllNodes         types.Bool     `tfsdk:"all_nodes"`
	Parallel         types.Int64    `tfsdk:"parallel"`
	Tolerations      types.List     `tfsdk:"tolerations"`
	Image            types.String   `tfsdk:"image"`
	ImagePullSecrets types.Set      `tfsdk:"image_pull_secrets"`
	ServiceAccount   types.String   `tfsdk:"service_account"`
	Collectors       types.Set      `tfsdk:"collectors"`
	Privileged       types.Bool     `tfsdk:"privileged"`
	RuntimeClass     types.String   `tfsdk:"runtime_class"`
	Triggers         types.Map      `tfsdk:"triggers"`
	KeepOnFailure    types.Bool     `tfsdk:"keep_on_failure"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`

	Snapshot      types.String `tfsdk:"snapshot"`
	SHA256        types.String `tfsdk:"sha256"`
	Nodes         types.Map    `tfsdk:"nodes"`
	Groups        types.List   `tfsdk:"groups"`
	Disagreements types.Map    `tfsdk:"disagreements"`
	LeftOut       types.Map    `tfsdk:"left_out"`
}

type agentNodeModel struct {
	ConfigMap types.String `tfsdk:"config_map"`
	SHA256    string       `tfsdk:"sha256"`
}

func agentNodeType() attr.Type { return agentNode().Type() }

type agentGroupModel struct {
	Nodes       []string           `tfsdk:"nodes"`
	ConfigMap   types.String       `tfsdk:"config_map"`
	SHA256      string             `tfsdk:"sha256"`
	Differences map[string]*string `tfsdk:"differences"`
}

func agentGroupType() attr.Type { return agentGroup().Type() }

// sameRun reports whether another run would be asked for the same, however it is
// written. What is unknown may be something else.
func (m *agentModel) sameRun(ctx context.Context, other *agentModel, diags *diag.Diagnostics) bool {
	if !m.known(ctx) {
		return false
	}
	triggers := len(m.Triggers.Elements()) == 0 && len(other.Triggers.Elements()) == 0 || m.Triggers.Equal(other.Triggers)
	return triggers && m.spec(ctx, 0, diags).Same(other.spec(ctx, 0, diags))
}

func (m *agentModel) inLog(ctx context.Context) context.Context {
	return tflog.SetField(tflog.SetField(ctx, "namespace", m.Namespace.ValueString()), "name", m.Name.ValueString())
}

// known reports whether all arguments are known, down to their elements.
func (m *agentModel) known(ctx context.Context) bool {
	return fullyKnown(
		ctx, m.Namespace, m.Name, m.NodeName, m.NodeSelector, m.AllNodes, m.Parallel, m.Tolerations, m.Image, m.ImagePullSecrets,
		m.ServiceAccount, m.Collectors, m.Privileged, m.RuntimeClass, m.Triggers,
	)
}

// spec returns what to run. Its timeout is for creation and updates alike.
func (m *agentModel) spec(ctx context.Context, timeout time.Duration, diags *diag.Diagnostics) agent.Spec {
	spec := agent.Spec{
		Namespace:      m.Namespace.ValueString(),
		Name:           m.Name.ValueString(),
		NodeName:       m.NodeName.ValueString(),
		AllNodes:       m.AllNodes.ValueBool(),
		Parallel:       int(m.Parallel.ValueInt64()),
		Image:          m.Image.ValueString(),
		ServiceAccount: m.ServiceAccount.ValueString(),
		Privileged:     m.Privileged.ValueBool(),
		RuntimeClass:   m.RuntimeClass.ValueString(),
		KeepOnFailure:  m.KeepOnFailure.ValueBool(),
		Timeout:        timeout,
	}
	diags.Append(m.NodeSelector.ElementsAs(ctx, &spec.NodeSelector, false)...)
	diags.Append(m.ImagePullSecrets.ElementsAs(ctx, &spec.ImagePullSecrets, false)...)
	diags.Append(m.Collectors.ElementsAs(ctx, &spec.Collectors, false)...)
	var tolerations []tolerationModel
	diags.Append(m.Tolerations.ElementsAs(ctx, &tolerations, false)...)
	spec.Tolerations = tolerated(tolerations)
	return spec
}

// setResult sets what the ConfigMaps hold; what a run left out they do not.
func (m *agentModel) setResult(ctx context.Context, result *agent.Result, diags *diag.Diagnostics) {
	nodes := make(map[string]agentNodeModel, len(result.Nodes))
	groups := make([]agentGroupModel, len(result.Groups))
	for i, g := range result.Groups {
		groups[i] = agentGroupModel{Nodes: g.Nodes, ConfigMap: stringOrNull(g.ConfigMap), SHA256: g.SHA256, Differences: g.Differences}
		for _, name := range g.Nodes {
			nodes[name] = agentNodeModel{ConfigMap: stringOrNull(result.Nodes[name].ConfigMap), SHA256: g.SHA256}
		}
	}
	m.Nodes = mapValue(ctx, agentNodeType(), nodes, diags)
	list, d := types.ListValueFrom(ctx, agentGroupType(), groups)
	diags.Append(d...)
	m.Groups = list
	m.Disagreements = mapValue(ctx, types.StringType, result.Disagreements, diags)
	yaml := factsYAML(result.Snapshot(), diags)
	m.Snapshot, m.SHA256 = types.StringValue(string(yaml)), types.StringValue(sha256Hex(yaml))
}

// setUnknown says that a run will fill the computed attributes.
func (m *agentModel) setUnknown() {
	m.Snapshot, m.SHA256 = types.StringUnknown(), types.StringUnknown()
	m.Nodes, m.Groups = types.MapUnknown(agentNodeType()), types.ListUnknown(agentGroupType())
	m.Disagreements, m.LeftOut = types.MapUnknown(types.StringType), types.MapUnknown(types.StringType)
}

// copyResult keeps what an earlier run found.
func (m *agentModel) copyResult(from *agentModel) {
	m.Snapshot, m.SHA256, m.Nodes, m.Groups = from.Snapshot, from.SHA256, from.Nodes, from.Groups
	m.Disagreements, m.LeftOut = from.Disagreements, from.LeftOut
}

// stored names the ConfigMaps of the state.
func (m *agentModel) stored(ctx context.Context, owner string, diags *diag.Diagnostics) agent.Stored {
	var nodes map[string]agentNodeModel
	diags.Append(m.Nodes.ElementsAs(ctx, &nodes, false)...)
	stored := agent.Stored{
		Namespace: m.Namespace.ValueString(), Name: m.Name.ValueString(), Owner: owner,
		Nodes: map[string]string{}, SHA256: map[string]string{},
	}
	for name, node := range nodes {
		stored.Nodes[name] = node.ConfigMap.ValueString()
		stored.SHA256[node.ConfigMap.ValueString()] = node.SHA256
	}
	return stored
}
