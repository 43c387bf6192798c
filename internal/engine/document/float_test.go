// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// throughFloats is what jq, a browser or any other reader that keeps numbers in a
// float64 makes of a JSON document.
func throughFloats(t *testing.T, text []byte) []byte {
	t.Helper()
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestDocumentsSurviveFloats sends every document that the engine's tests hold
// through such a reader and back.
func TestDocumentsSurviveFloats(t *testing.T) {
	t.Parallel()
	snapshots, recipes := 0, 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, "/testdata/") || filepath.Ext(path) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var forms [][]byte
		var decode func([]byte) ([]byte, error)
		switch {
		case bytes.Contains(text, []byte("\nkind: Snapshot\n")):
			decode = func(text []byte) ([]byte, error) {
				s, err := document.DecodeSnapshot(t.Context(), text)
				if err != nil {
					return nil, err
				}
				return s.JSON()
			}
			snapshots++
		case bytes.Contains(text, []byte("\nkind: Recipe\n")):
			decode = func(text []byte) ([]byte, error) {
				r, err := document.DecodeRecipe(t.Context(), text)
				if err != nil {
					return nil, err
				}
				maps, err := r.JSONMaps()
				if err != nil {
					return nil, err
				}
				forms = append(forms, maps)
				return r.JSON()
			}
			recipes++
		default:
			return nil
		}
		want, err := decode(text)
		if err != nil {
			return nil //nolint:nilerr // a document that is broken on purpose
		}
		for _, form := range append(forms, want) {
			got, err := decode(throughFloats(t, form))
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if snapshots < 10 || recipes < 20 {
		t.Errorf("there are %d snapshots and %d recipes", snapshots, recipes)
	}
}
