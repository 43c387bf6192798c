// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// collectDemands returns the constraints of layers, in order of application.
func collectDemands(layers []*layer) []demand {
	var demands []demand
	for _, l := range layers {
		demands = append(demands, l.demands...)
	}
	return demands
}

// documented returns demands as the recipe document carries them.
func documented(demands []demand) []document.Constraint {
	var all []document.Constraint
	for _, d := range demands {
		all = append(all, document.Constraint{Field: d.field, Range: d.constraint.text, Layer: d.layer.name})
	}
	return all
}

// unmet returns an *Error for every two demands that exclude each other, and
// for every demand that the recipe's own version does not meet.
func unmet(demands []demand, q document.Query, entries []*entry) []*Error {
	var problems []*Error
	for i, d := range demands {
		for _, earlier := range demands[:i] {
			if earlier.field == d.field && !earlier.constraint.overlaps(d.constraint) {
				problems = append(problems, d.problem("%s demands %s %s and %s demands %s: no version satisfies both",
					earlier.layer.name, d.field, earlier.constraint.text, d.layer.name, d.constraint.text))
			}
		}
		where, text := chosenVersion(d.field, q, entries)
		if text == "" {
			continue
		}
		v, err := parseVersion(text)
		switch {
		case err != nil:
			problems = append(problems, d.problem("%s demands %s %s, but %s cannot be compared: %w", d.layer.name, d.field, d.constraint.text, where, err))
		case !d.constraint.matches(v):
			problems = append(problems, d.problem("%s demands %s %s, but %s is %s", d.layer.name, d.field, d.constraint.text, where, quote(text)))
		}
	}
	return problems
}

// problem returns an error at the demand's field; a driver is no input.
func (d demand) problem(format string, args ...any) *Error {
	e := &Error{Field: d.field, Err: fmt.Errorf(format, args...)}
	if d.field == fieldDriver {
		e.Field = ""
	}
	return e
}

// chosenVersion returns the version that a demand on the field is about, and
// what to call it, from entries that set values. Where the query leaves k8s
// open, the recipe's own proposal counts.
func chosenVersion(field string, q document.Query, entries []*entry) (where, text string) {
	path := measurement.Path{Type: measurement.K8s, Subtype: "image", Key: "driver"}
	switch {
	case field != fieldDriver && *q.Field(field) != "":
		return "the query's " + field, *q.Field(field)
	case field == "k8s":
		path = serverVersion()
	case field != fieldDriver:
		return "", ""
	}
	if e := find(entries, path); e != nil {
		return "the recipe's " + e.name, e.value.String()
	}
	return "", ""
}
