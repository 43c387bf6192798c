// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"

func rulesPage() string {
	p := newPage("Rules", "Every rule that a bundle is checked by, with what a broken one does.")
	p.paragraph("A bundle is checked while it is planned. A broken rule of severity *error* fails the plan; one of severity *warning* is a warning of the plan and an element of `findings`. " +
		"`ignore_findings` takes the names: an error that is ignored becomes a finding, a warning that is ignored disappears, and a name that is no rule is a finding itself.")
	var rows [][]string
	for _, rule := range bundle.Rules() {
		rows = append(rows, []string{code(rule.Name), string(rule.Severity), rule.Summary})
	}
	p.table([]string{"Rule", "Severity", "What it finds"}, rows)
	return p.String()
}
