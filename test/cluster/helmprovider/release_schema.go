// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (*release) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	attributes := map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.LengthBetween(1, 53)},
		},
		"namespace":   schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("default"), PlanModifiers: replace},
		"repository":  schema.StringAttribute{Optional: true},
		"chart":       schema.StringAttribute{Required: true},
		"version":     schema.StringAttribute{Optional: true, Computed: true},
		"description": schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: []planmodifier.String{keepDescription{}}},
		"values":      schema.ListAttribute{Optional: true, ElementType: types.StringType},
		"set":         settings(),

		"id":        schema.StringAttribute{Computed: true},
		"manifest":  schema.StringAttribute{Computed: true},
		"metadata":  schema.SingleNestedAttribute{Computed: true, Attributes: metadataAttributes()},
		"resources": schema.MapAttribute{Computed: true, ElementType: types.StringType},
		"status":    schema.StringAttribute{Computed: true},
	}
	for name, value := range defaults() {
		switch value := value.(type) {
		case int64:
			attributes[name] = schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(value)}
		case bool:
			attributes[name] = schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(value)}
		}
	}
	maps.Copy(attributes, refusedAttributes())
	resp.Schema = schema.Schema{Version: 2, Attributes: attributes}
}

// defaults are the flags and numbers that have one, which an import states too.
func defaults() map[string]any {
	return map[string]any{
		"atomic":                     false,
		"cleanup_on_fail":            false,
		"create_namespace":           false,
		"dependency_update":          false,
		"disable_crd_hooks":          false,
		"disable_openapi_validation": false,
		"disable_webhooks":           false,
		"force_update":               false,
		"lint":                       false,
		"max_history":                int64(0),
		"pass_credentials":           false,
		"recreate_pods":              false,
		"render_subchart_notes":      true,
		"replace":                    false,
		"reset_values":               false,
		"reuse_values":               false,
		"skip_crds":                  false,
		"take_ownership":             false,
		"timeout":                    int64(300),
		"upgrade_install":            false,
		"verify":                     false,
		"wait":                       true,
		"wait_for_jobs":              false,
	}
}

// refusedAttributes are those without a default that nothing acts on.
func refusedAttributes() map[string]schema.Attribute {
	optional := schema.StringAttribute{Optional: true}
	writeOnly := schema.StringAttribute{Required: true, WriteOnly: true}
	return map[string]schema.Attribute{
		"devel":   schema.BoolAttribute{Optional: true},
		"keyring": optional,
		"postrender": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
			"args":        schema.ListAttribute{Optional: true, ElementType: types.StringType},
			"binary_path": schema.StringAttribute{Required: true},
		}},
		"repository_ca_file":   optional,
		"repository_cert_file": optional,
		"repository_key_file":  optional,
		"repository_password":  schema.StringAttribute{Optional: true, Sensitive: true},
		"repository_username":  optional,
		"set_list": nestedList(map[string]schema.Attribute{
			"name":  schema.StringAttribute{Required: true},
			"value": schema.ListAttribute{Required: true, ElementType: types.StringType},
		}),
		"set_sensitive": nestedList(map[string]schema.Attribute{
			"name":  schema.StringAttribute{Required: true},
			"value": schema.StringAttribute{Required: true, Sensitive: true},
			"type":  optional,
		}),
		"set_wo": schema.ListNestedAttribute{Optional: true, WriteOnly: true, NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"name": writeOnly, "value": writeOnly, "type": schema.StringAttribute{Optional: true, WriteOnly: true},
		}}},
		"set_wo_revision": schema.Int64Attribute{Optional: true},
		"timeouts": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
			"create": optional, "read": optional, "update": optional, "delete": optional,
		}},
	}
}

func nestedList(attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes}}
}

func settings() schema.ListNestedAttribute {
	return nestedList(map[string]schema.Attribute{
		"name":  schema.StringAttribute{Required: true},
		"value": schema.StringAttribute{Optional: true},
		"type": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(""), Validators: []validator.String{stringvalidator.OneOf("auto", "string", "literal")},
		},
	})
}

func metadataAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, kind := range metadataTypes() {
		if kind == types.Int64Type {
			attributes[name] = schema.Int64Attribute{Computed: true}
		} else {
			attributes[name] = schema.StringAttribute{Computed: true}
		}
	}
	return attributes
}

func metadataTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"app_version":    types.StringType,
		"chart":          types.StringType,
		"first_deployed": types.Int64Type,
		"last_deployed":  types.Int64Type,
		"name":           types.StringType,
		"namespace":      types.StringType,
		"notes":          types.StringType,
		"revision":       types.Int64Type,
		"values":         types.StringType,
		"version":        types.StringType,
	}
}

// ValidateConfig refuses all that the resource does not act on.
func (*release) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	ignored := map[string]any{}
	for name := range refusedAttributes() {
		ignored[name] = nil
	}
	for _, name := range []string{
		"dependency_update", "disable_crd_hooks", "force_update", "pass_credentials", "recreate_pods",
		"render_subchart_notes", "replace", "reset_values", "reuse_values", "verify",
	} {
		ignored[name] = defaults()[name]
	}
	refuse(&resp.Diagnostics, req.Config.Raw, path.Empty(), ignored)
}

// keepDescription keeps the description where none is configured.
type keepDescription struct{}

func (keepDescription) Description(context.Context) string { return "Keeps the description." }

func (k keepDescription) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

func (keepDescription) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.PlanValue.ValueString() == "" {
		resp.PlanValue = req.StateValue
	}
}
