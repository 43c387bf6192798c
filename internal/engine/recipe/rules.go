// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// judge holds the recipe against the rules of the catalog.
func (b *build) judge() error {
	set, err := b.catalog.releases()
	if err != nil {
		return &Error{Field: fieldCatalog, Err: err}
	}
	env := b.environment(set)
	var errs []error
	for _, r := range b.catalog.knowledge().Rules {
		for _, c := range r.Cases {
			held, holds := c.When.Held(env)
			if !holds {
				continue
			}
			f := Finding{Rule: r.Name, Path: b.place(c.At), Message: component.Fill(c.Message+"; "+c.Advice, written(env))}
			e := b.blame(held)
			f.Field, f.Index = e.Field, e.Index
			if r.Severity == severityError && !b.request.IgnoreFindings.Covers(f.Rule, f.Place()) {
				e.Err = fmt.Errorf("%s: %s", f.Rule, f.Message)
				errs = append(errs, e)
				continue
			}
			b.warn(f)
		}
	}
	return errors.Join(errs...)
}

// The severities of rules.
const (
	severityError   = "error"
	severityWarning = "warning"
)

// place is the first of several recipe keys that the recipe has, or else the last.
func (b *build) place(places component.Places) string {
	for _, at := range places {
		if find(b.entries, measurement.ParsePath(at)) != nil {
			return at
		}
	}
	return places[len(places)-1]
}

// blame is the input behind what holds: of the clauses the first that the request
// states, else the snapshot, else nobody's.
func (b *build) blame(held component.Alternative) *Error {
	for _, clause := range held {
		switch kind, _, name := clause.Operand.Parts(); kind {
		case component.RequestField:
			if *b.request.Query.Field(name) != "" {
				return &Error{Field: name}
			}
		case component.RecipeKey:
			e := find(b.entries, measurement.ParsePath(name))
			switch {
			case e == nil:
			case e.layer == b.stated:
				return b.stating(e.path)
			case strings.HasPrefix(e.layer.name, userPrefix):
				return &Error{Field: fieldOverlays, Index: b.element(e.layer)}
			}
		}
	}
	if b.request.Snapshot != nil {
		return &Error{Field: fieldSnapshot}
	}
	return &Error{}
}

// stating is the argument that sets a path.
func (b *build) stating(path measurement.Path) *Error {
	switch {
	case component.IsOption(path):
		return &Error{Field: fieldOptions, Key: path.Key}
	case path.Key == fieldDriver:
		return &Error{Field: fieldDriver}
	default:
		return &Error{Field: fieldReleases, Key: path.Key}
	}
}

// element is the place in the user's list of the overlay that a layer is.
func (b *build) element(l *layer) int {
	return slices.IndexFunc(b.elements, func(e userElement) bool { return slices.Contains(e, l) })
}
