// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Table writes measurements for people: one line a reading, in canonical order,
// with the columns TYPE, SUBTYPE, KEY and VALUE. Text that would break the table
// (line breaks, tabs, control characters) is quoted.
func Table(list measurement.List) []byte {
	var rows, out bytes.Buffer
	rows.WriteString("TYPE\tSUBTYPE\tKEY\tVALUE\n")
	for _, m := range list.Sorted() {
		for _, s := range m.Subtypes {
			for _, key := range slices.Sorted(maps.Keys(s.Data)) {
				fmt.Fprintf(&rows, "%s\t%s\t%s\t%s\n", m.Type, cell(s.Name), cell(key), cell(s.Data[key].String()))
			}
		}
	}
	w := tabwriter.NewWriter(&out, 0, 0, 3, ' ', 0)
	// Writes to a bytes.Buffer do not fail.
	_, _ = rows.WriteTo(w)
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
