// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
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
	return optionalSet("Findings to leave out: `RULE`, or `RULE:PATH` for one place.", setvalidator.NoNullValues())
}

func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// warnOf lists findings in one warning, whose title names their rules, and how to
// silence them: Terraform shows one of several warnings that have a title in
// common.
func warnOf(title string, at path.Path, findings []bundle.Finding, ignored finding.Ignored, diags *diag.Diagnostics) {
	var rules, paragraphs, silence []string
	for _, f := range findings {
		rules = append(rules, f.Rule)
		about := strings.Join(slices.DeleteFunc([]string{f.Component, f.Path}, func(s string) bool { return s == "" }), ": ")
		if ignored.Covers(f.Rule, f.Path) {
			about += " (an error, if ignore_findings did not name it)"
		} else {
			silence = append(silence, fmt.Sprintf("%q", f.Rule+":"+f.Path))
		}
		paragraphs = append(paragraphs, f.Rule+": "+about+": "+f.Message)
	}
	if len(findings) == 0 {
		return
	}
	if len(silence) > 0 {
		paragraphs = append(paragraphs, "To silence this, write ignore_findings = ["+strings.Join(silence, ", ")+"], or only the rule for all of its paths.")
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	paragraphs = append(paragraphs, aboutRules(rules))
	diags.AddAttributeWarning(at, title+": "+strings.Join(rules, ", "), strings.Join(paragraphs, "\n\n"))
}

// aboutRules says where rules are documented: at the rule where it is one.
func aboutRules(rules []string) string {
	page := "https://" + strings.Replace(Address, "/", "/providers/", 1) + "/latest/docs/guides/rules"
	if len(rules) == 1 {
		return "About this rule: " + page + "#" + rules[0]
	}
	return "About these rules: " + page
}
