// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// condition is what something in a chart's templates depends on, in the data's
// notation: tests that must all hold, or several such groups with "or" between
// them. The empty condition always holds.
type condition string

// holds reports whether all tests of one of the groups hold.
func (c condition) holds(values *effective) bool {
	held := true
	for word := range strings.FieldsSeq(string(c)) {
		switch {
		case word != "or":
			held = held && values.passes(word)
		case held:
			return true
		default:
			held = true
		}
	}
	return held
}

// alternatives yields the groups.
func (c condition) alternatives() []condition {
	var out []condition
	for group := range strings.SplitSeq(string(c), " or ") {
		out = append(out, condition(group))
	}
	return out
}

// tests lists the tests of a group.
func (c condition) tests() []test {
	var out []test
	for word := range strings.FieldsSeq(string(c)) {
		out = append(out, parseTest(word))
	}
	return out
}

// reads reports whether the condition tests all that is below a key: a sub-chart's own
// switch has an effect, though it turns off all else.
func (c condition) reads(path string, below any) bool {
	values, isMap := below.(map[string]any)
	if !isMap || len(values) == 0 {
		return false
	}
	var tested []string
	for _, group := range c.alternatives() {
		for _, t := range group.tests() {
			tested = append(tested, t.path)
		}
	}
	return !slices.ContainsFunc(tree.Leaves(values), func(leaf string) bool { return !slices.Contains(tested, path+"."+leaf) })
}

// words says a condition, and that of the object in which something lands.
func (r *Release) words(when condition, into string) string {
	if kind, _, isField := strings.Cut(into, "."); isField {
		when = condition(strings.TrimSpace("@" + kind + " " + string(when)))
	}
	var groups []string
	for _, group := range when.alternatives() {
		var all []string
		for _, t := range group.tests() {
			if kind, ok := strings.CutPrefix(t.path, "@"); ok {
				all = append(all, r.words(r.renders[kind], ""))
			} else {
				all = append(all, t.String())
			}
		}
		groups = append(groups, strings.Join(all, " and "))
	}
	return strings.Join(groups, ", or ")
}

// test is one word of a condition: a key that is set, !key one that is not,
// ?key one that is not null, key=json and key!=json.
type test struct {
	path     string
	constant raw // "" for none
	not      bool
}

func parseTest(word string) test {
	switch word[0] {
	case '!':
		return test{path: word[1:], not: true}
	case '?':
		return test{path: word[1:], constant: "null", not: true}
	}
	path, constant, _ := strings.Cut(word, "=")
	path, not := strings.CutSuffix(path, "!")
	return test{path, raw(constant), not}
}

// passes reports whether a test holds; @kind is what the templates write an
// object of that kind on.
func (e *effective) passes(word string) bool {
	if kind, ok := strings.CutPrefix(word, "@"); ok {
		return e.renders[kind].holds(e)
	}
	t := parseTest(word)
	return t.holds(e.at(t.path))
}

func (t test) holds(v any) bool {
	if t.constant == "" {
		return truthy(v) != t.not
	}
	switch v.(type) {
	case []any, map[string]any:
		return t.not
	}
	return (v == t.constant.reader().value()) != t.not
}

func (t test) String() string {
	switch {
	case t.constant == "null" && t.not, t.constant == "" && !t.not:
		return t.path + " is set"
	case t.constant == "null", t.constant == "":
		return t.path + " is not set"
	case t.not:
		return t.path + " is not " + string(t.constant)
	default:
		return t.path + " is " + string(t.constant)
	}
}
