// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// formatFlag says in which form a command prints what is not a document.
type formatFlag struct {
	value string
	known []string // the default first
}

// tableOrData is the flag of a command that prints a table, or what it is made from.
func tableOrData() formatFlag {
	return formatFlag{known: []string{string(document.FormatTable), string(document.FormatJSON), string(document.FormatYAML)}}
}

func (f *formatFlag) register(command *cobra.Command) {
	command.Flags().StringVar(&f.value, "format", f.known[0], "`format`: "+words.Or(f.known))
	complete(command, "format", func() []string { return f.known })
}

func (f *formatFlag) check() error {
	if !slices.Contains(f.known, f.value) {
		return fmt.Errorf("--format: got %q, want %s", f.value, words.Or(f.known))
	}
	return nil
}

// write writes a table, or as JSON or YAML what it is made from.
func (f *formatFlag) write(w io.Writer, table []byte, item any) error {
	text, err := dataText(document.Format(f.value), table, item)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// dataText is a value in a format, for which people read a text of its own otherwise.
func dataText(format document.Format, people []byte, v any) ([]byte, error) {
	switch format {
	case document.FormatJSON:
		return jsonText(v)
	case document.FormatYAML:
		return yaml.Marshal(v)
	default:
		return people, nil
	}
}

// jsonText is a value as JSON for people, with a last line break.
func jsonText(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return append(text, '\n'), err
}
