// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const docsDir = "../../docs"

// pages are the documentation and what else people read first.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{"../../README.md", "../../CONTRIBUTING.md", "../../SECURITY.md", "../../modules/gpu-stack/README.md"}
	err := filepath.WalkDir(docsDir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readPage(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestLinks: a link to a file of the repository leads to one, and to a heading that
// the file has.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]+)?\)`)
	code := regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	for _, page := range pages(t) {
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(readPage(t, page), ""), -1) {
			if strings.Contains(match[1], "://") || strings.HasPrefix(match[1], "mailto:") {
				continue
			}
			target := page
			if match[1] != "" {
				target = filepath.Join(filepath.Dir(page), filepath.FromSlash(match[1]))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", page, match[0])
			} else if match[2] != "" && !slices.Contains(anchors(readPage(t, target)), match[2][1:]) {
				t.Errorf("%s: %s has no heading %s", page, target, match[2])
			}
		}
	}
}

// anchors are those of a page's headings, as GitHub and the registry make them, and
// those that a page states.
func anchors(page string) []string {
	var all []string
	dropped := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		all = append(all, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-"))
	}
	for _, stated := range regexp.MustCompile(`<a id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, stated[1])
	}
	return all
}

// TestIndexLinksEveryPage: the first page leads to each of the others, those of the
// bundlers apart, which the page about compatibility lists.
func TestIndexLinksEveryPage(t *testing.T) {
	t.Parallel()
	index := readPage(t, filepath.Join(docsDir, "index.md"))
	for _, page := range pages(t) {
		name, err := filepath.Rel(docsDir, page)
		if name = filepath.ToSlash(name); err != nil || strings.HasPrefix(name, "..") || name == "index.md" || strings.HasPrefix(name, "guides/bundler-") {
			continue
		}
		if !strings.Contains(index, "("+name+")") {
			t.Errorf("docs/index.md does not link %s", name)
		}
	}
}
