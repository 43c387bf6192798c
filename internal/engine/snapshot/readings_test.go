// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/readings"
)

// TestEveryReadingIsListed compares the list of readings with what is collected of
// clusters, and with the labels that the catalog keeps.
func TestEveryReadingIsListed(t *testing.T) {
	t.Parallel()
	all, err := readings.All()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := document.DecodeSnapshot(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Measurements {
			for _, subtype := range m.Subtypes {
				for key := range subtype.Data {
					names = append(names, measurement.Path{Type: m.Type, Subtype: subtype.Name, Key: key}.String())
				}
			}
		}
	}
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range catalog.Nodes().Labels {
		names = append(names, "K8s/node/"+key)
	}
	for _, name := range names {
		if all.Find(name) == nil {
			t.Errorf("%s is collected and not in the list", name)
		}
	}
}
