// SPDX-License-Identifier: Apache-2.0

package component_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

var update = flag.Bool("update", false, "write the JSON files that the program embeds")

// TestEmbeddedIsTheData: what is embedded says what the YAML files say. It is not
// parallel: with -update it writes what the other tests read.
func TestEmbeddedIsTheData(t *testing.T) { //nolint:paralleltest // see above
	set, err := component.Load(os.DirFS("data"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := set.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := filepath.Join("data", filepath.FromSlash(name))
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what the YAML files say; run make catalog", path)
		}
	}
}
