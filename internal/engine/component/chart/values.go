// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// CheckValues checks a values tree, to be merged over the chart's defaults,
// against what the chart's templates read. Helm itself drops an unknown key
// without a word. A value that the chart copies into the ClusterPolicy is also
// checked against the schema of its field, and one that it copies into a pod, such
// as tolerations, against Kubernetes' own; list elements included. The
// problems come in the order of their paths; below an unknown or dead key
// nothing further is reported. The first 20 unknown keys get a suggestion.
func (r *Release) CheckValues(values map[string]any) []Problem {
	check := &valuesCheck{release: r}
	check.members(r.values, values, "")
	slices.SortStableFunc(check.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return check.problems
}

// mostSuggestions bounds the cost of a tree full of unknown keys: each is
// compared with every key of the chart.
const mostSuggestions = 20

type valuesCheck struct {
	release   *Release
	problems  []Problem
	suggested int // unknown keys for which a suggestion was sought
}

func (c *valuesCheck) report(path string, kind Kind, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

func (c *valuesCheck) members(k *key, values map[string]any, path string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := memberPath(path, name)
		switch below := k.children[name]; {
		case below != nil:
			c.value(below, values[name], at)
		case !k.free:
			c.unknown(k, name, at)
		}
	}
}

func (c *valuesCheck) unknown(parent *key, name, at string) {
	c.report(at, Unknown, "is no value of %s; Helm would drop it without a word", c.release.title())
	if c.suggested++; c.suggested <= mostSuggestions {
		c.problems[len(c.problems)-1].Suggestion = c.release.suggest(parent, name)
	}
}

func (c *valuesCheck) value(k *key, v any, path string) {
	switch {
	case k.dead:
		c.report(path, Dead, "has no effect: no template of %s reads it", c.release.title())
	case v == nil && k.notNull:
		c.report(path, Null, "is null, with which %s cannot be rendered: Helm fails; set the keys below it instead", c.release.title())
	case v == nil:
		// Deletes the default.
	case !k.accepts(v) && !k.fieldAccepts(v):
		c.report(path, Type, "is %s in %s, got %s%s", k.article(), c.release.title(), describe(v), k.advice(v))
	default:
		c.content(k, v, path)
	}
}

// fieldAccepts lets an integer stand where values.yaml shows a string and the
// field that it is copied to takes both, e.g. driver.upgradePolicy.maxUnavailable.
func (k *key) fieldAccepts(v any) bool {
	return k.field != nil && k.field.schema != nil && k.field.schema.typ == eitherType && k.field.schema.admits(v)
}

func (c *valuesCheck) content(k *key, v any, path string) {
	before := len(c.problems)
	if values, ok := v.(map[string]any); ok && k.typ == mapKey {
		c.members(k, values, path)
	}
	if elements, ok := v.([]any); ok && k.typ == stringsKey {
		c.texts(elements, path)
	}
	if k.field != nil && truthy(v) {
		c.copied(k.field, v, path, c.problems[before:])
	}
}

func (c *valuesCheck) texts(elements []any, path string) {
	for i, element := range elements {
		if _, ok := element.(string); !ok {
			c.report(elementPath(path, i), Type, "is a string in %s, got %s", c.release.title(), describe(element))
		}
	}
}

// copied checks a value against the field that it is copied to; paths that
// have a problem already get no second one.
func (c *valuesCheck) copied(field *target, v any, path string, found []Problem) {
	if field.schema == nil {
		c.report(path, Unknown, "is copied to %s, which is no field of the %s; the API server refuses it", field.path, field.owner)
		return
	}
	if field.quoted {
		v = fmt.Sprint(v)
	}
	check := validation{partial: true, owner: field.owner}
	check.check(field.schema, v, path)
	for _, problem := range check.problems {
		if !slices.ContainsFunc(found, func(p Problem) bool { return p.Path == problem.Path }) {
			c.problems = append(c.problems, problem)
		}
	}
}

// advice for what YAML reads as another scalar: 580, 1.10 or on.
func (k *key) advice(v any) string {
	if name := typeName(v); k.typ == stringKey && (name == "integer" || name == "number" || name == "bool") {
		return "; quote it"
	}
	return ""
}

// article names the type with its article.
func (k *key) article() string {
	switch k.typ {
	case stringsKey:
		return "a list of strings"
	case scalarKey:
		return "a single value"
	default:
		return "a " + string(k.typ)
	}
}

// suggest finds the valid key nearest to an unknown one: a sibling of a
// similar name, or else a key of that name, or a similar path, elsewhere.
func (r *Release) suggest(parent *key, name string) string {
	if near := suggest.Nearest(name, slices.Collect(maps.Keys(parent.children)), suggest.Name); near != "" {
		return memberPath(parent.path, near)
	}
	wanted := strings.TrimPrefix(parent.path+"."+name, ".")
	var paths, below []string
	for path := range r.values.all() {
		paths = append(paths, path)
		if parent.path != "" && strings.HasPrefix(path, parent.path+".") && strings.HasSuffix(path, "."+name) {
			below = append(below, path)
		}
	}
	if len(below) > 0 {
		return slices.MinFunc(below, func(a, b string) int { return strings.Compare(a, b) })
	}
	return suggest.Nearest(wanted, paths, suggest.Path)
}
