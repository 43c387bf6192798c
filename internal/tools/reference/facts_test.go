// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/readings"
)

// TestFacts: the page has a row for each reading, each reader and each mark.
func TestFacts(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	page, err := e.facts()
	if err != nil {
		t.Fatal(err)
	}
	all, err := readings.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all.Readings {
		if strings.Count(page, "\n| `"+r.Path+"` | "+r.Type+" |") != 1 {
			t.Errorf("the page has not one row of %s", r.Path)
		}
	}
	readers, err := e.catalog.Readers()
	if err != nil {
		t.Fatal(err)
	}
	for _, reader := range append(readers, bundle.Readers()...) {
		_, row, _ := strings.Cut(page, "\n| `"+reader.Reading+"` |")
		row, _, _ = strings.Cut(row, "\n")
		if !strings.Contains(row, "`"+reader.Name+"`") {
			t.Errorf("the row of %s lacks %s %s", reader.Reading, reader.Kind, reader.Name)
		}
	}
	for _, row := range []string{
		"| `K8s/node/os-image` | text | PRETTY_NAME of os-release | query `os`, `osv` |",
		"| `OS/kmod/nouveau` | bool | - | rule `foreign-driver-loaded` |",
		"| `K8s/node/instance-type` | text | by the label of Kubernetes | query `gpu`; overlay `instance-type=`",
		"| `GPU/smi/lost-gpus` | number |",
		"| `eks-auto` | - | - | - | `eks.amazonaws.com/compute-type=auto` |",
		"| `nvidia.com/gpu.deploy.driver` | `K8s/node/deploy-driver` |",
	} {
		if !strings.Contains(page, "\n"+row) {
			t.Errorf("the page lacks %s", row)
		}
	}
}

// TestFactsThatNothingCollects: a rule that reads what no snapshot has is a mistake.
func TestFactsThatNothingCollects(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Load(t.Context(), []byte(`
overlays: [{key: {gpu: h100}}]
rules:
  - {name: r, severity: warning, summary: s, when: {snapshot OS/weather/sunny: true}, at: K8s/config/mig, message: m, advice: a}
`))
	if err != nil {
		t.Fatal(err)
	}
	e := testEngine(t)
	if _, err := (engine{catalog, bundle.NewRendererOf(e.set), e.set}).facts(); err == nil || err.Error() != "rule r reads OS/weather/sunny, which no snapshot has" {
		t.Errorf("got %v", err)
	}
}
