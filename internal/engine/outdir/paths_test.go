// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestValidateSet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		names []string
		words string // empty: accepted
	}{
		"bundle":                {names: []string{"a/b/c.yaml", "a/b/d", "a/e", "f", ".hidden", "a..b"}},
		"empty":                 {names: []string{""}, words: `"" is not`},
		"dot":                   {names: []string{"."}, words: "is not a slash-separated path"},
		"absolute":              {names: []string{"/etc/passwd"}, words: "/etc/passwd"},
		"parent":                {names: []string{"a/../../b"}, words: "a/../../b"},
		"not clean":             {names: []string{"a//b"}, words: "a//b"},
		"trailing slash":        {names: []string{"a/"}, words: `"a/"`},
		"backslash":             {names: []string{`a\b`}, words: "not allowed"},
		"long":                  {names: []string{strings.Repeat("x", pathLimit+1)}, words: "longer than 240 bytes"},
		"longest":               {names: []string{strings.Repeat("x", pathLimit)}},
		"drive":                 {names: []string{"c:x"}, words: "not allowed"},
		"newline":               {names: []string{"a\nb"}, words: "not allowed"},
		"NUL":                   {names: []string{"a\x00b"}, words: "not allowed"},
		"not UTF-8":             {names: []string{"a\xff"}, words: "is not a slash-separated path"},
		"trailing dot":          {names: []string{"a./b"}, words: "ends in a dot"},
		"trailing space":        {names: []string{"a "}, words: "ends in a dot or a space"},
		"marker":                {names: []string{MarkerName}, words: "reserved"},
		"marker in other case":  {names: []string{".EIDOS-bundle.json"}, words: "reserved"},
		"temporary":             {names: []string{"a/.b.eidos-tmp"}, words: "reserved"},
		"below temporary":       {names: []string{".b.EIDOS-tmp/x"}, words: "reserved"},
		"twice":                 {names: []string{"a", "a"}, words: `"a" and "a" name the same file`},
		"case":                  {names: []string{"a/B", "a/b"}, words: `"a/B" and "a/b" name the same file`},
		"case beyond ASCII":     {names: []string{"ſ", "s"}, words: "name the same file"},
		"directories in case":   {names: []string{"A/x", "a/y"}, words: `directories "A" and "a" differ`},
		"file and directory":    {names: []string{"a/b/c", "a/b"}, words: `"a/b/c" needs a directory where path "a/b" needs a file`},
		"file and dir in case":  {names: []string{"a/B", "a/b/c"}, words: "needs a directory"},
		"deep directory suffix": {names: []string{"a/b/c", "b/c/a", "c"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := validateSet(test.names)
			if test.words == "" {
				noError(t, err)
				return
			}
			mentions(t, err, test.words)
		})
	}
}

func FuzzValidatePaths(f *testing.F) {
	for _, seed := range [][2]string{{"a/b", "a/c"}, {"../x", "/x"}, {"A", "a"}, {"a", "a/b"}, {MarkerName, ".x.eidos-tmp"}, {"con", "a:b"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		err := validateSet([]string{a, b})
		if (err == nil) != (validateSet([]string{b, a}) == nil) {
			t.Errorf("the order of %q and %q matters", a, b)
		}
		if err != nil {
			return
		}
		for _, name := range []string{a, b} {
			if !filepath.IsLocal(name) || path.Clean(name) != name || strings.Contains(name, `\`) {
				t.Errorf("accepted %q", name)
			}
			if name == MarkerName || isTemp(name) {
				t.Errorf("accepted the reserved name %q", name)
			}
		}
		if strings.EqualFold(a, b) || strings.HasPrefix(a, b+"/") {
			t.Errorf("accepted %q next to %q", a, b)
		}
	})
}
