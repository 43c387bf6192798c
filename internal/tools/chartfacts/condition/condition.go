// SPDX-License-Identifier: Apache-2.0

// Package condition computes with conditions on a chart's values, and writes
// them in the data's notation.
package condition

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Condition holds when all tests of one of its clauses do. The zero value never
// holds.
type Condition []clause

type clause []test // sorted, without repetitions

// test is one word of the notation.
type test struct {
	path   string
	equals string // the constant in JSON; "" tests the truth of the value
	not    bool
}

// Always returns the condition that holds whatever the values are.
func Always() Condition { return Condition{{}} }

// Set returns the condition that a value is set, as Helm's "if" understands it.
func Set(path string) Condition { return Condition{{{path: path}}} }

// Equals returns the condition that a value is a constant, given in JSON.
func Equals(path, constant string) Condition { return Condition{{{path: path, equals: constant}}} }

// Never reports whether the condition cannot hold.
func (c Condition) Never() bool { return len(c) == 0 }

// IsAlways reports whether the condition holds whatever the values are.
func (c Condition) IsAlways() bool {
	return slices.ContainsFunc(c, func(all clause) bool { return len(all) == 0 })
}

// Or holds when one of two does.
func (c Condition) Or(other Condition) Condition {
	return slices.Concat(c, other).simple()
}

// And holds when both do.
func (c Condition) And(other Condition) Condition {
	var out Condition
	for _, a := range c {
		for _, b := range other {
			out = append(out, slices.Concat(a, b).sorted())
		}
	}
	return out.simple()
}

// Not holds when the condition does not.
func (c Condition) Not() Condition {
	out := Always()
	for _, all := range c {
		var none Condition
		for _, t := range all {
			none = append(none, clause{t.negated()})
		}
		out = out.And(none)
	}
	return out
}

// Without leaves out the tests that are sure to hold where a value is set at a
// path: those of its truth, and that of what stands above it.
func (c Condition) Without(path string) Condition {
	var out Condition
	for _, all := range c {
		out = append(out, slices.DeleteFunc(slices.Clone(all), func(t test) bool {
			return (t.equals == "" && !t.not || t.equals == "null" && t.not) && (t.path == path || strings.HasPrefix(path, t.path+"."))
		}))
	}
	return out.simple()
}

// Lets reports whether the condition may hold where nothing is set at a path.
func (c Condition) Lets(path string) bool { return !c.And(Set(path).Not()).Never() }

// WhereNull is what is left of the condition where the value at a path is null.
func (c Condition) WhereNull(path string) Condition {
	var out Condition
	for _, all := range c {
		known := func(t test) bool { return t.path == path || strings.HasPrefix(t.path, path+".") }
		fails := func(t test) bool { return known(t) && (t.equals == "null") == t.not && (t.equals != "" || !t.not) }
		if !slices.ContainsFunc(all, fails) {
			out = append(out, slices.DeleteFunc(slices.Clone(all), known))
		}
	}
	return out.simple()
}

// Given leaves out what is known to hold already.
func (c Condition) Given(known Condition) Condition {
	if len(known) != 1 {
		if !c.Never() && slices.EqualFunc(c, known, slices.Equal[clause]) {
			return Always()
		}
		return c
	}
	var out Condition
	for _, all := range c {
		out = append(out, all.without(known[0]))
	}
	return out.simple()
}

// Notation writes the condition in the data's notation, "" for one that always
// holds. Where it demands all that a term of several tests does, it names that.
func (c Condition) Notation(terms map[string]Condition) string {
	var clauses []string
	for _, all := range c {
		var words []string
		for _, name := range slices.Sorted(maps.Keys(terms)) {
			if term := terms[name]; len(term) == 1 && len(term[0]) > 1 && all.contains(term[0]) {
				words = append(words, "@"+name)
				all = all.without(term[0])
			}
		}
		for _, t := range all {
			words = append(words, t.word())
		}
		clauses = append(clauses, strings.Join(words, " "))
	}
	return strings.Join(clauses, " or ")
}

func (c Condition) String() string { return c.Notation(nil) }

func (t test) word() string {
	switch {
	case t.equals == "null" && t.not:
		return "?" + t.path
	case t.equals != "" && t.not:
		return t.path + "!=" + t.equals
	case t.equals != "":
		return t.path + "=" + t.equals
	case t.not:
		return "!" + t.path
	default:
		return t.path
	}
}

func (t test) negated() test {
	t.not = !t.not
	return t
}

func compareTests(a, b test) int {
	return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.equals, b.equals), strings.Compare(a.word(), b.word()))
}

func (all clause) sorted() clause {
	slices.SortFunc(all, compareTests)
	return slices.Compact(all)
}

// impossible reports whether two tests contradict each other.
func (all clause) impossible() bool {
	return slices.ContainsFunc(all, func(t test) bool {
		return slices.ContainsFunc(all, t.excludes)
	})
}

// excludes reports whether two tests cannot both hold.
func (t test) excludes(other test) bool {
	switch {
	case t.path != other.path:
		return false
	case t.isConstant() && other.isConstant():
		return t.equals != other.equals
	case t.isConstant() && other.equals == "":
		return other.not != slices.Contains([]string{`""`, "false", "null", "0"}, t.equals)
	default:
		return t.negated() == other
	}
}

func (t test) isConstant() bool { return t.equals != "" && !t.not }

func (all clause) contains(others clause) bool {
	return !slices.ContainsFunc(others, func(t test) bool { return !slices.Contains(all, t) })
}

func (all clause) without(others clause) clause {
	return slices.DeleteFunc(slices.Clone(all), func(t test) bool { return slices.Contains(others, t) })
}

// simple drops what says nothing more: clauses that cannot hold or that another
// contains, and tests whose opposite would do as well.
func (c Condition) simple() Condition {
	out := slices.DeleteFunc(slices.Clone(c), clause.impossible)
	for again := true; again; {
		again = false
		for i, all := range out {
			for k, t := range all {
				rest := slices.Delete(slices.Clone(all), k, k+1)
				opposite := append(slices.Clone(rest), t.negated())
				if slices.ContainsFunc(out, func(other clause) bool { return opposite.contains(other) }) {
					out[i], again = rest, true
					break
				}
			}
		}
	}
	var kept Condition
	slices.SortStableFunc(out, func(a, b clause) int { return cmp.Compare(len(a), len(b)) })
	for _, all := range out {
		if !slices.ContainsFunc(kept, all.contains) {
			kept = append(kept, all)
		}
	}
	slices.SortFunc(kept, func(a, b clause) int { return slices.CompareFunc(a, b, compareTests) })
	return kept
}
