// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// recipeFindingModel is a finding of a recipe or a snapshot.
type recipeFindingModel struct {
	Rule    string `tfsdk:"rule"`
	Path    string `tfsdk:"path"`
	Message string `tfsdk:"message"`
}

func recipeFindings(findings []recipe.Finding) []recipeFindingModel {
	models := make([]recipeFindingModel, len(findings))
	for i, f := range findings {
		models[i] = recipeFindingModel{Rule: f.Rule, Path: attributeName(f.Place()), Message: f.Message}
	}
	return models
}

// ignoredOf returns what is to be ignored with the engine's names of inputs.
func ignoredOf(entries []string) []string {
	ignored := make([]string, len(entries))
	for i, entry := range entries {
		rule, at, atPlace := strings.Cut(entry, ":")
		if ignored[i] = rule; atPlace {
			ignored[i] += ":" + fieldName(at)
		}
	}
	return ignored
}

func recipeFindingsAttribute(description string) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"rule":    computedText("Name of the rule, for `ignore_findings`."),
			"path":    computedText("Attribute that it is about, such as `overlays[0]`."),
			"message": computedText("What was found, why it matters and what to do."),
		}},
	}
}

func ignoreFindingsAttribute() schema.SetAttribute {
	return optionalSet("Findings to leave out: `RULE`, or `RULE:PATH` for one place.")
}

// warnOfRecipe warns once of all findings: Terraform folds warnings of one title
// into one, and shows the text of the first.
func warnOfRecipe(findings []recipeFindingModel, at path.Path, diags *diag.Diagnostics) {
	if len(findings) == 0 {
		return
	}
	var rules, texts []string
	for _, f := range findings {
		rules = append(rules, f.Rule)
		texts = append(texts, fmt.Sprintf("%s (%s): %s", f.Path, f.Rule, f.Message))
	}
	slices.Sort(rules)
	diags.AddAttributeWarning(at, "Doubtful Recipe: "+strings.Join(slices.Compact(rules), ", "),
		strings.Join(texts, "\n\n")+"\n\nTo silence one, add its name, or NAME:PLACE, to ignore_findings.")
}
