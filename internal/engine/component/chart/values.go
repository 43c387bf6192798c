// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// CheckValues checks a values tree, to be merged over the chart's defaults,
// against what the templates read that are active with these values. Helm itself
// drops an unknown key silently. A value that lands as it is in a custom
// resource, or in one of Kubernetes' own objects, is also checked against the
// schema there; list elements included. The problems come in the order of their
// paths; below an unknown key nothing further is reported. The first 20 unknown
// keys get a suggestion.
func (r *Release) CheckValues(values map[string]any) []Problem {
	check := &valuesCheck{release: r, effective: sync.OnceValue(func() *effective { return r.effective(values) })}
	check.hasPolicy = sync.OnceValue(func() bool { return r.policy != nil && r.policy.when.holds(check.effective()) })
	check.members(&key{typ: mapKey}, values, "", place{})
	check.emptied(values)
	check.refusals()
	slices.SortStableFunc(check.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return check.problems
}

type valuesCheck struct {
	release   *Release
	effective func() *effective // what the templates see
	hasPolicy func() bool       // whether they write a ClusterPolicy
	inactive  bool              // below a key that no active template reads: conditions do not count
	empties   bool              // there are nulls or empty texts
	problems  []Problem
	suggested int // unknown keys for which a suggestion was sought
}

func (c *valuesCheck) report(path string, kind Kind, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

func (c *valuesCheck) holds(when condition) bool {
	return when == "" || c.inactive || when.holds(c.effective())
}

// place is where what stands below a key lands.
type place struct {
	whole bool     // whatever it is
	in    []target // with the key
}

// members checks what values sets below a key.
func (c *valuesCheck) members(k *key, values map[string]any, path string, at place) {
	for _, name := range sortedNames(values) {
		full := memberPath(path, name)
		switch below := c.release.byPath()[full]; {
		case below != nil:
			c.value(below, values[name], full, at.member(name))
		case !at.whole:
			c.unknown(k, name, path, full)
		}
	}
}

func (p place) member(name string) place {
	below := place{whole: p.whole}
	for _, t := range p.in {
		if t.schema = t.schema.field(name); t.schema != nil {
			below.in = append(below.in, t)
		}
	}
	return below
}

// value checks the value of a key. Below a key that no active template reads,
// it is judged as if they all were.
func (c *valuesCheck) value(k *key, v any, path string, at place) {
	if when := k.when(); !k.dead && !c.holds(when) && !when.reads(k.path, v) {
		c.report(path, Dead, "has no effect: %s reads it only where %s", c.release.title(), c.release.words(when, ""))
		c.inactive = true
		defer func() { c.inactive = false }()
	}
	to, whole := c.targets(k)
	at = place{at.whole || whole, append(at.in, to...)}
	switch {
	case k.dead:
		c.report(path, Dead, "has no effect: no template of %s reads it", c.release.title())
	case v == nil && c.breaks(k):
		c.report(path, Null, "is null, with which %s cannot be rendered: Helm fails; set the keys below it instead", c.release.title())
	case v == nil || v == "":
		c.empty(k, v, path, to)
	case !k.accepts(v) && !slices.ContainsFunc(at.in, func(t target) bool { return t.accepts(v) }):
		c.report(path, Type, "is %s in %s, got %s%s", k.article(), c.release.title(), describe(v), k.advice(v))
	default:
		c.content(k, v, path, to, at)
	}
}

func (c *valuesCheck) content(k *key, v any, path string, to []target, at place) {
	before := len(c.problems)
	if values, ok := v.(map[string]any); ok {
		c.members(k, values, path, at)
	}
	if elements, ok := v.([]any); ok && k.typ == stringsKey {
		c.texts(elements, path)
	}
	c.landed(v, path, to, before)
}

// landed checks a value against the places where it lands. The problems from
// number before on are those of the value.
func (c *valuesCheck) landed(v any, path string, to []target, before int) {
	for _, t := range to {
		if t.strict || truthy(v) {
			c.copied(t, v, path, c.problems[before:])
		}
	}
}

func (c *valuesCheck) texts(elements []any, path string) {
	for i, element := range elements {
		if _, ok := element.(string); !ok {
			c.report(elementPath(path, i), Type, "is a string in %s, got %s", c.release.title(), describe(element))
		}
	}
}

// copied checks a value against the place where it lands; paths that have a
// problem already, other than having no effect, get no second one. A key of the chart's own below it is not
// for that place to know.
func (c *valuesCheck) copied(to target, v any, path string, found []Problem) {
	if to.schema == nil {
		c.report(path, Unknown, "is copied to %s, which is not a field of the %s; the API server refuses it", to.path, to.owner)
		return
	}
	if to.quoted {
		v = fmt.Sprint(v)
	}
	check := validation{partial: true, owner: to.owner}
	check.check(to.schema, v, path)
	if to.owner != podOwner {
		check.lasting(c.release, v, path)
	}
	for _, problem := range check.problems {
		isKey := problem.Kind == Unknown && c.release.byPath()[problem.Path] != nil
		if !isKey && !slices.ContainsFunc(found, func(p Problem) bool { return p.Path == problem.Path && p.Kind != Dead }) {
			c.problems = append(c.problems, problem)
		}
	}
}
