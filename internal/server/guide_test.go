// SPDX-License-Identifier: Apache-2.0

package server

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestGuideKnowsTheAPI compares the guide with the description: every route,
// parameter, header of an answer and code of an error is in it.
func TestGuideKnowsTheAPI(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../templates/guides/http-api.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(text)
	for _, rt := range newServer(t).routes() {
		if !strings.Contains(guide, rt.method+" "+rt.path) {
			t.Errorf("the guide has no %s %s", rt.method, rt.path)
		}
	}
	d, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"parameters", "headers"} {
		named, _ := d.at("/components/" + section)
		for name, described := range named.(map[string]any) {
			if called, ok := described.(map[string]any)["name"].(string); ok {
				name = called
			}
			if name != "Vary" && name != "Content-Disposition" && !strings.Contains(guide, "`"+name) {
				t.Errorf("the guide has no %s among its %s", name, section)
			}
		}
	}
	codes, _ := d.at("/components/schemas/Problem/properties/code")
	told := map[string]bool{}
	for _, match := range regexp.MustCompile("(?m)^\\| \\d{3} \\| `([A-Z_]+)`").FindAllStringSubmatch(guide, -1) {
		told[match[1]] = true
	}
	for _, code := range codes.(map[string]any)["enum"].([]any) {
		if !told[code.(string)] {
			t.Errorf("the guide's table has no %s", code)
		}
		delete(told, code.(string))
	}
	if len(told) > 0 {
		t.Errorf("the guide's table has codes that do not exist: %v", told)
	}
}
