// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
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
	if r.policy != nil {
		s, err := r.objects["ClusterPolicy"].schema()
		if err != nil {
			return []Problem{{Kind: Unknown, Message: "cannot be checked: " + err.Error()}}
		}
		check.spec = s.member("spec")
	}
	check.members(&key{typ: mapKey}, values, "", nil)
	slices.SortStableFunc(check.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return check.problems
}

// mostSuggestions bounds the cost of a tree full of unknown keys: each is
// compared with every key of the chart.
const mostSuggestions = 20

type valuesCheck struct {
	release   *Release
	spec      *schema // of the ClusterPolicy that the chart renders, nil for none
	problems  []Problem
	suggested int // unknown keys for which a suggestion was sought
}

func (c *valuesCheck) report(path string, kind Kind, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

// members checks what values sets below a key. Where the key is a part of a
// pod, pod is its schema.
func (c *valuesCheck) members(k *key, values map[string]any, path string, pod *schema) {
	for _, name := range sortedNames(values) {
		at := memberPath(path, name)
		switch below := c.release.byPath()[at]; {
		case below != nil:
			c.value(below, values[name], at, c.target(below, name, at, pod))
		case !k.free:
			c.unknown(name, path, at)
		}
	}
}

func (c *valuesCheck) unknown(name, path, at string) {
	c.report(at, Unknown, "is no value of %s; Helm would drop it without a word", c.release.title())
	if c.suggested++; c.suggested <= mostSuggestions {
		c.problems[len(c.problems)-1].Suggestion = c.release.suggest(name, path)
	}
}

func (c *valuesCheck) value(k *key, v any, path string, to target) {
	switch {
	case k.dead:
		c.report(path, Dead, "has no effect: no template of %s reads it", c.release.title())
	case v == nil && k.notNull:
		c.report(path, Null, "is null, with which %s cannot be rendered: Helm fails; set the keys below it instead", c.release.title())
	case v == nil:
		// Deletes the default.
	case !k.accepts(v) && !to.accepts(v):
		c.report(path, Type, "is %s in %s, got %s%s", k.article(), c.release.title(), describe(v), k.advice(v))
	default:
		c.content(k, v, path, to)
	}
}

func (c *valuesCheck) content(k *key, v any, path string, to target) {
	before := len(c.problems)
	if values, ok := v.(map[string]any); ok && k.typ == mapKey {
		c.members(k, values, path, to.pod())
	}
	if elements, ok := v.([]any); ok && k.typ == stringsKey {
		c.texts(elements, path)
	}
	if to.owner != "" && truthy(v) {
		c.copied(to, v, path, c.problems[before:])
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
func (c *valuesCheck) copied(field target, v any, path string, found []Problem) {
	if field.schema == nil {
		c.report(path, Unknown, "is copied to spec.%s, which is no field of the %s; the API server refuses it", field.path, field.owner)
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

// suggest finds the valid key nearest to an unknown one below a path: a sibling
// of a similar name, or else a key of that name, or a similar path, elsewhere.
func (r *Release) suggest(name, path string) string {
	var paths []string
	for _, k := range r.keys {
		if !k.dead {
			paths = append(paths, k.path)
		}
	}
	prefix := strings.TrimPrefix(path+".", ".")
	var siblings, below []string
	for _, p := range paths {
		rest, ok := strings.CutPrefix(p, prefix)
		if ok && !strings.Contains(rest, ".") {
			siblings = append(siblings, rest)
		}
		if ok && path != "" && strings.HasSuffix(rest, "."+name) {
			below = append(below, p)
		}
	}
	if near := suggest.Nearest(name, siblings, suggest.Name); near != "" {
		return prefix + near
	}
	if len(below) > 0 {
		return slices.Min(below)
	}
	return suggest.Nearest(prefix+name, paths, suggest.Path)
}
