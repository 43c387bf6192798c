// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

var _ datasource.DataSourceWithConfigure = (*statusDataSource)(nil)

type statusDataSource struct {
	engine     *engine
	version    string
	connection *connection // the provider's
}

func (d *statusDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_status"
}

func (d *statusDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.connection = connectionOf(req.ProviderData, &resp.Diagnostics)
}

func (d *statusDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model statusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if d.connection.mustWait(model.Kubernetes) && req.ClientCapabilities.DeferralAllowed {
		tflog.Debug(ctx, "Deferred the status", map[string]any{"unknown": d.connection.unknown})
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
		return
	}
	report := d.report(ctx, &model, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	tflog.Debug(ctx, "Read the status", map[string]any{
		"components": slices.Sorted(maps.Keys(model.Components)), "ready": report.Ready, "objects": len(report.Objects),
		"drift": len(report.Drift), "nodes": len(report.Nodes), "releases": len(report.Releases), "problems": len(report.Problems),
	})
	model.setReport(report)
	// The one holds secrets, the others are long: none is stored.
	model.Kubernetes, model.Components, model.Recipe = types.ObjectNull(model.Kubernetes.AttributeTypes(ctx)), nil, types.StringNull()
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// report asks the cluster, after the time that it may take to become ready.
func (d *statusDataSource) report(ctx context.Context, m *statusModel, diags *diag.Diagnostics) (report status.Report) {
	timeout, invalid := m.Timeouts.Read(ctx, status.DefaultTimeout)
	diags.Append(invalid...)
	_, connected := d.connection.orOwn(ctx, m.Kubernetes, d.version, diags)
	if diags.HasError() {
		return report
	}
	if !m.Kubernetes.IsNull() {
		defer connected.CloseIdle() // nobody else uses a data source's own connection
	}
	recipe := m.recipe(ctx, diags)
	if diags.HasError() {
		return report
	}
	reader, err := status.New(ctx, connected, d.engine.renderer.Components(), m.components(), recipe)
	if err != nil {
		addComponentErrors(err, diags)
		return report
	}
	if wait := m.WaitForReady.ValueString(); wait != "" {
		long, _ := time.ParseDuration(wait) // which its validator has done before
		waiting, cancel := context.WithTimeout(ctx, long)
		tflog.Debug(ctx, "Waiting for components", map[string]any{"wait_for_ready": wait})
		reader.Await(waiting)
		cancel()
	}
	ctx, cancel := withTimeout(ctx, "read", timeout)
	defer cancel()
	report, err = reader.Read(ctx)
	if err != nil {
		diags.AddAttributeError(path.Root("components"), unlessEnded(ctx, "Status Not Readable"),
			"Nothing could be read from the cluster:\n"+words.Lines(errorTexts(err), mostNames))
		return report
	}
	warnOfReport(report, m, diags)
	return report
}

// addComponentErrors reports manifests that cannot be read where they are.
func addComponentErrors(err error, diags *diag.Diagnostics) {
	for _, leaf := range joined.Errors(err) {
		at := path.Root("components")
		var failed *objects.Error
		if errors.As(leaf, &failed) {
			component, manifest, _ := strings.Cut(failed.Key, "/")
			at = at.AtMapKey(component)
			leaf = fmt.Errorf("components[%q], %s: %w", component, manifest, leaf)
		}
		diags.AddAttributeError(at, "Invalid Component", leaf.Error())
	}
}

// warnOfReport says what was not read, and what was waited for in vain.
func warnOfReport(report status.Report, m *statusModel, diags *diag.Diagnostics) {
	if len(report.Problems) > 0 {
		var texts []string
		for _, p := range report.Problems {
			texts = append(texts, p.Message)
		}
		diags.AddAttributeWarning(path.Root("components"), "Status Is Incomplete",
			"Some parts could not be read; `problems` lists them:\n"+words.Lines(texts, mostNames))
	}
	if m.WaitForReady.IsNull() || report.Ready {
		return
	}
	var unready []string
	for _, o := range report.Objects {
		if !o.Ready {
			unready = append(unready, fmt.Sprintf("%s: %s: %s", o.Object, o.State, o.Message))
		}
	}
	for _, r := range report.Releases {
		if r.Difference != "" {
			unready = append(unready, fmt.Sprintf("release %q in namespace %q: %s", r.Name, r.Namespace, r.Difference))
		}
	}
	diags.AddAttributeWarning(path.Root("wait_for_ready"), "Not Ready In Time",
		fmt.Sprintf("After %s the stack is not ready:\n%s", m.WaitForReady.ValueString(), words.Lines(unready, mostNames)))
}
