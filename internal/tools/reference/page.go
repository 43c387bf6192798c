// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// page is a Markdown page of the Terraform Registry.
type page struct{ text strings.Builder }

// newPage begins a page with the front matter that the Registry reads.
func newPage(title, description string) *page {
	p := &page{}
	p.printf("---\npage_title: %q\nsubcategory: \"Reference\"\ndescription: |-\n  %s\n---\n\n# %s\n", title, description, title)
	return p
}

func (p *page) printf(format string, args ...any) { _, _ = fmt.Fprintf(&p.text, format, args...) } // a builder never fails

func (p *page) section(title string) { p.printf("\n## %s\n", title) }

func (p *page) paragraph(text string) { p.printf("\n%s\n", text) }

// String returns the page.
func (p *page) String() string { return p.text.String() }

// table writes a table; cells may hold Markdown, but no line breaks.
func (p *page) table(header []string, rows [][]string) {
	rule := make([]string, len(header))
	for i := range rule {
		rule[i] = "---"
	}
	p.printf("\n")
	for _, row := range append([][]string{header, rule}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		p.printf("| %s |\n", strings.Join(cells, " | "))
	}
}

func code(text string) string {
	if text == "" {
		return "-"
	}
	return "`" + text + "`"
}

func codes(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = code(text)
	}
	return strings.Join(quoted, ", ")
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
