// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// userPrefix marks the names of a user's overlays.
const userPrefix = "user:"

// userElement is one element of a user's list: a layer of overlays of its own,
// sorted by specificity.
type userElement []*layer

// Bounds of one element. Its overlays are compared each with each: of many, every
// key would clash with every other.
const (
	maxOverlays = 200
	maxClashes  = 100
)

// userElements reads a user's overlay documents. Every broken one is an *Error.
func (c *Catalog) userElements(ctx context.Context, texts []string) ([]userElement, error) {
	l := &loader{names: c.values.names}
	elements := make([]userElement, len(texts))
	var errs []error
	for i, text := range texts {
		element, err := l.userElement(ctx, []byte(text))
		if err == nil {
			err = c.readBools(element)
		}
		if err != nil {
			errs = append(errs, &Error{Field: fieldOverlays, Index: i, Err: err})
		}
		elements[i] = element
	}
	if ctx.Err() != nil { // which is not a mistake of an overlay
		return nil, context.Cause(ctx)
	}
	return elements, errors.Join(errs...)
}

// userElement reads one overlay, or {overlays: [...]}.
func (l *loader) userElement(ctx context.Context, data []byte) (userElement, error) {
	root, err := document.Parse(ctx, data)
	if err != nil {
		return nil, err
	}
	root = root.Sparse()
	fields, err := root.Fields()
	if err != nil {
		return nil, err
	}
	if len(fields) != 1 || fields[0].Key != "overlays" {
		overlay, err := l.overlay(root, userPrefix)
		if err != nil {
			return nil, err
		}
		return userElement{overlay}, nil
	}
	if fields[0].Value.IsNull() {
		return nil, nil
	}
	overlays, err := l.readOverlays(fields[0].Value, userPrefix)
	if err != nil {
		return nil, err
	}
	if len(overlays) > maxOverlays {
		return nil, fields[0].Value.Errorf("got %d overlays, the limit of one document is %d; split it, or make it a catalog", len(overlays), maxOverlays)
	}
	bySpecificity(overlays)
	return overlays, nil
}

// readBools makes bools of the texts true and false where an option takes a
// bool: HCL turns the values of a map into values of one type.
func (c *Catalog) readBools(e userElement) error {
	var options []component.Key
	for _, l := range e {
		for _, set := range l.entries() {
			if set.value == nil || !component.IsOption(set.path) || set.value != measurement.Str("true") && set.value != measurement.Str("false") {
				continue
			}
			if options == nil {
				var err error
				if options, err = c.Options(); err != nil {
					return err
				}
			}
			if slices.ContainsFunc(options, func(k component.Key) bool { return k.Path() == set.path && k.Type == component.Bool }) {
				set.value = measurement.Bool(set.value == measurement.Str("true"))
			}
		}
	}
	return nil
}

// split returns the layers that apply to a query, or a finding for each when
// none does: a list of alternatives is fine when one of them applies.
func (e userElement) split(i int, s *subject, when component.Env) (applied []*layer, findings []Finding) {
	for _, l := range e {
		c := l.mismatch(s)
		if c == nil && l.when.Holds(when) {
			applied = append(applied, l)
			continue
		}
		if c == nil {
			findings = append(findings, overlayFinding(ruleNotApplied, i, "%s does not apply: %s", l.name, unheld(l.when, when)))
			continue
		}
		asked := "leaves " + c.field + " open"
		if text := *s.query.Field(c.field); text != "" {
			asked = "has " + c.field + "=" + text
		}
		findings = append(findings, overlayFinding(ruleNotApplied, i, "%s does not apply: its key has %s, the query %s", l.name, c, asked))
	}
	if len(applied) > 0 {
		findings = nil
	}
	return applied, findings
}

// unheld says why a condition does not hold: the first clause of its first
// alternative that does not.
func unheld(c component.Condition, env component.Env) string {
	for _, clause := range c[0] {
		if (component.Condition{{clause}}).Holds(env) {
			continue
		}
		value, has := env(clause.Operand)
		said := "nothing says what " + string(clause.Operand) + " is"
		if has {
			said = fmt.Sprintf("%s is %v", clause.Operand, value)
		}
		return "its when asks for " + keyName(nil, component.Condition{{clause}}) + ", and " + said
	}
	return "its when does not hold"
}

// doubts returns findings for what the applied overlays of one element do in
// vain or undecided: removing what is not there, and setting one key
// differently with equal specificity.
func (e userElement) doubts(i int, below []*entry) []Finding {
	var findings []Finding
	for _, l := range e {
		for _, change := range l.entries() {
			if change.value != nil {
				continue
			}
			if there := find(below, change.path); there == nil || there.value == nil {
				findings = append(findings, overlayFinding(ruleRemovesNothing, i, "%s removes %s, which no layer sets", l.name, change.name))
			}
		}
		below = mergeEntries(below, l.entries())
	}
	clash := 0
	for c := range clashes(e) {
		if clash++; clash > maxClashes {
			break
		}
		findings = append(findings, overlayFinding(ruleOverlaysClash, i, "%s; the later one wins", c))
	}
	return findings
}

func overlayFinding(rule string, i int, format string, args ...any) Finding {
	return Finding{Rule: rule, Field: fieldOverlays, Index: i, Message: fmt.Sprintf(format, args...)}
}

// strangers returns a warning for each subtype of K8s that an overlay sets and
// nobody knows. Bundles read K8s alone: a key elsewhere is information.
func (e userElement) strangers(i int, known []string) []Finding {
	var findings []Finding
	for _, l := range e {
		for _, subtype := range subtypesSet(l) {
			if slices.Contains(known, subtype) {
				continue
			}
			findings = append(findings, overlayFinding(ruleUnknownSubtype, i, "%s sets the subtype K8s/%s, which nothing reads; known are %s%s", l.name, subtype, words.And(known), suggest.Question(subtype, known)))
		}
	}
	return findings
}
