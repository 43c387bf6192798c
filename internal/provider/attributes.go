// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
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
	for _, a := range queryAttributes() {
		if a.field == field {
			return a.name
		}
	}
	return field
}

// computedQueryAttributes is the schema of an object that shows a query.
func computedQueryAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, a := range queryAttributes() {
		attributes[a.name] = schema.StringAttribute{Computed: true, MarkdownDescription: a.description + " Null when it is not known."}
	}
	return attributes
}

func queryTypes() map[string]attr.Type {
	typesByName := map[string]attr.Type{}
	for _, a := range queryAttributes() {
		typesByName[a.name] = types.StringType
	}
	return typesByName
}

// queryValues maps a query to the attributes of an object. Fields that are not
// stated are null.
func queryValues(query document.Query) map[string]attr.Value {
	values := map[string]attr.Value{}
	for _, a := range queryAttributes() {
		values[a.name] = stringOrNull(*query.Field(a.field))
	}
	return values
}

func stringOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// measurementsType is map(map(map(string))): type > subtype > key.
func measurementsType() types.MapType {
	return types.MapType{ElemType: types.MapType{ElemType: types.MapType{ElemType: types.StringType}}}
}

func measurementsAttribute(description string) schema.MapAttribute {
	return schema.MapAttribute{
		Computed:    true,
		ElementType: measurementsType().ElemType,
		MarkdownDescription: description + " Read one value as `measurements[\"K8s\"][\"server\"][\"version\"]`. " +
			"Every value is text; `yaml` keeps the types.",
	}
}

func measurementTexts(list measurement.List) map[string]map[string]map[string]string {
	texts := make(map[string]map[string]map[string]string, len(list))
	for _, m := range list {
		subtypes := make(map[string]map[string]string, len(m.Subtypes))
		for _, s := range m.Subtypes {
			data := make(map[string]string, len(s.Data))
			for key, reading := range s.Data {
				data[key] = reading.String()
			}
			subtypes[s.Name] = data
		}
		texts[string(m.Type)] = subtypes
	}
	return texts
}

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// codeList formats words for Markdown: `a`, `b`.
func codeList(words []string) string {
	return "`" + strings.Join(words, "`, `") + "`"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
