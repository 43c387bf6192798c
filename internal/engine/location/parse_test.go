// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // kind and what messages show
		"-":                       "stream -",
		"snapshot.yaml":           "file snapshot.yaml",
		"/dev/stdin":              "file /dev/stdin",
		"dir/a b":                 "file dir/a b",
		`C:\snapshots\a.yaml`:     "file C:\\snapshots\\a.yaml",
		"./odd://name":            "file ./odd://name",
		"a:b":                     "file a:b",
		"cm://ns/name":            "ConfigMap cm://ns/name",
		"https://e.com/a.yaml":    "URL https://e.com/a.yaml",
		"HTTP://e.com:8080":       "URL http://e.com:8080",
		"https://u:p@e.com/a?s=1": "URL https://e.com/a",
	} {
		l, err := location.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		kind := "file"
		switch {
		case l.Stream:
			kind = "stream"
		case l.URL != nil:
			kind = "URL"
		case l.ConfigMap != nil:
			kind = "ConfigMap"
		}
		if got := kind + " " + l.String(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "the location is empty",
		"s3://bucket/key":         `unknown scheme "s3"`,
		"file:///etc/passwd":      `unknown scheme "file"`,
		"://x":                    `unknown scheme ""`,
		"CM://ns/name":            "does not begin with cm://",
		"cm://ns":                 "has no name",
		"http://":                 "is not a URL",
		"https://u:p@:443/x":      "is not a URL",
		"https://u:hunter2@h\x7f": "is not a URL",
	} {
		l, err := location.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, %v, want %q", text, l, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"-", "a.yaml", "cm://ns/name", "https://u:p@e.com/a?q#f", "s3://b", "./a://b", "http://[::1]:80/x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := location.Parse(text)
		if err != nil {
			return
		}
		set := 0
		for _, is := range []bool{l.Stream, l.File != "", l.URL != nil, l.ConfigMap != nil} {
			if is {
				set++
			}
		}
		if set != 1 {
			t.Errorf("%q: %d kinds of location at once", text, set)
		}
	})
}
