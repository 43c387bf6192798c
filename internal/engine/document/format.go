// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Format is a way to write a document.
type Format string

// The formats. A table is for people: it is never read back.
const (
	FormatYAML  Format = "yaml"
	FormatJSON  Format = "json"
	FormatTable Format = "table"
)

// Formats lists the formats by name.
func Formats() []string { return []string{string(FormatYAML), string(FormatJSON), string(FormatTable)} }

// ParseFormat returns the format of that name.
func ParseFormat(name string) (Format, error) {
	if !slices.Contains(Formats(), name) {
		return "", fmt.Errorf("unknown format %s; expected %s", words.Quote(name), words.Or(Formats()))
	}
	return Format(name), nil
}

// FormatOf returns the format that the name of a file asks for. A name without
// an extension asks for YAML.
func FormatOf(file string) (Format, error) {
	switch extension := filepath.Ext(file); strings.ToLower(extension) {
	case "", ".yaml", ".yml":
		return FormatYAML, nil
	case ".json":
		return FormatJSON, nil
	case ".txt":
		return FormatTable, nil
	default:
		return "", fmt.Errorf("the extension %s names no format; use .yaml, .yml, .json or .txt, or set the format", words.Quote(extension))
	}
}

// Encode writes the snapshot in a format, for a file, a stream or a ConfigMap: YAML
// that is cut is noticed when it is read.
func (s Snapshot) Encode(f Format) ([]byte, error) { return encode(s.node(), s.Measurements, f) }

// Encode writes the recipe in a format, as that of a snapshot does.
func (r Recipe) Encode(f Format) ([]byte, error) { return encode(r.node(), r.Measurements, f) }

func encode(document *yaml.Node, list measurement.List, f Format) ([]byte, error) {
	switch f {
	case FormatJSON:
		return canonical.JSON(document)
	case FormatTable:
		return Table(list), nil
	default:
		text, err := canonical.YAML(document)
		return whole(text), err
	}
}

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
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 0, 3, ' ', 0)
	// Writes to a bytes.Buffer do not fail.
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = cell(text)
		}
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
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
