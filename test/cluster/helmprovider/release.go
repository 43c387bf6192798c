// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/kube"
	helmrelease "helm.sh/helm/v4/pkg/release"
	releases "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/storage/driver"
)

// release is the resource helm_release.
type release struct{ *session }

var (
	_ resource.ResourceWithConfigure      = (*release)(nil)
	_ resource.ResourceWithImportState    = (*release)(nil)
	_ resource.ResourceWithModifyPlan     = (*release)(nil)
	_ resource.ResourceWithValidateConfig = (*release)(nil)
)

func (*release) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_release"
}

func (r *release) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.session, _ = req.ProviderData.(*session) // nil before the provider is configured
}

// Create installs. A release that was recorded although it failed is reported and
// not kept in the state, as HashiCorp's provider has it.
func (r *release) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m model
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	values, diags := m.chartValues(ctx)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	installed, err := r.install(ctx, &m, values)
	if err != nil {
		resp.Diagnostics.AddError("Release Not Installed", err.Error())
		return
	}
	resp.Diagnostics.Append(m.take(installed)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *release) install(ctx context.Context, m *model, values map[string]any) (*releases.Release, error) {
	if m.UpgradeInstall.ValueBool() {
		switch _, err := r.find(m.Namespace.ValueString(), m.Name.ValueString()); {
		case err == nil:
			return r.upgrade(ctx, m, values)
		case !errors.Is(err, driver.ErrReleaseNotFound):
			return nil, err
		}
	}
	configuration, err := r.action(m.Namespace.ValueString())
	if err != nil {
		return nil, err
	}
	run := action.NewInstall(configuration)
	found, _, err := r.locate(m, &run.ChartPathOptions)
	if err != nil {
		return nil, err
	}
	run.ServerSideApply = false
	run.CreateNamespace = m.CreateNamespace.ValueBool()
	run.Description = m.Description.ValueString()
	run.DisableHooks = m.DisableWebhooks.ValueBool()
	run.DisableOpenAPIValidation = m.DisableOpenAPIValidation.ValueBool()
	run.Namespace, run.ReleaseName = m.Namespace.ValueString(), m.Name.ValueString()
	run.RollbackOnFailure = m.Atomic.ValueBool()
	run.SkipCRDs = m.SkipCRDs.ValueBool()
	run.SubNotes = m.RenderSubchartNotes.ValueBool()
	run.TakeOwnership = m.TakeOwnership.ValueBool()
	run.Timeout, run.WaitStrategy, run.WaitForJobs = m.timeout(), m.waiting(), m.WaitForJobs.ValueBool()
	return recorded(run.RunWithContext(ctx, found, values))
}

// Read reports what Helm has recorded. A release that is gone leaves the state.
func (r *release) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m model
	if resp.Diagnostics.Append(req.State.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	found, err := r.find(m.Namespace.ValueString(), m.Name.ValueString())
	switch {
	case errors.Is(err, driver.ErrReleaseNotFound):
		resp.State.RemoveResource(ctx)
	case err != nil:
		resp.Diagnostics.AddError("Release Not Readable", err.Error())
	default:
		resp.Diagnostics.Append(m.take(found)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	}
}

// find returns the newest revision of a release.
func (r *release) find(namespace, name string) (*releases.Release, error) {
	configuration, err := r.action(namespace)
	if err != nil {
		return nil, err
	}
	found, err := recorded(action.NewGet(configuration).Run(name))
	if err != nil {
		return nil, fmt.Errorf("reading release %s/%s: %w", namespace, name, err)
	}
	return found, nil
}

// Update upgrades in place.
func (r *release) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m model
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	values, diags := m.chartValues(ctx)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	upgraded, err := r.upgrade(ctx, &m, values)
	if err != nil {
		resp.Diagnostics.AddError("Release Not Upgraded", err.Error())
		return
	}
	resp.Diagnostics.Append(m.take(upgraded)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *release) upgrade(ctx context.Context, m *model, values map[string]any) (*releases.Release, error) {
	configuration, err := r.action(m.Namespace.ValueString())
	if err != nil {
		return nil, err
	}
	run := action.NewUpgrade(configuration)
	found, _, err := r.locate(m, &run.ChartPathOptions)
	if err != nil {
		return nil, err
	}
	run.ServerSideApply = "false"
	run.CleanupOnFail = m.CleanupOnFail.ValueBool()
	run.Description = m.Description.ValueString()
	run.DisableHooks = m.DisableWebhooks.ValueBool()
	run.DisableOpenAPIValidation = m.DisableOpenAPIValidation.ValueBool()
	run.MaxHistory = int(m.MaxHistory.ValueInt64())
	run.Namespace = m.Namespace.ValueString()
	run.RollbackOnFailure = m.Atomic.ValueBool()
	run.SkipCRDs = m.SkipCRDs.ValueBool()
	run.SubNotes = m.RenderSubchartNotes.ValueBool()
	run.TakeOwnership = m.TakeOwnership.ValueBool()
	run.Timeout, run.WaitStrategy, run.WaitForJobs = m.timeout(), m.waiting(), m.WaitForJobs.ValueBool()
	return recorded(run.RunWithContext(ctx, m.Name.ValueString(), found, values))
}

// Delete uninstalls. Helm leaves the namespace and the definitions of crds/.
func (r *release) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m model
	if resp.Diagnostics.Append(req.State.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	configuration, err := r.action(m.Namespace.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Release Not Uninstalled", err.Error())
		return
	}
	run := action.NewUninstall(configuration)
	run.DisableHooks = m.DisableWebhooks.ValueBool()
	run.IgnoreNotFound = true
	run.Timeout, run.WaitStrategy = m.timeout(), m.waiting()
	done, err := run.Run(m.Name.ValueString())
	switch {
	case err != nil:
		resp.Diagnostics.AddError("Release Not Uninstalled", err.Error())
	case done != nil && done.Info != "":
		resp.Diagnostics.AddWarning("Helm Left Objects", done.Info)
	}
}

// ImportState takes namespace/name. The repository and the values are in no record
// of Helm's: the next plan states them and upgrades in place.
func (r *release) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	namespace, name, _ := strings.Cut(req.ID, "/")
	if namespace == "" || name == "" || strings.Contains(name, "/") {
		resp.Diagnostics.AddError("Invalid Import ID", fmt.Sprintf("The ID is %q; it must be namespace/name.", req.ID))
		return
	}
	found, err := r.find(namespace, name)
	if err != nil {
		resp.Diagnostics.AddError("Release Not Imported", err.Error())
		return
	}
	stated := defaults()
	stated["namespace"], stated["name"] = namespace, name
	stated["chart"], stated["description"] = found.Chart.Metadata.Name, found.Info.Description
	for attribute, value := range stated {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), value)...)
	}
}

func (m *model) timeout() time.Duration {
	return time.Duration(m.Timeout.ValueInt64()) * time.Second
}

// waiting is how Helm 3 waits: for hooks, and with wait or atomic for all objects.
func (m *model) waiting() kube.WaitStrategy {
	if m.Wait.ValueBool() || m.Atomic.ValueBool() {
		return kube.LegacyStrategy
	}
	return kube.HookOnlyStrategy
}

// recorded is a release as Helm's actions return it.
func recorded(found helmrelease.Releaser, err error) (*releases.Release, error) {
	if err != nil {
		return nil, err
	}
	r, ok := found.(*releases.Release)
	if !ok {
		return nil, fmt.Errorf("the release is recorded as %T, which the stand-in does not know", found)
	}
	return r, nil
}
