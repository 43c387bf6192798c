// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"
)

// policyFile is the form of clusterpolicy-map.
type policyFile struct {
	Chart   string        `json:"chart"`
	Version string        `json:"version"`
	Fields  []sourceField `json:"fields"`
}

type sourceField struct {
	Path    string    `json:"path"`
	From    string    `json:"from"`
	IfSet   bool      `json:"ifSet"`
	When    []string  `json:"when"`
	Map     bool      `json:"map"`
	Const   *anyValue `json:"const"`
	Default *anyValue `json:"default"`
	String  bool      `json:"string"`
	Labels  string    `json:"labels"`
}

// policyLines writes the fields one a line, and what all of them depend on
// apart. Headers of maps go: a map is there when something is below it.
func policyLines(fields []sourceField) (lines []any, when string, err error) {
	common := commonConditions(fields)
	for _, field := range fields {
		if field.Map {
			continue
		}
		line, err := field.line(common)
		if err != nil {
			return nil, "", fmt.Errorf("field %s: %w", field.Path, err)
		}
		lines = append(lines, line)
	}
	return lines, strings.Join(common, " "), nil
}

func commonConditions(fields []sourceField) []string {
	var common []string
	for i, field := range fields {
		if i == 0 {
			common = slices.Clone(field.When)
		}
		common = slices.DeleteFunc(common, func(c string) bool { return !slices.Contains(field.When, c) })
	}
	return common
}

func (f sourceField) line(common []string) (string, error) {
	words := []string{f.Path}
	switch {
	case f.Const != nil && f.From == "" && f.Labels == "":
		words = append(words, "const", jsonText(f.Const.value))
	case f.Labels == "gpu-operator.operand-labels" && f.From == "":
		words = append(words, "labels")
	case f.From != "" && f.IfSet && f.Default == nil && f.Labels == "":
		words = append(words, "set")
	case f.From != "" && !f.IfSet && f.Labels == "":
		words = append(words, "copy")
	default:
		return "", fmt.Errorf("a combination that is not known: %+v", f)
	}
	if f.From != "" && f.From != f.Path {
		words = append(words, "from", f.From)
	}
	if f.String {
		words = append(words, "quoted")
	}
	if f.Default != nil {
		words = append(words, "default", jsonText(f.Default.value))
	}
	conditions := slices.DeleteFunc(slices.Clone(f.When), func(c string) bool { return slices.Contains(common, c) })
	if len(conditions) > 0 {
		words = append(append(words, "when"), conditions...)
	}
	line := strings.Join(words, " ")
	if len(strings.Fields(line)) != len(words) {
		return "", fmt.Errorf("a space in %q", line)
	}
	return line, nil
}
