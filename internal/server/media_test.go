// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"testing"
)

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"":                                  typeJSON,
		"*/*":                               typeJSON,
		"application/*":                     typeJSON,
		"application/json":                  typeJSON,
		"application/yaml":                  typeYAML,
		"APPLICATION/YAML":                  typeYAML,
		"text/yaml":                         typeYAML,
		"text/x-yaml, text/html":            typeYAML,
		"text/html, */*;q=0.1":              typeJSON,
		"application/json;q=0.1, text/yaml": typeYAML,
		"application/yaml;q=0.5, */*;q=0.4": typeYAML,
		"application/yaml;q=0, */*":         typeJSON,
		"application/json;q=0, */*":         typeYAML,
		"garbage, application/yaml":         typeYAML,
		"application/yaml;version=2":        typeYAML,
		"application/yaml;q=2":              "",
		"application/yaml;q=x":              "",
		"text/*":                            "",
		"text/html":                         "",
		"*/*;q=0":                           "",
		"garbage":                           "",
	} {
		r := request(http.MethodGet, "/", "", "Accept", accept)
		if got, err := negotiate(r, typeJSON, typeYAML); got != want || (err == nil) != (want != "") {
			t.Errorf("Accept %q: got %q, %v, want %q", accept, got, err, want)
		}
	}
}
