// SPDX-License-Identifier: Apache-2.0

package version

import (
	"strings"
	"testing"
)

func TestRangeContains(t *testing.T) {
	t.Parallel()
	tests := []struct {
		Range, version string
		want           bool
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
		{"1.30 - 1.34", "v1.30.0", true},
		{"1.30 - 1.34", "v1.34.99-eks-1", true},
		{"1.30 - 1.34", "1.29.15", false},
		{"1.30 - 1.34", "1.35", false},
	}
	for _, tt := range tests {
		c, err := ParseRange(tt.Range)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Contains(mustVersion(t, tt.version)); got != tt.want {
			t.Errorf("%s allows %s: got %v, want %v", tt.Range, tt.version, got, tt.want)
		}
	}
}

func TestParseRangeRefuses(t *testing.T) {
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
		"1.34 - 1.30":    "its end is before its beginning",
		"1.34 - x":       "is not a version",
		"x - 1.34":       "is not a version",
		"> 1.30, <=1.30": "no version satisfies",
	} {
		_, err := ParseRange(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
}

func TestRangesOverlap(t *testing.T) {
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
		a, errA := ParseRange(tt.a)
		b, errB := ParseRange(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Overlaps(b) != tt.want || b.Overlaps(a) != tt.want {
			t.Errorf("%q and %q overlap: got %v and %v, want %v", tt.a, tt.b, a.Overlaps(b), b.Overlaps(a), tt.want)
		}
	}
}

// FuzzParseRange proves that what parses allows some version, and that
// its name has no comma, which separates fields there.
func FuzzParseRange(f *testing.F) {
	for _, text := range []string{">= 1.30, < 1.33", "1.33", "> 1", "<0", "= 1.2.3", ">=1,>=2", "~> 1", ">", "6.8.0-1028-aws", "1.30 - 1.34", ">= 1.33-0", ",", "1-a,b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseRange(text)
		if err != nil {
			return
		}
		if c.span.empty() {
			t.Errorf("%q parses but allows nothing", text)
		}
		if c.prefix == nil && strings.Contains(c.Name(), ",") {
			t.Errorf("%q: the name %q has a comma", text, c.Name())
		}
		if !c.Overlaps(c) {
			t.Errorf("%q does not overlap itself", text)
		}
	})
}

func TestSatisfies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version, constraint string
		want                bool
		err                 string
	}{
		{version: "v1.33.5-eks-3025e55", constraint: ">= 1.32", want: true},
		{version: "1.31", constraint: ">= 1.32"},
		{version: "1.33.5", constraint: "1.33", want: true},
		{version: "abc", constraint: "1.33", err: "is not a version"},
		{version: "1.33", constraint: "~> 1", err: "unknown operator"},
	} {
		got, err := Satisfies(tt.version, tt.constraint)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s in %s: got %v, %v; want %v, %q", tt.version, tt.constraint, got, err, tt.want, tt.err)
		}
	}
}

func TestRangeSteps(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.29 - 1.31":        "1.29 1.30 1.31",
		"1.29":               "1.29",
		">= 1.30, < 1.32":    "1.30 1.31",
		"> 1.30, <= 1.32":    "1.31 1.32",
		">= 1.30":            "", // no end
		"< 1.30":             "", // no beginning
		">= 1.30, < 2":       "", // an end that counting never reaches
		"1.29 - 2.1":         "",
		"1 - 9999999999":     "",
		">= 1.2.3, <= 1.2.4": "1.2.3 1.2.4",
	} {
		r, err := ParseRange(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.Steps(), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
