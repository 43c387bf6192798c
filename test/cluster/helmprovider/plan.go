// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"helm.sh/helm/v4/pkg/action"
	releasecommon "helm.sh/helm/v4/pkg/release/common"
	"helm.sh/helm/v4/pkg/storage/driver"
)

// ModifyPlan locates the chart, which says the version. A release that is not
// deployed is planned to be, so that the next apply tries again.
func (r *release) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // it is destroyed
	}
	var plan, config model
	var state *model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	planned, err := r.plannedVersion(ctx, &plan, config.Version)
	if err != nil {
		resp.Diagnostics.AddError("Release Not Planned", err.Error())
		return
	}
	plan.Version = planned
	plan.Status = types.StringValue(releasecommon.StatusDeployed.String())
	plan.Manifest, plan.Resources = types.StringNull(), types.MapNull(types.StringType)
	if state == nil || !plan.installsLike(state) {
		plan.Metadata = types.ObjectUnknown(metadataTypes())
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// plannedVersion is the chart's, in the form that is configured.
func (r *release) plannedVersion(ctx context.Context, plan *model, configured types.String) (types.String, error) {
	var options action.ChartPathOptions
	found, path, err := r.locate(plan, &options)
	if err != nil {
		return configured, err
	}
	if plan.Lint.ValueBool() {
		if err := plan.lint(ctx, path); err != nil {
			return configured, err
		}
	}
	located := found.Metadata.Version
	if configured.IsNull() && plan.UpgradeInstall.ValueBool() {
		installed, err := r.find(plan.Namespace.ValueString(), plan.Name.ValueString())
		switch {
		case err == nil:
			located = installed.Chart.Metadata.Version
		case !errors.Is(err, driver.ErrReleaseNotFound):
			return configured, err
		}
	}
	switch {
	case configured.IsNull():
		return types.StringValue(located), nil
	case !sameVersion(configured.ValueString(), located):
		return configured, fmt.Errorf("the version is %q, but the chart's is %q; state that, or leave version out", configured.ValueString(), located)
	default:
		return configured, nil
	}
}

func (m *model) lint(ctx context.Context, path string) error {
	values, diags := m.chartValues(ctx)
	if diags.HasError() {
		return errors.New(diags[0].Detail())
	}
	linted := action.NewLint().Run([]string{path}, values)
	if len(linted.Errors) == 0 {
		return nil
	}
	return fmt.Errorf("linting chart %s: %w", strings.TrimSpace(m.Chart.ValueString()), errors.Join(linted.Errors...))
}

// installsLike reports whether a plan would not change what is recorded.
func (m *model) installsLike(state *model) bool {
	return m.Chart.Equal(state.Chart) && m.Repository.Equal(state.Repository) && m.Version.Equal(state.Version) &&
		m.Values.Equal(state.Values) && m.Set.Equal(state.Set)
}
