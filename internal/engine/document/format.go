// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

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
		return "", fmt.Errorf("the extension %s names no format; use .yaml, .yml, .json or .txt, or state the format", words.Quote(extension))
	}
}

// Encode writes the snapshot in a format.
func (s Snapshot) Encode(f Format) ([]byte, error) {
	switch f {
	case FormatJSON:
		return s.JSON()
	case FormatTable:
		return Table(s.Measurements), nil
	default:
		return s.YAML()
	}
}

// Encode writes the recipe in a format.
func (r Recipe) Encode(f Format) ([]byte, error) {
	switch f {
	case FormatJSON:
		return r.JSON()
	case FormatTable:
		return Table(r.Measurements), nil
	default:
		return r.YAML()
	}
}
