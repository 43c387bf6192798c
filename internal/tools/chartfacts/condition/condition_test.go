// SPDX-License-Identifier: Apache-2.0

package condition_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	a, b, c := condition.Set("a"), condition.Set("b"), condition.Set("c")
	one, two := condition.Equals("a", `"1"`), condition.Equals("a", `"2"`)
	null := condition.Equals("a", "null")
	tests := map[string]struct {
		got  condition.Condition
		want string
	}{
		"set":                       {a, "a"},
		"not set":                   {a.Not(), "!a"},
		"equal":                     {one, `a="1"`},
		"not equal":                 {one.Not(), `a!="1"`},
		"null":                      {null, "a=null"},
		"not null":                  {null.Not(), "?a"},
		"and":                       {b.And(a).And(b), "a b"},
		"or":                        {b.Or(a).Or(b), "a or b"},
		"not of and":                {a.And(b).Not(), "!a or !b"},
		"not of or":                 {a.Or(b).Not(), "!a !b"},
		"and of or":                 {a.Or(b).And(c), "a c or b c"},
		"both branches":             {a.And(b).Or(a.And(b.Not())), "a"},
		"else that says no more":    {a.Or(a.Not().And(b)), "a or b"},
		"a clause within another":   {a.Or(a.And(b)), "a"},
		"always":                    {a.Or(a.Not()), ""},
		"always and":                {condition.Always().And(a), "a"},
		"given":                     {a.And(b).Or(a.And(c)).Given(a), "b or c"},
		"given what is the same":    {a.Or(b).Given(a.Or(b)), ""},
		"given one of two":          {a.Given(a.Or(b)), "a"},
		"without itself":            {a.And(b).Without("a"), "b"},
		"without what is above":     {condition.Set("a.b").And(a).And(b).Without("a.b.c"), "b"},
		"where null":                {a.Not().And(b).WhereNull("a"), "b"},
		"where null is above":       {condition.Equals("a.b", `"1"`).Not().And(b).WhereNull("a"), "b"},
		"not without its opposite":  {a.Not().Without("a"), "!a"},
		"not without a constant":    {one.Without("a"), `a="1"`},
		"without its being no null": {null.Not().And(b).Without("a"), "b"},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for name, never := range map[string]condition.Condition{
		"contradiction":        a.And(a.Not()),
		"two constants":        one.And(two),
		"a constant and unset": one.And(a.Not()),
		"null and set":         null.And(a),
		"not of always":        condition.Always().Not(),
		"nothing":              nil,
		"never and":            condition.Condition(nil).And(a),
		"never given never":    condition.Condition(nil).Given(nil),
		"set where null":       a.And(b).WhereNull("a"),
	} {
		if !never.Never() {
			t.Errorf("%s: got %q, want a condition that never holds", name, never)
		}
	}
}

func TestNotationNamesTerms(t *testing.T) {
	t.Parallel()
	a, b, c := condition.Set("a"), condition.Set("b"), condition.Set("c")
	terms := map[string]condition.Condition{"Both": a.And(b), "One": c, "Either": a.Or(b)}
	if diff := cmp.Diff("@Both !c", a.And(b).And(c.Not()).Notation(terms)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
