// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	tests := map[string]version{
		"9":                                {numbers: []uint64{9}},
		"24.04":                            {numbers: []uint64{24, 4}},
		"v1.33":                            {numbers: []uint64{1, 33}},
		"V1.33":                            {numbers: []uint64{1, 33}},
		" 1.33.5 ":                         {numbers: []uint64{1, 33, 5}},
		"v1.33.5-eks-3025e55":              {numbers: []uint64{1, 33, 5}, suffix: "-eks-3025e55"},
		"6.8.0-1028-aws":                   {numbers: []uint64{6, 8, 0}, suffix: "-1028-aws"},
		"6.6.87.2-microsoft-standard-WSL2": {numbers: []uint64{6, 6, 87, 2}, suffix: "-microsoft-standard-WSL2"},
		"5.14.0-427.13.1.el9_4.x86_64":     {numbers: []uint64{5, 14, 0}, suffix: "-427.13.1.el9_4.x86_64"},
		"6.6.72+":                          {numbers: []uint64{6, 6, 72}, suffix: "+"},
		"v1.30.4+k3s1":                     {numbers: []uint64{1, 30, 4}, suffix: "+k3s1"},
		"9223372036854775807":              {numbers: []uint64{1<<63 - 1}},
	}
	for text, want := range tests {
		got, err := parseVersion(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(version{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseVersionRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "v", "vv1", "abc", "1..2", "1.", ".1", "-1", "+1", "1.x", "24.04 LTS", "1.33-a b", "1.33-\x01", "9223372036854775808", "1,33", "１.2", "1_000\n",
	} {
		_, err := parseVersion(text)
		if err == nil || !strings.Contains(err.Error(), "expected numbers separated by dots") {
			t.Errorf("%q: got error %v, want one that says what is expected", text, err)
		}
	}
}

func TestVersionPrefix(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key, version string
		want         bool
	}{
		{"1.33", "v1.33.5-eks-3025e55", true},
		{"1.33", "1.33", true},
		{"1.3", "1.33.5", false},
		{"1.33.0", "1.33", false},
		{"24.04", "24.4", true},
		{"6.8.0-1028-aws", "6.8.0-1028-aws", true},
		{"6.8.0-1028-aws", "6.8.0-1029-aws", false},
		{"6.8.0-1028-aws", "6.8.0", false},
		{"6.8", "6.8.0-1028-aws", true},
		{"9", "9.4", true},
		{"9", "90", false},
	}
	for _, tt := range tests {
		c, err := parseConstraint(tt.key)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.matches(mustVersion(t, tt.version)); got != tt.want {
			t.Errorf("prefix %s matches %s: got %v, want %v", tt.key, tt.version, got, tt.want)
		}
	}
}

func mustVersion(tb testing.TB, text string) version {
	tb.Helper()
	v, err := parseVersion(text)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// FuzzParseVersion proves that a version is a prefix of itself, lies between
// itself and the next one, and keeps its suffix as written.
func FuzzParseVersion(f *testing.F) {
	for _, text := range []string{"v1.33", "1.33.5-eks-3025e55", "6.8.0-1028-aws", "6.6.87.2-microsoft-standard-WSL2", "24.04", "", "abc", "1..2", "v", "0", "1-", "1+é"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parseVersion(text)
		if err != nil {
			return
		}
		if !strings.HasSuffix(strings.TrimSpace(text), v.suffix) {
			t.Errorf("%q: suffix %q is not as written", text, v.suffix)
		}
		if !v.hasPrefix(v) || compareNumbers(v.numbers, next(v.numbers)) >= 0 {
			t.Errorf("%q: not ordered within itself", text)
		}
		c, err := parseConstraint(strings.TrimSpace(text))
		if err != nil || !c.matches(v) || !c.span.contains(v.numbers) {
			t.Errorf("%q: as a key it does not match itself (%v)", text, err)
		}
	})
}
