// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// layersPicture shows which layers state some values of a recipe, and which wins.
func layersPicture() (string, error) {
	catalog, err := recipe.Embedded()
	if err != nil {
		return "", err
	}
	const overlay = "name: ours\nkey: {gpu: h100}\ntypes: [{type: K8s, subtypes: [{subtype: config, data: {gdrcopy: false}}]}]\n"
	made, err := catalog.Build(context.Background(), recipe.Request{
		Query:    document.Query{Service: "aks", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.34"},
		Overlays: []string{overlay},
		Options:  map[string]string{"mig_strategy": "mixed"},
	})
	if err != nil {
		return "", err
	}
	var columns []column
	for _, key := range []string{"K8s/config/rdma", "K8s/config/gdrcopy", "K8s/config/mig_strategy", "K8s/image/gpu-operator"} {
		columns = append(columns, newColumn(catalog, made, key))
	}
	return drawLayers(columns), nil
}

// column is a key, what each layer states for it, in order, and what the recipe says.
type column struct {
	key    string
	layers []string
	values map[string]string
	result string
}

func newColumn(catalog *recipe.Catalog, made *recipe.Result, key string) column {
	path := measurement.ParsePath(key)
	c := column{key: key, values: map[string]string{}, result: made.Recipe.Measurements.Text(path.Type, path.Subtype, path.Key)}
	for _, s := range catalog.Settings(path) {
		if s.Value != nil && (s.Layer == "base" || slices.Contains(made.Recipe.MatchedRules, s.Layer)) {
			c.layers = append(c.layers, s.Layer)
			c.values[s.Layer] = s.Value.String()
		}
	}
	if last := made.Provenance[key]; c.values[last] == "" {
		c.layers = append(c.layers, last)
		c.values[last] = c.result
	}
	return c
}

func drawLayers(columns []column) string {
	var d drawing
	const rowHeight = 30
	rows := layersOf(columns)
	nameWidth, columnWidth := 2*padding+widthOf(rows), 0
	for _, c := range columns {
		columnWidth = max(columnWidth, 2*padding+widthOf([]string{c.key}))
	}
	width := margin + nameWidth + columnWidth*len(columns) + margin
	y := margin + lineHeight
	d.text(margin, y, "head", "Layers, in order")
	for i, c := range columns {
		d.text(margin+nameWidth+columnWidth*i, y, "code", c.key)
	}
	y += padding
	for _, row := range rows {
		d.printf("<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n", margin, y, width-2*margin, rowHeight-4)
		d.text(margin+padding, y+lineHeight, "code", row)
		for i, c := range columns {
			value, states := c.values[row]
			if !states {
				continue
			}
			class := "code note"
			if row == c.layers[len(c.layers)-1] {
				class = "code change"
			}
			d.text(margin+nameWidth+columnWidth*i, y+lineHeight, class, value)
		}
		y += rowHeight
	}
	for i := range columns {
		x := margin + nameWidth + columnWidth*i + padding
		d.down(x, y, y+lineHeight+2)
	}
	y += lineHeight + 6
	d.printf("<rect class=\"strong\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n", margin, y, width-2*margin, rowHeight)
	d.text(margin+padding, y+lineHeight+2, "head", "Recipe")
	var said []string
	for i, c := range columns {
		d.text(margin+nameWidth+columnWidth*i, y+lineHeight+2, "code", c.result)
		said = append(said, fmt.Sprintf("%s is %s, set by %s", c.key, c.result, c.layers[len(c.layers)-1]))
	}
	return d.svg(width, y+rowHeight+margin, "Layers of a recipe",
		"Each layer states some values, and of one value the last layer wins: "+strings.Join(said, "; ")+".")
}

// layersOf merges the layers of all columns into one order.
func layersOf(columns []column) []string {
	rank := func(layer string) int {
		switch {
		case layer == "base":
			return 0
		case strings.HasPrefix(layer, "user:"):
			return 100
		case layer == "argument":
			return 101
		case strings.HasPrefix(layer, "release:"):
			return 102
		default:
			return strings.Count(layer, ",") + 1 // stated fields
		}
	}
	var rows []string
	for _, c := range columns {
		rows = append(rows, c.layers...)
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	slices.SortStableFunc(rows, func(a, b string) int { return rank(a) - rank(b) })
	return rows
}

// widthOf is how wide the longest of some texts of code is.
func widthOf(texts []string) int {
	longest := 0
	for _, text := range texts {
		longest = max(longest, len(text))
	}
	return int(codeWidth * float64(longest))
}
