// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// explanation is a table of the values of a recipe in canonical order, each with
// the layer that set it.
func explanation(result *recipe.Result) []byte {
	rows := [][]string{{"PATH", "VALUE", "LAYER"}}
	for _, m := range result.Recipe.Measurements.Sorted() {
		for _, s := range m.Subtypes {
			for _, key := range slices.Sorted(maps.Keys(s.Data)) {
				path := measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()
				rows = append(rows, []string{path, s.Data[key].String(), result.Provenance[path]})
			}
		}
	}
	return document.Columns(rows)
}
