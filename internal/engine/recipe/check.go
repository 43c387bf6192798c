// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

func collectDemands(layers []*layer) []demand {
	var demands []demand
	for _, l := range layers {
		demands = append(demands, l.demands()...)
	}
	return demands
}

// documented returns demands as the recipe document carries them.
func documented(demands []demand) []document.Constraint {
	var all []document.Constraint
	for _, d := range demands {
		all = append(all, document.Constraint{Field: d.field, Range: d.constraint.String(), Layer: d.layer.name})
	}
	return all
}

// unmet returns an *Error for every two demands that exclude each other, and
// for every demand that the recipe's own version does not meet.
func unmet(demands []demand, q document.Query, entries []*entry) []*Error {
	var problems []*Error
	for i, d := range demands {
		for _, earlier := range demands[:i] {
			if earlier.field == d.field && !earlier.constraint.Overlaps(d.constraint) {
				problems = append(problems, d.problem("%s demands %s %s and %s demands %s: no version satisfies both; correct the constraint that is yours, or ask for another combination",
					earlier.layer.name, d.field, earlier.constraint.String(), d.layer.name, d.constraint.String()))
			}
		}
		chosen := chosenVersion(d.field, q, entries)
		if chosen.text == "" {
			continue
		}
		v, err := version.Parse(chosen.text)
		switch {
		case err != nil:
			problems = append(problems, d.problem("%s demands %s %s, but %s cannot be compared: %w; %s", d.layer.name, d.field, d.constraint.String(), chosen.where, err, chosen.advice))
		case !d.constraint.Contains(v):
			problems = append(problems, d.problem("%s demands %s %s, but %s is %s; %s", d.layer.name, d.field, d.constraint.String(), chosen.where, words.Quote(chosen.text), chosen.advice))
		}
	}
	return problems
}

// problem returns an error at the demand's field; a driver is not an input.
func (d demand) problem(format string, args ...any) *Error {
	e := &Error{Field: d.field, Err: fmt.Errorf(format, args...)}
	if d.field == fieldDriver {
		e.Field = ""
	}
	return e
}

// choice is the version that a demand is about.
type choice struct {
	where  string // what to call it
	text   string // "" where nothing says it
	advice string // what to do where the demand refuses it
}

// chosenVersion returns the version that a demand on the field is about, from
// entries that set values. Where the query leaves k8s open, the recipe's own
// proposal counts.
func chosenVersion(field string, q document.Query, entries []*entry) choice {
	path := component.ImagePath("driver")
	advice := "set a driver version that meets it"
	switch {
	case field != fieldDriver && *q.Field(field) != "":
		return choice{"the query's " + field, *q.Field(field), "ask for a version that meets it; a cluster that runs another must be changed first"}
	case field == "k8s":
		path, advice = serverVersion(), "set the k8s of the cluster"
	case field != fieldDriver:
		return choice{}
	}
	if e := find(entries, path); e != nil {
		return choice{"the recipe's " + e.name, e.value.String(), advice}
	}
	if e := find(entries, nodesDriver()); e != nil && field == fieldDriver {
		return choice{"the driver that the nodes have", e.value.String(), "update the driver of the nodes"}
	}
	return choice{}
}

// nodesDriver is the path of the driver that the nodes have.
func nodesDriver() measurement.Path { return measurement.ParsePath(component.NodesDriver) }

// uncovered returns an *Error for every enumerated value of the query that the
// data does not cover: the platform table lacks the pair with the service, or
// no applied overlay was made for the value.
func (b *build) uncovered() []*Error {
	var problems []*Error
	for _, field := range enumFields() {
		value := *b.subject.query.Field(field)
		if !b.known.has(field, value) {
			continue // not stated, or a gap already
		}
		err := b.catalog.pairProblem(b.subject, field, value, b.applied)
		if err == nil && !slices.ContainsFunc(b.applied, func(l *layer) bool { return l.states(field, value) }) {
			err = notCovered(field, value, slices.Concat(b.catalog.overlays, b.users))
		}
		if err != nil {
			problems = append(problems, &Error{Field: field, Err: err})
		}
	}
	return problems
}

// pairProblem applies the platform table to the query's service and an
// operating system or GPU. The table rules over the catalog's own values; a
// value that only a user's overlay brings, or a pair that one states, is the
// user's to vouch for.
func (c *Catalog) pairProblem(s *subject, field, value string, applied []*layer) error {
	service := s.query.Service
	if c.platforms == nil || service == "" || field != "os" && field != "gpu" {
		return nil
	}
	if !c.values.has("service", service) || !c.values.has(field, value) {
		return nil
	}
	vouched := func(l *layer) bool {
		return strings.HasPrefix(l.name, userPrefix) && l.states("service", service) && l.states(field, value)
	}
	if slices.ContainsFunc(applied, vouched) {
		return nil
	}
	return c.platforms.pairProblem(service, field, value)
}

// notCovered names the overlays that were made for the value, for other
// queries.
func notCovered(field, value string, layers []*layer) error {
	const most = 5
	var names []string
	for _, l := range layers {
		if l.states(field, value) {
			names = append(names, l.name)
		}
	}
	switch {
	case len(names) == 0:
		return fmt.Errorf("no overlay covers %s=%s; ask for another %s, or add an overlay of your own for it", field, value, field)
	case len(names) > most:
		names = append(names[:most], "others")
	}
	return fmt.Errorf("no overlay covers %s=%s for this query; the data has it for %s; ask for one of these, or add an overlay of your own", field, value, words.And(names))
}
