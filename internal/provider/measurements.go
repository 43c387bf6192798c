// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

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
