// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// setting is an element of set.
type setting struct {
	Name  string       `tfsdk:"name"`
	Type  string       `tfsdk:"type"`
	Value types.String `tfsdk:"value"`
}

// chartValues are the values of a release: the later text wins, then set.
func (m *model) chartValues(ctx context.Context) (map[string]any, diag.Diagnostics) {
	var texts []types.String
	var settings []setting
	diags := m.Values.ElementsAs(ctx, &texts, false)
	diags.Append(m.Set.ElementsAs(ctx, &settings, false)...)
	values := map[string]any{}
	for i, text := range texts {
		var layer map[string]any
		if err := yaml.Unmarshal([]byte(text.ValueString()), &layer); err != nil {
			diags.Append(failed("Invalid Values", fmt.Errorf("reading values[%d]: %w", i, err))...)
		}
		values = merge(values, layer)
	}
	for _, s := range settings {
		if err := s.into(values); err != nil {
			diags.Append(failed("Invalid Values", fmt.Errorf("reading set %s: %w", s.Name, err))...)
		}
	}
	return values, diags
}

func (s setting) into(values map[string]any) error {
	switch s.Type {
	case "string":
		return strvals.ParseIntoString(s.Name+"="+s.Value.ValueString(), values)
	case "literal":
		var literal map[string]any
		err := yaml.Unmarshal([]byte(s.Name+": "+s.Value.ValueString()), &literal)
		values[s.Name] = literal[s.Name]
		return err
	default:
		return strvals.ParseInto(s.Name+"="+s.Value.ValueString(), values)
	}
}

// merge lays a map over another, which stays as it is.
func merge(under, over map[string]any) map[string]any {
	merged := make(map[string]any, len(under))
	for key, value := range under {
		merged[key] = value
	}
	for key, value := range over {
		below, isMap := merged[key].(map[string]any)
		above, alsoMap := value.(map[string]any)
		if isMap && alsoMap {
			value = merge(below, above)
		}
		merged[key] = value
	}
	return merged
}
