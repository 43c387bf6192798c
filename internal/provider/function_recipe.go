// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

var _ function.Function = (*recipeFunction)(nil)

// recipeFunction makes a recipe of known arguments at any time: a data source
// that depends on something that changes is read after the plan only.
type recipeFunction struct {
	engine *engine
}

func (f *recipeFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "recipe"
}

func (f *recipeFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	finding := types.ObjectType{AttrTypes: map[string]attr.Type{"rule": types.StringType, "path": types.StringType, "message": types.StringType}}
	resp.Definition = function.Definition{
		Summary: "Make a recipe from known arguments",
		MarkdownDescription: "Returns what the data source `eidos_recipe` returns for the same arguments: an object with `json`, for `eidos_bundle`, `findings` and `sha256`. " +
			"The result is known whenever the arguments are. That is not true of the data source: Terraform reads it during the apply if an argument comes from a resource with pending changes, or if its module has `depends_on`. " +
			"A function cannot warn, so check `findings`.",
		Parameters: []function.Parameter{function.DynamicParameter{
			Name: "arguments",
			MarkdownDescription: "An object with any of " + codeList(recipeArguments()) + ", as the data source takes them. " +
				"Null attributes are ignored; any other name is an error.",
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"json": types.StringType, "findings": types.ListType{ElemType: finding}, "sha256": types.StringType,
		}},
	}
}

// recipeArguments are the names of the data source's arguments.
func recipeArguments() []string {
	var names []string
	for _, a := range queryAttributes() {
		names = append(names, a.name)
	}
	return append(names, "context", "snapshot", "overlays", "catalog", "allow_uncovered", "options", "releases", "driver_version", "ignore_findings")
}

type recipeFunctionResult struct {
	JSON     string               `tfsdk:"json"`
	Findings []recipeFindingModel `tfsdk:"findings"`
	SHA256   string               `tfsdk:"sha256"`
}

func (f *recipeFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var given types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &given); resp.Error != nil {
		return
	}
	result, err := f.make(ctx, given.UnderlyingValue())
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, result)
}

func (f *recipeFunction) make(ctx context.Context, given attr.Value) (*recipeFunctionResult, error) {
	a, err := argumentsOf(given)
	if err != nil {
		return nil, err
	}
	request := recipe.Request{
		Overlays: a.texts("overlays"), AllowUncovered: a.flag("allow_uncovered"), Driver: a.text("driver_version"),
		Options: a.textsByName("options"), Releases: a.textsByName("releases"), IgnoreFindings: ignoredOf(a.texts("ignore_findings")), Called: attributeName,
	}
	for _, q := range queryAttributes() {
		*request.Query.Field(q.field) = a.text(q.name)
	}
	request.Query.Context = a.flag("context")
	if text := a.text("snapshot"); text != "" {
		snapshot, err := document.DecodeSnapshot(ctx, []byte(text))
		a.fail("snapshot", err)
		request.Snapshot = &snapshot
	}
	catalog, err := f.engine.catalog()
	if text := a.text("catalog"); text != "" {
		catalog, err = recipe.Load(ctx, []byte(text))
	}
	if err := errors.Join(append(a.errs, err)...); err != nil {
		return nil, err
	}
	made, err := catalog.Build(ctx, request)
	if err != nil {
		return nil, inAttributes(err)
	}
	yaml, yamlErr := made.Recipe.YAML()
	json, jsonErr := made.Recipe.JSONMaps()
	return &recipeFunctionResult{string(json), recipeFindings(made.Findings), sha256Hex(yaml)}, errors.Join(yamlErr, jsonErr)
}

// inAttributes names the attribute that each error of the engine is about.
func inAttributes(err error) error {
	var errs []error
	for _, e := range recipe.Errors(err) {
		e.Field = attributeName(e.Field)
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

// arguments are the members of an object, or of a map of texts, without those
// that are null. What is wrong with one is kept.
type arguments struct {
	members map[string]attr.Value
	errs    []error
}

func argumentsOf(given attr.Value) (*arguments, error) {
	members, ok := membersOf(given)
	if !ok {
		return nil, errors.New("want an object, such as { service = \"eks\", gpu = \"h100\" }")
	}
	a := &arguments{members: members}
	known := recipeArguments()
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			a.fail(name, fmt.Errorf("is not an argument; known are %s%s", words.And(known), suggest.Question(name, known)))
		}
	}
	return a, nil
}

func membersOf(v attr.Value) (map[string]attr.Value, bool) {
	var all map[string]attr.Value
	switch v := v.(type) {
	case basetypes.ObjectValue:
		all = v.Attributes()
	case basetypes.MapValue:
		all = v.Elements()
	default:
		return nil, false
	}
	members := map[string]attr.Value{}
	for name, value := range all {
		if !value.IsNull() {
			members[name] = value
		}
	}
	return members, true
}

func (a *arguments) fail(name string, err error) {
	if err != nil {
		a.errs = append(a.errs, fmt.Errorf("%s: %w", name, err))
	}
}

// text returns the argument of that name, "" where there is none.
func (a *arguments) text(name string) string {
	value, there := a.members[name]
	if !there {
		return ""
	}
	text, err := textOf(value)
	a.fail(name, err)
	return text
}

func textOf(v attr.Value) (string, error) {
	switch v := v.(type) {
	case basetypes.StringValue:
		if strings.TrimSpace(v.ValueString()) == "" {
			return "", errors.New("is empty; leave it out, or set it to null")
		}
		return v.ValueString(), nil
	case basetypes.BoolValue:
		return v.String(), nil
	case basetypes.NumberValue:
		return "", fmt.Errorf("is the number %s; write it in quotes: a number loses its last zeros", v)
	default:
		return "", errors.New("want a text")
	}
}

func (a *arguments) flag(name string) bool {
	text := a.text(name)
	if text != "" && text != "true" && text != "false" {
		a.fail(name, fmt.Errorf("got %s, want true or false", words.Quote(text)))
	}
	return text == "true"
}

// texts returns a list, a tuple or a set of texts.
func (a *arguments) texts(name string) []string {
	var elements []attr.Value
	switch v := a.members[name].(type) {
	case nil:
	case basetypes.ListValue:
		elements = v.Elements()
	case basetypes.TupleValue:
		elements = v.Elements()
	case basetypes.SetValue:
		elements = v.Elements()
	default:
		a.fail(name, errors.New("want a list of texts"))
	}
	list := make([]string, len(elements))
	for i, element := range elements {
		text, err := textOf(element)
		a.fail(fmt.Sprintf("%s[%d]", name, i), err)
		list[i] = text
	}
	return list
}

// textsByName returns an object or a map of texts.
func (a *arguments) textsByName(name string) map[string]string {
	value, there := a.members[name]
	if !there {
		return nil
	}
	members, ok := membersOf(value)
	if !ok {
		a.fail(name, errors.New("want a map of texts"))
	}
	list := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		text, err := textOf(members[key])
		a.fail(fmt.Sprintf("%s[%q]", name, key), err)
		list[key] = text
	}
	return list
}
