// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// queryAttribute is one field of a query under its Terraform name.
type queryAttribute struct {
	name        string // in Terraform
	field       string // in documents and engine errors
	description string
}

// queryAttributes lists the fields of a query in the order of the documents.
func queryAttributes() []queryAttribute {
	return []queryAttribute{
		{"os", "os", "Operating system of the GPU nodes, such as `ubuntu`."},
		{"os_version", "osv", "Version of the operating system, such as `24.04`."},
		{"kernel_version", "kernel", "Kernel version of the GPU nodes, such as `6.8.0-1028-aws`."},
		{"service", "service", "Kubernetes service, such as `eks`."},
		{"kubernetes_version", "k8s", "Version of the Kubernetes API server, such as `1.33` or `v1.33.5-eks-3025e55`."},
		{"gpu", "gpu", "GPU model, such as `h100`."},
		{"intent", "intent", "What the cluster is for, such as `training`."},
	}
}

// attributeName returns the Terraform name of an engine field. Other fields
// have the same name on both sides.
func attributeName(field string) string {
	if field == "driver" {
		return "driver_version"
	}
	for _, a := range queryAttributes() {
		if a.field == field {
			return a.name
		}
	}
	return field
}

// fieldName is the reverse of attributeName.
func fieldName(attribute string) string {
	for _, field := range append(document.QueryFields(), "driver") {
		if attributeName(field) == attribute {
			return field
		}
	}
	return attribute
}

// computedQueryAttributes is the schema of an object that shows a query.
func computedQueryAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, a := range queryAttributes() {
		attributes[a.name] = computedText(a.description + " Null when it is not known.")
	}
	return attributes
}

// queryModel holds the attributes of queryAttributes. What is not stated is
// null.
type queryModel struct {
	OS                types.String `tfsdk:"os"`
	OSVersion         types.String `tfsdk:"os_version"`
	KernelVersion     types.String `tfsdk:"kernel_version"`
	Service           types.String `tfsdk:"service"`
	KubernetesVersion types.String `tfsdk:"kubernetes_version"`
	GPU               types.String `tfsdk:"gpu"`
	Intent            types.String `tfsdk:"intent"`
}

func newQueryModel(q document.Query) queryModel {
	return queryModel{
		OS:                stringOrNull(q.OS),
		OSVersion:         stringOrNull(q.OSVersion),
		KernelVersion:     stringOrNull(q.Kernel),
		Service:           stringOrNull(q.Service),
		KubernetesVersion: stringOrNull(q.K8s),
		GPU:               stringOrNull(q.GPU),
		Intent:            stringOrNull(q.Intent),
	}
}

func (m queryModel) query() document.Query {
	return document.Query{
		OS:        m.OS.ValueString(),
		OSVersion: m.OSVersion.ValueString(),
		Kernel:    m.KernelVersion.ValueString(),
		Service:   m.Service.ValueString(),
		K8s:       m.KubernetesVersion.ValueString(),
		GPU:       m.GPU.ValueString(),
		Intent:    m.Intent.ValueString(),
	}
}

// statedIn returns what a query states, by attribute, for the log.
func statedIn(q document.Query) map[string]string {
	values := map[string]string{}
	for _, a := range queryAttributes() {
		if value := *q.Field(a.field); value != "" {
			values[a.name] = value
		}
	}
	return values
}

func byAttribute(fields map[string]string) map[string]string {
	renamed := make(map[string]string, len(fields))
	for field, value := range fields {
		renamed[attributeName(field)] = value
	}
	return renamed
}

// measurementsModel is type > subtype > key.
type measurementsModel map[string]map[string]map[string]string

func measurementsAttribute(description string) schema.MapAttribute {
	return schema.MapAttribute{
		Computed:    true,
		ElementType: types.MapType{ElemType: types.MapType{ElemType: types.StringType}},
		MarkdownDescription: description + " Read one value as `measurements[\"K8s\"][\"server\"][\"version\"]`. " +
			"Every value is text; `yaml` keeps the types.",
	}
}

func newMeasurementsModel(list measurement.List) measurementsModel {
	model := make(measurementsModel, len(list))
	for _, m := range list {
		subtypes := make(map[string]map[string]string, len(m.Subtypes))
		for _, s := range m.Subtypes {
			data := make(map[string]string, len(s.Data))
			for key, reading := range s.Data {
				data[key] = reading.String()
			}
			subtypes[s.Name] = data
		}
		model[string(m.Type)] = subtypes
	}
	return model
}

// These attributes are a data source's, which serve in resources and in the
// provider as well: only a default and a plan modifier need a resource's own.
// The elements of lists, sets and maps are texts.

func requiredText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: validators}
}

func optionalText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: validators}
}

func optionalFlag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, MarkdownDescription: description}
}

func optionalList(description string, validators ...validator.List) schema.ListAttribute {
	return schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: description, Validators: validators}
}

func optionalSet(description string, validators ...validator.Set) schema.SetAttribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: description, Validators: validators}
}

func optionalMap(description string, validators ...validator.Map) schema.MapAttribute {
	return schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: description, Validators: validators}
}

func computedText(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func computedMap(description string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

func notEmpty() validator.String { return stringvalidator.LengthAtLeast(1) }

// stated refuses an empty text: it would read as a value that is not stated.
func stated() validator.String {
	return stringvalidator.RegexMatches(regexp.MustCompile(`\S`), "is empty; leave it out, or set it to null")
}

// statedTexts returns the texts of a map without those that are null, which are
// as if they were not there. Unknown ones are left out as well.
func statedTexts(m types.Map) map[string]string {
	texts := map[string]string{}
	for key, value := range m.Elements() {
		if text, ok := value.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			texts[key] = text.ValueString()
		}
	}
	return texts
}

// described describes the attribute of the framework's timeouts, which its
// library leaves undescribed.
func described(timeouts schema.Attribute, description string) schema.Attribute {
	switch nested := timeouts.(type) {
	case schema.SingleNestedAttribute:
		nested.MarkdownDescription = description
		return nested
	case resourceschema.SingleNestedAttribute:
		nested.MarkdownDescription = description
		return nested
	default:
		return timeouts
	}
}

// codeList formats words for Markdown: `a`, `b`.
func codeList(words []string) string {
	return "`" + strings.Join(words, "`, `") + "`"
}

// fullyKnown reports whether values are known, down to their elements.
func fullyKnown(ctx context.Context, values ...attr.Value) bool {
	for _, v := range values {
		value, err := v.ToTerraformValue(ctx)
		if err != nil || !value.IsFullyKnown() {
			return false
		}
	}
	return true
}

func stringOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// nonNil makes an empty list of a nil slice, which would become null.
func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func sha256Hex(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
