// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/added"
)

// TestFilesAdd shows that a GPU, a service and an operating system are files:
// they hold to the rules that the embedded catalog holds to, and appear
// wherever the others do.
func TestFilesAdd(t *testing.T) {
	t.Parallel()
	c, _ := added.Load(t)
	before := embeddedCatalog(t)
	checkProducts(t, c)
	checkPairs(t, c)
	checkInstances(t, c)
	for field, name := range map[string]string{"gpu": "x900", "service": "skyport", "os": "flatrock"} {
		want := append(before.Values(field), name)
		slices.Sort(want)
		if diff := cmp.Diff(want, c.Values(field)); diff != "" {
			t.Errorf("values of %s (-want +got):\n%s", field, diff)
		}
		var q document.Query
		*q.Field(field) = name + "s"
		_, err := c.Build(t.Context(), recipe.Request{Query: q})
		for _, text := range append(want, `did you mean "`+name+`"?`) {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v, want %s in it", err, text)
			}
		}
	}
	toll := recipe.Request{Overlays: []string{"types: [{type: K8s, subtypes: [{subtype: gate, data: {toll: coin}}]}]"}}
	if r := buildRecipe(t, c, toll); len(r.Findings) > 0 {
		t.Errorf("what a component reads: warned %v", r.Findings)
	}
	if r := buildRecipe(t, before, toll); len(r.Findings) != 1 {
		t.Errorf("what no component reads: warned %v", r.Findings)
	}
	if _, err := c.Build(t.Context(), recipe.Request{Query: document.Query{OS: "cloudrock"}}); err == nil || !strings.Contains(err.Error(), "it has no kernel headers") {
		t.Errorf("got %v, want the reason why no recipe is for it", err)
	}
}

// TestFilesAreRecognized reads what clusters and nodes say of themselves with a
// catalog that holds the added files alone: of others it knows what the
// embedded one knows.
func TestFilesAreRecognized(t *testing.T) {
	t.Parallel()
	c, err := recipe.Open(t.Context(), "testdata/added")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ id, kubelet, label, want string }{
		"by label":           {"sky://1", "v1.34.1", "skyport.example/pool", "skyport"},
		"by kubelet":         {"sky://1", "v1.34.1-sky7", "", "skyport"},
		"its machines":       {"sky://1", "v1.34.1", "", "self-managed"},
		"another service":    {"aws:///us-east-1a/i-1", "v1.33.5-eks-3025e55", "", "eks"},
		"another's marks":    {"aws:///us-east-1a/i-1", "v1.34.1-sky7", "skyport.example/pool", "self-managed"},
		"on another's cloud": {"aws:///us-east-1a/i-1", "v1.34.1-sky7", "skyport.example/outpost", "skyport-outpost"},
		"nobody knows who":   {"land://1", "v1.34.1", "", "land"},
	} {
		if got := c.Provider(tt.id, tt.kubelet, map[string]string{tt.label: "x"}); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
	type readings = map[string]string
	for name, tt := range map[string]struct {
		snapshot readings
		want     document.Query
	}{
		"version":       {readings{"K8s/server/version": "v1.34.1-sky.7"}, document.Query{Service: "skyport", K8s: "v1.34.1-sky.7"}},
		"image":         {readings{"K8s/image/skyport-gate": "1"}, document.Query{Service: "skyport"}},
		"tag":           {readings{"K8s/image/kube-proxy": "v1.34.1-skybuild.2"}, document.Query{Service: "skyport"}},
		"instance type": {readings{"K8s/node/instance-type": "sky.x900"}, document.Query{GPU: "x900"}},
		"device":        {readings{"GPU/device/pci-id": "F900"}, document.Query{GPU: "x900"}},
		"product":       {readings{"K8s/node/gpu-product": "NVIDIA-X900-SHARED"}, document.Query{GPU: "x900"}},
		"node image":    {readings{"K8s/node/os-image": "Slate Linux 3.1"}, document.Query{OS: "flatrock", OSVersion: "3"}},
		"os-release":    {readings{"OS/release/ID": "slate", "OS/release/VERSION_ID": "3.1"}, document.Query{OS: "flatrock", OSVersion: "3.1"}},
	} {
		if diff := cmp.Diff(tt.want, c.Extract(snapshotOf(tt.snapshot)).Query); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if !c.GPUInstanceType("sky.h100.small") {
		t.Error("an instance type of the platform table is not taken for one with GPUs")
	}
	// A user's key is read with the catalog's names.
	r := buildRecipe(t, c, recipe.Request{Query: document.Query{OS: "Slate"}, Overlays: []string{"key: {os: slate}"}})
	if diff := cmp.Diff([]string{"os=flatrock", "user:os=flatrock"}, r.Recipe.MatchedRules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}
