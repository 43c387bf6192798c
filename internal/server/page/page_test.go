// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/server/page"
)

func files(t *testing.T) map[string]string {
	t.Helper()
	read, err := page.Files()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range read {
		texts[file.Path] = string(file.Content)
	}
	return texts
}

// TestDocumentNamesEveryFile: a browser learns of all files from the first one, and
// waits for no second round of requests. References are relative, so that the page works
// below a path of a proxy.
func TestDocumentNamesEveryFile(t *testing.T) {
	t.Parallel()
	texts := files(t)
	var named []string
	for _, match := range regexp.MustCompile(`(?:href|src)="(page/[^"]*)"`).FindAllStringSubmatch(texts["/"], -1) {
		named = append(named, "/"+match[1])
	}
	for path := range texts {
		if path != "/" && !slices.Contains(named, path) {
			t.Errorf("the document does not name %s", path)
		}
	}
	for _, path := range named {
		if texts[path] == "" {
			t.Errorf("the document names %s, which is not there", path)
		}
	}
}

// TestImportsAreThere: every module imports files of the page alone.
func TestImportsAreThere(t *testing.T) {
	t.Parallel()
	texts := files(t)
	for path, text := range texts {
		for _, match := range regexp.MustCompile(`(?m)^import .* from '([^']*)';$`).FindAllStringSubmatch(text, -1) {
			if texts["/page/"+strings.TrimPrefix(match[1], "./")] == "" {
				t.Errorf("%s imports %s, which is not there", path, match[1])
			}
		}
	}
}

// TestPageIsSmall bounds what a first visit loads, in bytes.
func TestPageIsSmall(t *testing.T) {
	t.Parallel()
	total := 0
	for _, text := range files(t) {
		total += len(text)
	}
	if total > 60_000 {
		t.Errorf("the page has %d bytes", total)
	}
}

// TestNothingFromElsewhere: no file names another server, but for the names of the
// XML of pictures.
func TestNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	for path, text := range files(t) {
		for _, url := range regexp.MustCompile(`https?://[^'" ]*`).FindAllString(text, -1) {
			if url != "http://www.w3.org/2000/svg" {
				t.Errorf("%s names %s", path, url)
			}
		}
	}
}
