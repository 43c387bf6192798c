// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	corev1 "k8s.io/api/core/v1"
)

type tolerationModel struct {
	Key      types.String `tfsdk:"key"`
	Operator types.String `tfsdk:"operator"`
	Value    types.String `tfsdk:"value"`
	Effect   types.String `tfsdk:"effect"`
}

func optionalTolerations(description string) schema.Attribute {
	return schema.ListNestedAttribute{
		Optional:            true,
		MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"key":      optionalText("Key of the taint. Without it, every taint is tolerated, and `operator` has to be `Exists`."),
			"operator": optionalText("`Equal` or `Exists`. Defaults to `Equal`.", stringvalidator.OneOf("Equal", "Exists")),
			"value":    optionalText("Value of the taint, for `Equal`."),
			"effect":   optionalText("`NoSchedule`, `PreferNoSchedule` or `NoExecute`. Defaults to all of them.", stringvalidator.OneOf("NoSchedule", "PreferNoSchedule", "NoExecute")),
		}},
	}
}

func tolerated(models []tolerationModel) []corev1.Toleration {
	var tolerations []corev1.Toleration
	for _, t := range models {
		tolerations = append(tolerations, corev1.Toleration{
			Key: t.Key.ValueString(), Operator: corev1.TolerationOperator(t.Operator.ValueString()),
			Value: t.Value.ValueString(), Effect: corev1.TaintEffect(t.Effect.ValueString()),
		})
	}
	return tolerations
}
