// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func rulesPage(catalog *recipe.Catalog, renderer *bundle.Renderer) string {
	p := newPage("Rules", "Every rule that a bundle is checked against, and what a broken rule does.")
	p.paragraph("A bundle is checked while it is planned. A broken rule of severity *error* fails the plan; one of severity *warning* is a warning of the plan and an element of `findings`. " +
		"`ignore_findings` takes the names, or `RULE:PATH` for one place: an error that is ignored becomes a finding, a warning that is ignored disappears, and a name that is not a rule is a finding itself. " +
		"The message of a broken rule names the value that breaks it, why that matters, and what to do, with the values of your cluster instead of each `${...}` below.")
	p.section("Recipes and all components")
	p.rules(renderer, "")
	for _, name := range renderer.Bundlers() {
		if !slices.ContainsFunc(renderer.Rules(), func(r bundle.RuleInfo) bool { return r.Component == name }) {
			continue
		}
		p.section(renderer.Title(name))
		p.rules(renderer, name)
	}
	p.section("Findings of recipes")
	p.paragraph("`eidos_recipe` has `findings` and `ignore_findings` too, and so does `eidos_snapshot`. A rule of severity *error* fails the recipe unless it is ignored.")
	var rows [][]string
	for _, rule := range catalog.Rules() {
		name := anchored(rule.Name)
		if slices.ContainsFunc(renderer.Rules(), func(r bundle.RuleInfo) bool { return r.Name == rule.Name }) {
			name = code(rule.Name) // bundles have it too, and the anchor
		}
		rows = append(rows, []string{name, rule.Severity, rule.Summary})
	}
	p.table([]string{"Rule", "Severity", "What it finds"}, rows)
	return p.String()
}

// remedies lists what to do about a rule, once each. Of a rule that looks at more than
// data says, only its message knows.
func remedies(cases []component.Case) string {
	var all []string
	for _, c := range cases {
		if c.Advice != "" && !slices.Contains(all, c.Advice) {
			all = append(all, c.Advice)
		}
	}
	return cmp.Or(strings.Join(all, "; or "), "what the message says")
}

// anchored is a name to which links can lead.
func anchored(name string) string { return `<a id="` + name + `"></a>` + code(name) }

// rules lists the rules about a component.
func (p *page) rules(renderer *bundle.Renderer, component string) {
	var rows [][]string
	for _, rule := range renderer.Rules() {
		if rule.Component == component {
			rows = append(rows, []string{anchored(rule.Name), string(rule.Severity), rule.Summary, remedies(rule.Cases)})
		}
	}
	p.table([]string{"Rule", "Severity", "What it finds", "What to do"}, rows)
}
