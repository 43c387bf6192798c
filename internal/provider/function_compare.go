// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

var _ function.Function = (*compareFunction)(nil)

type compareFunction struct {
	engine *engine
}

func (f *compareFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "compare"
}

func (f *compareFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	value := map[string]attr.Type{
		"path": types.StringType, "state": types.StringType, "want": types.StringType,
		"have": types.StringType, "from": types.StringType, "reason": types.StringType,
	}
	resp.Definition = function.Definition{
		Summary: "Compare a recipe with a snapshot",
		MarkdownDescription: "Returns a list with an object for each value of the recipe that a snapshot can tell something about: its `path`, such as `K8s/image/driver`; " +
			"its `state`: `same`, `different`, or `unknown` if this snapshot does not tell; its values in the recipe and in the snapshot (`want` and `have`; `have` is empty if the node does not have it); " +
			"the reading of the snapshot (`from`); and the recipe's `reason`, if it was made with `context`. `request/gpu` and the like are what the recipe was made for, `constraints/k8s` and the like what it demands.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "snapshot", MarkdownDescription: "A snapshot's text, such as `yaml` of `eidos_snapshot` or of `eidos_agent`."},
			function.StringParameter{Name: "recipe", MarkdownDescription: "A recipe's text, such as `json` of `eidos_recipe`."},
		},
		Return: function.ListReturn{ElementType: types.ObjectType{AttrTypes: value}},
	}
}

type comparedValue struct {
	Path   string `tfsdk:"path"`
	State  string `tfsdk:"state"`
	Want   string `tfsdk:"want"`
	Have   string `tfsdk:"have"`
	From   string `tfsdk:"from"`
	Reason string `tfsdk:"reason"`
}

func (f *compareFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var snapshotText, recipeText string
	if resp.Error = req.Arguments.Get(ctx, &snapshotText, &recipeText); resp.Error != nil {
		return
	}
	snapshot, err := document.DecodeSnapshot(ctx, []byte(snapshotText))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	wanted, err := document.DecodeRecipe(ctx, []byte(recipeText))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(1, err.Error())
		return
	}
	catalog, err := f.engine.catalog()
	var values []compare.Value
	if err == nil {
		values, err = compare.Compare(catalog, snapshot, wanted)
	}
	if err != nil {
		resp.Error = function.NewFuncError(err.Error())
		return
	}
	compared := []comparedValue{}
	for _, v := range values {
		compared = append(compared, comparedValue{v.Path, string(v.State), v.Want, v.Have, v.From, v.Reason})
	}
	resp.Error = resp.Result.Set(ctx, compared)
}
