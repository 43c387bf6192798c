// SPDX-License-Identifier: Apache-2.0

package version

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]Version{
		"9":                                {numbers: []uint64{9}},
		"24.04":                            {numbers: []uint64{24, 4}},
		"v1.33":                            {numbers: []uint64{1, 33}},
		"V1.33":                            {numbers: []uint64{1, 33}},
		" 1.33.5 ":                         {numbers: []uint64{1, 33, 5}},
		"v1.33.5-eks-3025e55":              {numbers: []uint64{1, 33, 5}, Suffix: "-eks-3025e55"},
		"6.8.0-1028-aws":                   {numbers: []uint64{6, 8, 0}, Suffix: "-1028-aws"},
		"6.6.87.2-microsoft-standard-WSL2": {numbers: []uint64{6, 6, 87, 2}, Suffix: "-microsoft-standard-WSL2"},
		"5.14.0-427.13.1.el9_4.x86_64":     {numbers: []uint64{5, 14, 0}, Suffix: "-427.13.1.el9_4.x86_64"},
		"6.6.72+":                          {numbers: []uint64{6, 6, 72}, Suffix: "+"},
		"v1.30.4+k3s1":                     {numbers: []uint64{1, 30, 4}, Suffix: "+k3s1"},
		"9223372036854775807":              {numbers: []uint64{1<<63 - 1}},
	}
	for text, want := range tests {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Version{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "v", "vv1", "abc", "1..2", "1.", ".1", "-1", "+1", "1.x", "24.04 LTS", "1.33-a b", "1.33-\x01", "9223372036854775808", "1,33", "１.2", "1_000\n",
	} {
		_, err := Parse(text)
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
		c, err := ParseRange(tt.key)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Contains(mustVersion(t, tt.version)); got != tt.want {
			t.Errorf("prefix %s matches %s: got %v, want %v", tt.key, tt.version, got, tt.want)
		}
	}
}

func mustVersion(tb testing.TB, text string) Version {
	tb.Helper()
	v, err := Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// FuzzParse proves that a version is a prefix of itself, lies between
// itself and the next one, and keeps its suffix as written.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"v1.33", "1.33.5-eks-3025e55", "6.8.0-1028-aws", "6.6.87.2-microsoft-standard-WSL2", "24.04", "", "abc", "1..2", "v", "0", "1-", "1+é"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse(text)
		if err != nil {
			return
		}
		if !strings.HasSuffix(strings.TrimSpace(text), v.Suffix) {
			t.Errorf("%q: suffix %q is not as written", text, v.Suffix)
		}
		if !v.HasPrefix(v) || compareNumbers(v.numbers, next(v.numbers)) >= 0 {
			t.Errorf("%q: not ordered within itself", text)
		}
		c, err := ParseRange(strings.TrimSpace(text))
		if err != nil || !c.Contains(v) || !c.span.contains(v.numbers) {
			t.Errorf("%q: as a key it does not match itself (%v)", text, err)
		}
	})
}

func TestLenient(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Version{
		"":                     {},
		"latest":               {Suffix: "latest"},
		"580":                  {numbers: []uint64{580}},
		"580.105.08":           {numbers: []uint64{580, 105, 8}},
		"v26.7.0-rc.1":         {numbers: []uint64{26, 7, 0}, Suffix: "-rc.1"},
		"4.6.0-1-ubuntu24.04":  {numbers: []uint64{4, 6, 0}, Suffix: "-1-ubuntu24.04"},
		"1.x":                  {numbers: []uint64{1}, Suffix: ".x"},
		"99999999999999999999": {Suffix: "99999999999999999999"},
	} {
		if diff := cmp.Diff(want, Lenient(text), cmp.AllowUnexported(Version{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"v26.3.3", "26.7", -1}, {"1.10", "1.9.1", 1}, {"1.33", "v1.33.0-eks-1", 0}, {"x", "0", 0}} {
		if got := Compare(tt.a, tt.b); got != tt.want {
			t.Errorf("%s, %s: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestSameRelease(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]bool{
		{"v26.7.0", "26.7.0"}: true, {"26.4.1", "26.4.1"}: true, {"v26.7.0", "v26.7"}: false, {"v26.7.0", "26.7.0-rc.1"}: false,
	} {
		if got := SameRelease(pair[0], pair[1]); got != want {
			t.Errorf("%q: got %t, want %t", pair, got, want)
		}
	}
}

func TestAgree(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"24.04", "24.04.2", true}, {"9", "9.4", true}, {"9.4", "9.5", false}} {
		if got := mustVersion(t, tt.a).Agree(mustVersion(t, tt.b)); got != tt.want {
			t.Errorf("%s, %s: got %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}
