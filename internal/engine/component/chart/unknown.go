// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// mostSuggestions bounds the cost of a tree full of unknown keys: each is
// compared with every key of the chart.
const mostSuggestions = 20

func (c *valuesCheck) unknown(k *key, name, path, at string) {
	if when := c.rendered(k, name); when != "" {
		c.report(at, Unknown, "is not a value that %s reads: keys of your own below %s are rendered only where %s", c.release.title(), path, when)
	} else {
		c.report(at, Unknown, "is not a value of %s; Helm would drop it silently", c.release.title())
	}
	if c.suggested++; c.suggested <= mostSuggestions {
		c.problems[len(c.problems)-1].Suggestion = c.release.suggest(name, path)
	}
}

// rendered says on which condition an inactive template would render a key of
// the user's own below a key, "" where none would.
func (c *valuesCheck) rendered(k *key, name string) string {
	for _, use := range k.renderings() {
		to, err := c.release.landing(use)
		if use.what == "free" || err == nil && to.schema.field(name) != nil {
			return c.release.words(use.when, use.place)
		}
	}
	return ""
}

// suggest finds the valid key nearest to an unknown one below a path: a sibling
// of a similar name, or else a key of that name below, or above or in another
// part of the chart if there is just one, or a similar path.
func (r *Release) suggest(name, path string) string {
	var paths []string
	for _, k := range r.keys {
		if !k.dead {
			paths = append(paths, k.path)
		}
	}
	prefix := strings.TrimPrefix(path+".", ".")
	var siblings, below, namesakes []string
	for _, p := range paths {
		rest, ok := strings.CutPrefix(p, prefix)
		if ok && !strings.Contains(rest, ".") {
			siblings = append(siblings, rest)
		}
		if ok && path != "" && strings.HasSuffix(rest, "."+name) {
			below = append(below, p)
		}
		above, isNamesake := strings.CutSuffix(p, "."+name)
		if path != "" && isNamesake && (!strings.Contains(path+above, ".") || strings.HasPrefix(prefix, above+".")) {
			namesakes = append(namesakes, p)
		}
	}
	if near := suggest.Nearest(name, siblings, suggest.Name); near != "" {
		return prefix + near
	}
	switch {
	case len(below) > 0:
		return slices.Min(below)
	case len(namesakes) == 1:
		return namesakes[0]
	default:
		return shown(suggest.Nearest(prefix+name, paths, suggest.Path))
	}
}
