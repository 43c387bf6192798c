// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

type statusModel struct {
	Components   map[string]statusComponentModel `tfsdk:"components"`
	Recipe       types.String                    `tfsdk:"recipe"`
	WaitForReady types.String                    `tfsdk:"wait_for_ready"`
	Kubernetes   types.Object                    `tfsdk:"kubernetes"`
	Timeouts     timeouts.Value                  `tfsdk:"timeouts"`

	Ready    types.Bool      `tfsdk:"ready"`
	Objects  []statusObject  `tfsdk:"objects"`
	Drift    []statusDrift   `tfsdk:"drift"`
	Nodes    []statusNode    `tfsdk:"nodes"`
	Releases []statusRelease `tfsdk:"releases"`
	Problems []statusProblem `tfsdk:"problems"`
}

// statusComponentModel is as much of a bundle's component as is looked at.
type statusComponentModel struct {
	Chart          types.String       `tfsdk:"chart"`
	Version        types.String       `tfsdk:"version"`
	Namespace      types.String       `tfsdk:"namespace"`
	ReleaseName    types.String       `tfsdk:"release_name"`
	Ready          []statusReadyModel `tfsdk:"ready"`
	Manifests      map[string]string  `tfsdk:"manifests"`
	ChartManifests map[string]string  `tfsdk:"chart_manifests"`
}

type statusReadyModel struct {
	APIVersion string `tfsdk:"api_version"`
	Kind       string `tfsdk:"kind"`
	Name       string `tfsdk:"name"`
}

type statusObject struct {
	Component string       `tfsdk:"component"`
	Object    string       `tfsdk:"object"`
	State     string       `tfsdk:"state"`
	Ready     bool         `tfsdk:"ready"`
	Message   types.String `tfsdk:"message"`
}

type statusDrift struct {
	Component string  `tfsdk:"component"`
	Object    string  `tfsdk:"object"`
	Path      string  `tfsdk:"path"`
	Want      *string `tfsdk:"want"`
	Have      *string `tfsdk:"have"`
}

type statusNode struct {
	Name          string       `tfsdk:"name"`
	Product       types.String `tfsdk:"product"`
	DriverVersion types.String `tfsdk:"driver_version"`
	Capacity      int64        `tfsdk:"capacity"`
	Allocatable   int64        `tfsdk:"allocatable"`
	MIG           types.String `tfsdk:"mig"`
	MIGState      types.String `tfsdk:"mig_state"`
	Ready         bool         `tfsdk:"ready"`
	Schedulable   bool         `tfsdk:"schedulable"`
	Wrong         []string     `tfsdk:"wrong"`
}

type statusRelease struct {
	Component  string       `tfsdk:"component"`
	Name       string       `tfsdk:"name"`
	Namespace  string       `tfsdk:"namespace"`
	Chart      types.String `tfsdk:"chart"`
	Version    types.String `tfsdk:"version"`
	Status     string       `tfsdk:"status"`
	Revision   int          `tfsdk:"revision"`
	Difference types.String `tfsdk:"difference"`
}

type statusProblem struct {
	Verb      types.String `tfsdk:"verb"`
	Resource  types.String `tfsdk:"resource"`
	Namespace types.String `tfsdk:"namespace"`
	Message   string       `tfsdk:"message"`
}

// recipe returns the recipe, an empty one where none is set.
func (m *statusModel) recipe(ctx context.Context, diags *diag.Diagnostics) document.Recipe {
	if m.Recipe.IsNull() {
		return document.Recipe{}
	}
	recipe, err := document.DecodeRecipe(ctx, []byte(m.Recipe.ValueString()))
	if err != nil {
		diags.AddAttributeError(path.Root("recipe"), unlessEnded(ctx, "Invalid Recipe"), err.Error())
	}
	return recipe
}

// components returns the components as the engine takes them.
func (m *statusModel) components() []bundle.Component {
	var list []bundle.Component
	for name, c := range m.Components {
		one := bundle.Component{
			Name: name, Chart: c.Chart.ValueString(), Version: c.Version.ValueString(), Namespace: c.Namespace.ValueString(),
			ReleaseName: c.ReleaseName.ValueString(), Manifests: c.Manifests, ChartManifests: c.ChartManifests,
		}
		if len(c.Ready) > 0 {
			one.Ready = &bundle.Readiness{Object: c.Ready[0].Name, APIVersion: c.Ready[0].APIVersion, Kind: c.Ready[0].Kind}
		}
		list = append(list, one)
	}
	return list
}

func (m *statusModel) setReport(report status.Report) {
	m.Ready = types.BoolValue(report.Ready)
	m.Objects, m.Drift, m.Nodes, m.Releases, m.Problems = []statusObject{}, []statusDrift{}, []statusNode{}, []statusRelease{}, []statusProblem{}
	for _, o := range report.Objects {
		m.Objects = append(m.Objects, statusObject{o.Component, o.Object, o.State, o.Ready, stringOrNull(o.Message)})
	}
	for _, d := range report.Drift {
		m.Drift = append(m.Drift, statusDrift(d))
	}
	for _, n := range report.Nodes {
		m.Nodes = append(m.Nodes, statusNode{
			n.Name, stringOrNull(n.Product), stringOrNull(n.Driver), n.Capacity, n.Allocatable,
			stringOrNull(n.MIG), stringOrNull(n.MIGState), n.Ready, n.Schedulable, nonNil(n.Wrong),
		})
	}
	for _, r := range report.Releases {
		m.Releases = append(m.Releases, statusRelease{
			r.Component, r.Name, r.Namespace, stringOrNull(r.Chart), stringOrNull(r.Version), r.Status, r.Revision, stringOrNull(r.Difference),
		})
	}
	for _, p := range report.Problems {
		m.Problems = append(m.Problems, statusProblem{stringOrNull(p.Verb), stringOrNull(p.Resource), stringOrNull(p.Namespace), p.Message})
	}
}
