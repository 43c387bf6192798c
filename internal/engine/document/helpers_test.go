// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares bytes with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func readFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// wantError checks that err is a *document.Error whose text contains want.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	var place *document.Error
	if !errors.As(err, &place) {
		t.Fatalf("got %v, want a *document.Error with %q", err, want)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, want %q in it", err, want)
	}
	if place.Line < 1 || place.Column < 1 {
		t.Errorf("got line %d, column %d, want a place", place.Line, place.Column)
	}
}

// snapshotWith returns a snapshot whose only subtype has this data.
func snapshotWith(data string) []byte {
	return []byte(`apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
measurements:
  - type: OS
    subtypes:
      - subtype: sysctl
        data: ` + data + "\n")
}
