// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// explained is a value of a recipe, with who set it, why, and what others said.
type explained struct {
	Path  string `json:"path"`
	Value any    `json:"value"`
	document.Origin
}

// explainedFormat is the format of an explanation where no flag states one: what the
// name of its file says, or else a table.
func explainedFormat(file string) document.Format {
	format, err := document.FormatOf(file)
	if err != nil || filepath.Ext(file) == "" {
		return document.FormatTable
	}
	return format
}

// explanation says of the values of a recipe, in canonical order, which layer set each,
// and why. A table is as wide as the terminal that it goes to.
func (p Process) explanation(result *recipe.Result, to destination) ([]byte, error) {
	all, provenance := []explained{}, result.Account().Provenance
	rows := [][]string{{"PATH", "VALUE", "LAYER", "REASON"}}
	for _, m := range result.Recipe.Measurements.Sorted() {
		for _, s := range m.Subtypes {
			for _, key := range slices.Sorted(maps.Keys(s.Data)) {
				path := measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()
				e := explained{path, s.Data[key].Any(), provenance[path]}
				all = append(all, e)
				rows = append(rows, []string{path, s.Data[key].String(), e.Layer, orDash(e.Reason)})
			}
		}
	}
	table := document.Columns
	if to.IsOutput() {
		table = p.table
	}
	return dataText(to.format, table(rows), all)
}
