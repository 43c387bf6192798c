// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
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
		for f, held := range b.broken(r, env) {
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

// broken yields what breaks a rule, and the condition that holds.
func (b *build) broken(r component.Rule, env component.Env) iter.Seq2[Finding, component.Alternative] {
	return func(yield func(Finding, component.Alternative) bool) {
		for _, c := range r.Cases {
			held, holds := c.When.Held(env)
			if !holds {
				continue
			}
			f := Finding{Rule: r.Name, Path: b.place(c.At), Message: component.Fill(c.Message+"; "+c.Advice, written(env))}
			if !yield(f, held) {
				return
			}
		}
	}
}

// Twice holds a recipe and a snapshot against the rules about what the cluster has
// already of what the recipe would bring. It returns what breaks each of them.
func (c *Catalog) Twice(r document.Recipe, s document.Snapshot) (map[string][]Finding, error) {
	set, err := c.releases()
	if err != nil {
		return nil, err
	}
	b := &build{catalog: c, request: Request{Snapshot: &s}, subject: &subject{query: r.Request}}
	for path, reading := range r.Measurements.All() {
		b.entries = append(b.entries, &entry{path: path, value: reading})
	}
	slices.SortFunc(b.entries, func(x, y *entry) int { return comparePaths(x.path, y.path) })
	env := b.environment(set)
	found := map[string][]Finding{}
	for _, rule := range c.knowledge().Rules {
		if !rule.Twice {
			continue
		}
		found[rule.Name] = nil
		for f := range b.broken(rule, env) {
			found[rule.Name] = append(found[rule.Name], f)
		}
	}
	return found, nil
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
