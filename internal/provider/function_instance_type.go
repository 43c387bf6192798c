// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

var _ function.Function = (*instanceTypeFunction)(nil)

type instanceTypeFunction struct {
	engine *engine
}

func (f *instanceTypeFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "instance_type"
}

func (f *instanceTypeFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The GPU, GPU count and fabric of an instance type",
		MarkdownDescription: "Returns the GPU, how many of them a node has (`count`), and the `fabric` that joins the nodes (`none` if there is none), from the embedded catalog. " +
			"An unknown instance type is an error that names the nearest one.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "service", MarkdownDescription: "Kubernetes service, such as `eks`."},
			function.StringParameter{Name: "name", MarkdownDescription: "Instance type, as nodes are labeled with it, such as `p5.48xlarge`."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{"gpu": types.StringType, "count": types.Int64Type, "fabric": types.StringType}},
	}
}

type instanceTypeResult struct {
	GPU    string `tfsdk:"gpu"`
	Count  int64  `tfsdk:"count"`
	Fabric string `tfsdk:"fabric"`
}

func (f *instanceTypeFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var service, name string
	if resp.Error = req.Arguments.Get(ctx, &service, &name); resp.Error != nil {
		return
	}
	catalog, err := f.engine.catalog()
	var found recipe.Instance
	if err == nil {
		found, err = catalog.InstanceType(service, name)
	}
	if err != nil {
		place := int64(0)
		if e := recipe.Errors(err)[0]; e.Field == "name" {
			place = 1
		}
		resp.Error = function.NewArgumentFuncError(place, recipe.Errors(err)[0].Err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, instanceTypeResult{found.GPU, int64(found.Count), found.Fabric})
}
