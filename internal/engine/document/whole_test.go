// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// encoded returns the documents of testdata as eidos writes them.
func encoded(t *testing.T) map[string][]byte {
	t.Helper()
	snapshot, err := document.DecodeSnapshot(t.Context(), readFile(t, "snapshot.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	recipe, err := document.DecodeRecipe(t.Context(), readFile(t, "recipe.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for name, encode := range map[string]func(document.Format) ([]byte, error){"snapshot": snapshot.Encode, "recipe": recipe.Encode} {
		if all[name], err = encode(document.FormatYAML); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestCutDocuments cuts documents at the end of every line.
func TestCutDocuments(t *testing.T) {
	t.Parallel()
	const editor = "# yaml-language-server: $schema=recipe.json\n"
	for name, text := range encoded(t) {
		lines := bytes.SplitAfter(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
		if len(lines) < 20 {
			t.Fatalf("%s has %d lines", name, len(lines))
		}
		if _, err := document.Parse(t.Context(), append([]byte(editor), text...)); err != nil {
			t.Errorf("%s with a line for editors: %v", name, err)
		}
		for i := range lines {
			cut := bytes.Join(lines[:i], nil)
			if i%2 == 0 && i > 0 {
				cut = append([]byte(editor), cut...)
			}
			_, err := document.Parse(t.Context(), cut)
			if want := "the document is cut"; i > 0 && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s with %d of %d lines: got %v, want %q", name, i, len(lines), err, want)
			}
		}
	}
}

// TestWholeDocuments has what editors and people do to documents.
func TestWholeDocuments(t *testing.T) {
	t.Parallel()
	for name, text := range encoded(t) {
		text := string(text)
		head, rest, _ := strings.Cut(text, "\n")
		for change, changed := range map[string]string{
			"as it is":                 text,
			"without the last break":   strings.TrimSuffix(text, "\n"),
			"empty lines at the end":   text + "\n \n",
			"breaks of Windows":        strings.ReplaceAll(text, "\n", "\r\n"),
			"a byte order mark":        "\ufeff" + text,
			"without its first line":   rest,
			"of an older eidos":        strings.TrimSuffix(rest, "...\n"),
			"first line behind others": "---\n" + head + "\n" + strings.TrimSuffix(rest, "...\n"),
		} {
			if _, err := document.Parse(t.Context(), []byte(changed)); err != nil {
				t.Errorf("%s, %s: %v", name, change, err)
			}
		}
	}
}
