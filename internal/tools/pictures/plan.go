// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"strings"
)

// planPicture shows the values that change in the plan that the README has.
func planPicture(readme string) (string, error) {
	const first, last = "              ~ values          = jsonencode(\n", "...\n"
	_, rest, found := strings.Cut(readme, first)
	part, _, ended := strings.Cut(rest, last)
	if !found || !ended {
		return "", errors.New("the README has no plan with changed values")
	}
	texts := []string{
		"  # eidos_bundle.training will be updated in-place",
		`  ~ resource "eidos_bundle" "training" {`,
		"      ~ components    = {",
		`          ~ "gpu-operator" = {`,
	}
	texts = append(texts, strings.Split(strings.TrimSuffix(first+part, "\n"), "\n")...)
	texts = append(texts, "", "Plan: 0 to add, 1 to change, 0 to destroy.")
	var d drawing
	for i, text := range texts {
		d.text(margin, margin+lineHeight*(i+1)-4, classOf(text), strings.TrimPrefix(text, "  "))
	}
	return d.svg(2*margin+widthOf(texts), 2*margin+lineHeight*len(texts), "A plan",
		"terraform plan shows that of all values of the GPU Operator one changes: the version of the driver."), nil
}

func classOf(line string) string {
	switch trimmed := strings.TrimSpace(line); {
	case strings.HasPrefix(trimmed, "#"):
		return "code note"
	case strings.HasPrefix(trimmed, "~"):
		return "code change"
	case strings.HasPrefix(trimmed, "+"):
		return "code add"
	case strings.HasPrefix(trimmed, "-"):
		return "code remove"
	default:
		return "code"
	}
}
