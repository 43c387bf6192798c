// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"strings"
	"testing"
)

func TestConstraintMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		constraint, version string
		want                bool
	}{
		{">= 1.30, < 1.33", "1.30", true},
		{">= 1.30, < 1.33", "v1.32.9-eks-1", true},
		{">= 1.30, < 1.33", "1.33.0-rc.1", false},
		{">= 1.30, < 1.33", "1.29.15", false},
		{">=1.33", "v1.33-eks-abc", true},
		{"> 1.33", "1.33.0", false},
		{"> 1.33", "1.33.1", true},
		{"<= 1.33", "1.33.0.0", true},
		{"<= 1.33", "1.33.1", false},
		{">= 1.30, > 1.30", "1.30", false},
		{"> 1.30, >= 1.30", "1.30", false},
		{"<= 1.33, < 1.33", "1.33", false},
		{"< 1.33, <= 1.33", "1.33", false},
		{"< 1.33, <= 1.34", "1.33.5", false},
		{"= 1.33", "v1.33.0-gke.5", true},
		{"= 1.33", "1.33.1", false},
		{">= 580.65.06", "595.91.07", true},
		{">= 580.65.06", "570.133.20", false},
		{">= 6.8.0-1028", "6.8.0", true},
	}
	for _, tt := range tests {
		c, err := parseConstraint(tt.constraint)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.matches(mustVersion(t, tt.version)); got != tt.want {
			t.Errorf("%s allows %s: got %v, want %v", tt.constraint, tt.version, got, tt.want)
		}
	}
}

func TestParseConstraintRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":               "is not a version",
		"abc":            "or a range such as",
		">=":             "is not a version",
		">= 1.30,":       "is not a version",
		">= 1.30, 1.33":  "begins with an operator",
		"~> 1.30":        `unknown operator "~>"`,
		"!= 1.30":        `unknown operator "!="`,
		"=> 1.30":        `unknown operator "=>"`,
		"> 2, < 1":       "no version satisfies",
		"> 1.30, <=1.30": "no version satisfies",
	} {
		_, err := parseConstraint(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
}

func TestConstraintsOverlap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"1.33", "1.33.5", true},
		{"1.33", "1.34", false},
		{"1.33", ">= 1.33, < 1.34", true},
		{"1.33", ">= 1.34", false},
		{"< 1.34", "1.33", true},
		{"> 1.33.9", "1.33", true},
		{">= 1.32", "<= 1.32", true},
		{"> 1.32", "<= 1.32", false},
		{">= 1.32", "< 1.32", false},
		{"> 1.32", ">= 1.32", true},
		{"6.8.0-1028-aws", "6.8.0-1029-aws", false},
		{"6.8.0-1028-aws", "6.8", true},
	}
	for _, tt := range tests {
		a, errA := parseConstraint(tt.a)
		b, errB := parseConstraint(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.overlaps(b) != tt.want || b.overlaps(a) != tt.want {
			t.Errorf("%q and %q overlap: got %v and %v, want %v", tt.a, tt.b, a.overlaps(b), b.overlaps(a), tt.want)
		}
	}
}

// FuzzParseConstraint proves that what parses allows some version, and that
// its name has no comma, which separates fields there.
func FuzzParseConstraint(f *testing.F) {
	for _, text := range []string{">= 1.30, < 1.33", "1.33", "> 1", "<0", "= 1.2.3", ">=1,>=2", "~> 1", ">", "6.8.0-1028-aws", ">= 1.33-0", ",", "1-a,b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConstraint(text)
		if err != nil {
			return
		}
		if c.span.empty() {
			t.Errorf("%q parses but allows nothing", text)
		}
		if c.prefix == nil && strings.Contains(c.name(), ",") {
			t.Errorf("%q: the name %q has a comma", text, c.name())
		}
		if !c.overlaps(c) {
			t.Errorf("%q does not overlap itself", text)
		}
	})
}
