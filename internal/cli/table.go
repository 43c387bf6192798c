// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

const (
	// gap is how far the columns of a table are apart.
	gap = 3
	// narrow is how wide a column must be for its texts to go on below.
	narrow = 30
)

// table aligns rows, the first of which is the header. On a terminal the lines fit:
// texts of wide columns go on below, and where that leaves too little room for them,
// each row is a paragraph with a line for each cell.
func (p Process) table(rows [][]string) []byte {
	width := p.width()
	if width == 0 || len(rows) == 0 {
		return document.Columns(rows)
	}
	widths, fits := fit(rows, width)
	if !fits {
		return paragraphs(rows, width)
	}
	var folded [][]string
	for _, row := range rows {
		folded = append(folded, fold(row, widths)...)
	}
	lines := bytes.Split(document.Columns(folded), []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimRight(line, " ")
	}
	return bytes.Join(lines, []byte("\n"))
}

// fit returns how wide each column may be for the table to have a width, and whether
// it then is good to read. It takes from the widest, and never breaks a word.
func fit(rows [][]string, width int) (widths []int, fits bool) {
	widths, least := make([]int, len(rows[0])), make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
			for word := range strings.FieldsSeq(text) {
				least[i] = max(least[i], narrow, utf8.RuneCountInString(word))
			}
		}
	}
	total := gap * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for ; total > width; total-- {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil, false
		}
		widths[widest]--
	}
	return widths, true
}

// fold returns the lines of a row.
func fold(row []string, widths []int) [][]string {
	cells := make([][]string, len(row))
	lines := 1
	for i, text := range row {
		cells[i] = wrap(text, widths[i])
		lines = max(lines, len(cells[i]))
	}
	folded := make([][]string, lines)
	for n := range folded {
		folded[n] = slices.Repeat([]string{""}, len(row))
		for i := range cells {
			if n < len(cells[i]) {
				folded[n][i] = cells[i][n]
			}
		}
	}
	return folded
}

// paragraphs writes the first cell of each row, and below it the others that say
// something, behind the names of their columns.
func paragraphs(rows [][]string, width int) []byte {
	names := 0
	for _, name := range rows[0][1:] {
		names = max(names, len(name))
	}
	var text bytes.Buffer
	for _, row := range rows[1:] {
		lines := [][]string{{row[0]}}
		for i, cell := range row[1:] {
			name := fmt.Sprintf("  %-*s", names, rows[0][i+1])
			if cell == orDash() {
				continue
			}
			for _, line := range wrap(cell, width-names-len("     ")) {
				lines = append(lines, []string{name, line})
				name = strings.Repeat(" ", len(name))
			}
		}
		text.Write(document.Columns(lines))
	}
	return text.Bytes()
}
