// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// refuse reports what an object states of attributes that nothing acts on. Each has
// the value that asks for nothing, nil for null alone. A value that is not known yet
// might ask for something.
func refuse(diags *diag.Diagnostics, object tftypes.Value, at path.Path, ignored map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(ignored)) {
		value := attribute(object, name)
		if value.IsNull() || ignored[name] != nil && value.Equal(tftypes.NewValue(value.Type(), ignored[name])) {
			continue
		}
		diags.AddAttributeError(at.AtName(name), "Not In This Stand-In",
			fmt.Sprintf("The stand-in for HashiCorp's provider helm does not act on %s. Leave it out, or extend the stand-in.", at.AtName(name)))
	}
}

// attribute returns an attribute of an object, null of one that is null or unknown.
func attribute(object tftypes.Value, name string) tftypes.Value {
	var attributes map[string]tftypes.Value
	if !object.IsKnown() || object.As(&attributes) != nil {
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	}
	return attributes[name]
}
