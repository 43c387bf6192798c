// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

func TestParseConfigMap(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]location.ConfigMapRef{
		"cm://gpu-operator/eidos-snapshot":       {Namespace: "gpu-operator", Name: "eidos-snapshot"},
		"cm://a/b.c":                             {Namespace: "a", Name: "b.c"},
		"cm://0/" + strings.Repeat("a", 253):     {Namespace: "0", Name: strings.Repeat("a", 253)},
		"cm://" + strings.Repeat("n", 63) + "/x": {Namespace: strings.Repeat("n", 63), Name: "x"},
	} {
		got, err := location.ParseConfigMap(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %#v (%s), %v", text, got, got, err)
		}
	}
}

func TestParseConfigMapErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "does not begin with cm://",
		"cm:":                                    "does not begin with cm://",
		"CM://ns/name":                           "does not begin with cm://",
		" cm://ns/name":                          "does not begin with cm://",
		"ns/name":                                "does not begin with cm://",
		"cm://":                                  "has no name",
		"cm://ns":                                "has no name",
		"cm:///name":                             `namespace ""`,
		"cm://ns/":                               `name ""`,
		"cm://ns/name/":                          `name "name/"`,
		"cm://ns/name/key":                       `name "name/key"`,
		"cm://ns//name":                          `name "/name"`,
		"cm://ns/name?key=x":                     `name "name?key=x"`,
		"cm://ns/name#x":                         `name "name#x"`,
		"cm://user@ns/name":                      `namespace "user@ns"`,
		"cm://ns:80/name":                        `namespace "ns:80"`,
		"cm://n.s/name":                          `namespace "n.s"`,
		"cm://ns/Name":                           `name "Name"`,
		"cm://ns/na%6De":                         `name "na%6De"`,
		"cm://ns/..":                             `name ".."`,
		"cm://ns/name\n":                         `name "name\n"`,
		"cm://ns/" + strings.Repeat("a", 254):    "253",
		"cm://" + strings.Repeat("n", 64) + "/x": "63",
	} {
		if got, err := location.ParseConfigMap(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %q", text, got, err, want)
		}
	}
}

func FuzzParseConfigMap(f *testing.F) {
	for _, seed := range []string{"cm://ns/name", "cm://a/b.c-d", "cm://ns/name/key", "cm://u@ns:80/name?q#f", "CM://ns/name", "cm://", "cm:///", "cm://ns/%2e%2e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := location.ParseConfigMap(text)
		if err != nil {
			return
		}
		if ref.String() != text {
			t.Errorf("%q becomes %q", text, ref)
		}
		if strings.ContainsAny(ref.Namespace+ref.Name, "/?#@:% \n") {
			t.Errorf("%q is accepted", text)
		}
	})
}
