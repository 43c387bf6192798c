// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// uncovered returns an *Error for every enumerated value of the query that the
// data does not cover: the platform table lacks the pair with the service, or
// no applied overlay was made for the value.
func (c *Catalog) uncovered(s *subject, applied, users []*layer) []*Error {
	var problems []*Error
	for _, field := range enumFields() {
		value := *s.query.Field(field)
		if value == "" {
			continue
		}
		err := c.pairProblem(s, field, value, applied)
		if err == nil && !slices.ContainsFunc(applied, func(l *layer) bool { return l.states(field, value) }) {
			err = notCovered(field, value, slices.Concat(c.overlays, users))
		}
		if err != nil {
			problems = append(problems, &Error{Field: field, Err: err})
		}
	}
	return problems
}

// pairProblem applies the platform table to the query's service and an
// operating system or GPU. The table rules over the catalogue's own values; a
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
