// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
)

func TestAgentErrorIsOnItsArgument(t *testing.T) {
	t.Parallel()
	for argument, reason := range map[string]agent.Reason{
		"namespace": agent.NotAdmitted, "runtime_class": agent.NoRuntime, "service_account": agent.NoAccount,
		"image": agent.NoImage, "name": agent.Foreign,
	} {
		var diags diag.Diagnostics
		addAgentError(&agent.Error{Reason: reason, Err: errors.New("why")}, &diags)
		got, ok := diags[0].(diag.DiagnosticWithPath)
		if !ok || !got.Path().Equal(path.Root(argument)) || got.Detail() != "why" {
			t.Errorf("reason %d: %v, want it on %s", reason, diags, argument)
		}
	}
}

func TestAgentWarningTitles(t *testing.T) {
	t.Parallel()
	titles := map[string]bool{}
	for _, kind := range []agent.WarningKind{agent.Incomplete, agent.FailedNodes, agent.PassedOver, agent.Leftovers, agent.NotStored} {
		titles[agentWarning(kind)] = true
	}
	if len(titles) != 5 {
		t.Errorf("titles: %v", titles)
	}
}

// What says the same in other words is no reason to run.
func TestSameRunInOtherWords(t *testing.T) {
	t.Parallel()
	text := func(values ...string) []attr.Value {
		var all []attr.Value
		for _, v := range values {
			all = append(all, types.StringValue(v))
		}
		return all
	}
	base := agentModel{
		Namespace: types.StringValue("gpu-operator"), Name: types.StringValue(agent.DefaultName),
		Collectors:   types.SetValueMust(types.StringType, text("os", "GPU/smi")),
		NodeSelector: types.MapNull(types.StringType), Triggers: types.MapNull(types.StringType),
		ImagePullSecrets: types.SetNull(types.StringType),
		Tolerations: types.ListNull(types.ObjectType{AttrTypes: map[string]attr.Type{
			"key": types.StringType, "operator": types.StringType, "value": types.StringType, "effect": types.StringType,
		}}),
	}
	for name, tt := range map[string]struct {
		change func(*agentModel)
		same   bool
	}{
		"a default":   {func(m *agentModel) { m.Privileged, m.AllNodes = types.BoolValue(false), types.BoolValue(false) }, true},
		"upper case":  {func(m *agentModel) { m.Collectors = types.SetValueMust(types.StringType, text("OS", "gpu/SMI")) }, true},
		"no triggers": {func(m *agentModel) { m.Triggers = types.MapValueMust(types.StringType, map[string]attr.Value{}) }, true},
		"in parallel": {func(m *agentModel) { m.Parallel = types.Int64Value(20) }, true},
		"triggers": {func(m *agentModel) {
			m.Triggers = types.MapValueMust(types.StringType, map[string]attr.Value{"a": types.StringValue("b")})
		}, false},
		"another image":              {func(m *agentModel) { m.Image = types.StringValue("other:1") }, false},
		"an image that is not known": {func(m *agentModel) { m.Image = types.StringUnknown() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := base
			tt.change(&plan)
			var diags diag.Diagnostics
			if same := plan.sameRun(context.Background(), &base, &diags); same != tt.same || diags.HasError() {
				t.Errorf("same run: %t, %v", same, diags)
			}
		})
	}
}
