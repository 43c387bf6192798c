// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Table writes measurements for people: one line a reading, in canonical order,
// with the columns TYPE, SUBTYPE, KEY and VALUE.
func Table(list measurement.List) []byte {
	rows := [][]string{{"TYPE", "SUBTYPE", "KEY", "VALUE"}}
	for _, m := range list.Sorted() {
		for _, s := range m.Subtypes {
			for _, key := range slices.Sorted(maps.Keys(s.Data)) {
				rows = append(rows, []string{string(m.Type), s.Name, key, s.Data[key].String()})
			}
		}
	}
	return Columns(rows)
}

// Columns aligns the cells of rows, the first of which is the header. Text that
// would break the table (line breaks, tabs, control characters) is quoted.
func Columns(rows [][]string) []byte {
	var lines, out bytes.Buffer
	for _, row := range rows {
		for i, text := range row {
			if i > 0 {
				lines.WriteByte('\t')
			}
			lines.WriteString(cell(text))
		}
		lines.WriteByte('\n')
	}
	w := tabwriter.NewWriter(&out, 0, 0, 3, ' ', 0)
	// Writes to a bytes.Buffer do not fail.
	_, _ = lines.WriteTo(w)
	_ = w.Flush()
	return out.Bytes()
}

func cell(s string) string {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if strings.ContainsFunc(s, unprintable) {
		return strconv.Quote(s)
	}
	return s
}
