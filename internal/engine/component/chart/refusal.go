// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
)

// refusal is a condition under which the chart's templates fail on purpose.
type refusal struct {
	when    condition
	message string // the chart's own
}

// refusals finds the conditions under which the chart's templates fail. The
// first of a place says enough: the templates end with it.
func (c *valuesCheck) refusals() {
	for _, refusal := range c.release.refusals {
		groups := refusal.when.alternatives()
		held := slices.IndexFunc(groups, func(group condition) bool { return group.holds(c.effective()) })
		if held < 0 {
			continue
		}
		var places []string
		for _, t := range groups[held].tests() {
			places = append(places, t.path)
		}
		path := places[len(places)-1]
		if !slices.ContainsFunc(c.problems, func(p Problem) bool { return p.Kind == Refused && p.Path == path }) {
			c.report(path, Refused, "makes %s fail, which says: %s", c.release.title(), refusal.message)
			c.problems[len(c.problems)-1].Places = places
		}
	}
}
