// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

func drawn(t *testing.T) map[string]string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := pictures(string(readme))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPicturesAreTheData draws all pictures again.
func TestPicturesAreTheData(t *testing.T) {
	t.Parallel()
	all := drawn(t)
	for name, text := range all {
		if written, err := os.ReadFile(filepath.Join(root, "pictures", name)); err != nil || string(written) != text {
			t.Errorf("pictures/%s is not what the data makes: run make generate (%v)", name, err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(root, "pictures"))
	if err != nil || len(entries) != len(all) {
		t.Errorf("pictures/ has %d files, %d are drawn (%v)", len(entries), len(all), err)
	}
}

// picture is what a test looks at: texts with their places, by their classes.
type picture struct {
	Width int     `xml:"width,attr"`
	Title string  `xml:"title"`
	Desc  string  `xml:"desc"`
	Texts []label `xml:"text"`
}

type label struct {
	Class string `xml:"class,attr"`
	X     int    `xml:"x,attr"`
	Y     int    `xml:"y,attr"`
	Text  string `xml:",chardata"`
}

// TestPicturesCanBeRead: each has words for those who cannot see it, no text leaves
// the picture, and none lies over another.
func TestPicturesCanBeRead(t *testing.T) {
	t.Parallel()
	for name, text := range drawn(t) {
		var p picture
		if err := xml.Unmarshal([]byte(text), &p); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Title == "" || p.Desc == "" || !strings.Contains(text, "prefers-color-scheme:dark") {
			t.Errorf("%s lacks a title, a description or colors for the dark", name)
		}
		slices.SortFunc(p.Texts, func(a, b label) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
		ends := map[int]int{} // of the texts of a line
		for _, line := range p.Texts {
			width := proseWidth
			if strings.HasPrefix(line.Class, "code") {
				width = codeWidth
			}
			end := line.X + int(width*float64(len([]rune(strings.TrimSpace(line.Text)))))
			if end > p.Width {
				t.Errorf("%s: %q ends at %d of %d", name, line.Text, end, p.Width)
			}
			if line.X < ends[line.Y] {
				t.Errorf("%s: %q begins at %d, before %d, where the text before it ends", name, line.Text, line.X, ends[line.Y])
			}
			if strings.HasPrefix(line.Class, "code") {
				ends[line.Y] = end
			}
		}
	}
}

// TestPicturesAreUsed: pages show every picture, with a text in place of it. Pages of
// the registry show pictures by whole addresses alone.
func TestPicturesAreUsed(t *testing.T) {
	t.Parallel()
	const address = "https://raw.githubusercontent.com/cloud-native-stack/terraform-provider-eidos/main/pictures/"
	pages, err := filepath.Glob(filepath.Join(root, "templates", "guides", "*.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, page := range append(pages, filepath.Join(root, "templates", "index.md.tmpl"), filepath.Join(root, "README.md")) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, image := range regexp.MustCompile(`!\[(.*?)\]\((.*?)\)`).FindAllStringSubmatch(string(content), -1) {
			file, whole := strings.CutPrefix(image[2], address)
			if short, drawn := strings.CutPrefix(image[2], "pictures/"); drawn {
				file = short
			} else if !whole {
				continue // not one of these
			}
			if _, err := os.Stat(filepath.Join(root, "pictures", file)); err != nil || image[1] == "" || whole == strings.HasSuffix(page, "README.md") {
				t.Errorf("%s: %s does not show a picture as it should", page, image[0])
			}
			used[file] = true
		}
	}
	for name := range drawn(t) {
		if !used[name] {
			t.Errorf("no page shows %s", name)
		}
	}
}
