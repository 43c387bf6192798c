// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// facts is the decoded data file of one chart release.
type facts map[string]any

// mutation flips one fact in place, and back.
type mutation struct {
	name    string
	flip    func()
	restore func()
}

func readFacts(t *testing.T, name, version string) facts {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "component", "data", name, version+".json"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var f facts
	if err := decoder.Decode(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

// openFacts returns facts, by component, as package chart reads them.
func openFacts(t *testing.T, all map[string]facts) *chart.Facts {
	t.Helper()
	files := fstest.MapFS{}
	for name, f := range all {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		files[name+"/"+f["version"].(string)+".json"] = &fstest.MapFile{Data: text}
	}
	return chart.Open(files)
}

// mutated are the components whose facts are flipped: of each chart those that
// set most.
func mutated() map[string][]string {
	return map[string][]string{
		"self-managed-h100-rdma": {"gpu-operator", "network-operator"},
		"oke-h100-training":      {"network-operator"},
		"aks-h100-training":      {"network-operator"},
		"eks-gb200-training":     {"aws-efa-k8s-device-plugin", "nvidia-dra-driver-gpu"},
	}
}

// TestMutations proves that the strict checks of this package's tests can fail:
// they find nothing in the golden bundles, and something as soon as one fact
// that a bundle rests on is another.
func TestMutations(t *testing.T) {
	t.Parallel()
	for name, components := range mutated() {
		b := render(t, bundle.Request{Recipe: fixture(t, name)})
		for _, componentName := range components {
			t.Run(name+"/"+componentName, func(t *testing.T) {
				t.Parallel()
				checkMutations(t, b, componentOf(t, b, componentName))
			})
		}
	}
}

func checkMutations(t *testing.T, b *bundle.Bundle, c bundle.Component) {
	t.Helper()
	f := readFacts(t, c.Name, c.Version)
	f["subcharts"] = map[string]any{} // long, and no golden bundle sets their values
	problems := func() []string {
		release, err := openFacts(t, map[string]facts{c.Name: f}).Release(c.Name, c.Version)
		if err != nil {
			return []string{err.Error()} // facts that contradict themselves are caught as well
		}
		return strictProblems(t, release, b, c)
	}
	if found := problems(); len(found) > 0 {
		t.Fatalf("the bundle has problems before any mutation: %v", found)
	}
	all := mutationsOf(t, f, b, c)
	for _, m := range all {
		m.flip()
		if len(problems()) == 0 {
			t.Errorf("nothing noticed: %s", m.name)
		}
		m.restore()
	}
	if found := problems(); len(found) > 0 {
		t.Fatalf("a mutation was not undone: %v", found)
	}
	t.Logf("%d mutations of %s %s were caught", len(all), c.Chart, c.Version)
}

// TestMutationsStopRendering: where the rules of a bundle rest on facts, another
// fact gives another verdict.
func TestMutationsStopRendering(t *testing.T) {
	t.Parallel()
	const efa, operator, dra = "aws-efa-k8s-device-plugin", "gpu-operator", "nvidia-dra-driver-gpu"
	for name, tt := range map[string]struct {
		chart string
		flip  func(facts)
		want  []string
	}{
		"nothing":              {efa, func(facts) {}, nil},
		"an instance type":     {efa, func(f facts) { f.values()["supportedInstanceLabels.values"] = []any{"list", []any{"p4d.24xlarge"}} }, []string{"efa-instance-type!"}},
		"a key":                {efa, func(f facts) { delete(f.values(), "tolerations") }, []string{"unknown-value!"}},
		"a tag":                {operator, func(f facts) { f.values()["toolkit.version"] = []any{"string", "v0"} }, []string{"image-tag-not-of-release!"}},
		"a type":               {operator, func(f facts) { f.values()["driver.version"] = []any{"number", 595} }, []string{"value-type!"}},
		"a reader":             {operator, func(f facts) { f.values()["gdrcopy.enabled"] = []any{"bool dead", false} }, []string{"dead-value"}},
		"a release's support":  {operator, func(f facts) { f["kubernetes"] = "1.34 - 1.36" }, []string{"kubernetes-range"}},
		"a chart's constraint": {dra, func(f facts) { f["kubeVersion"] = ">=1.34.0-0" }, []string{"chart-kube-version!"}},
		"a chart's suffix":     {dra, func(f facts) { f["kubeVersion"] = ">=1.32.0" }, []string{"helm-version-suffix!"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known := map[string]facts{efa: readFacts(t, efa, "v0.5.30"), operator: readFacts(t, operator, "v26.7.0"), dra: readFacts(t, dra, "0.4.1")}
			tt.flip(known[tt.chart])
			set, err := component.Embedded()
			if err != nil {
				t.Fatal(err)
			}
			set.Facts = openFacts(t, known)
			r := bundle.NewRendererOf(set)
			got := rulesBrokenWith(t, r, bundle.Request{Recipe: fixture(t, "eks-gb200-training")})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("broken rules (-want +got):\n%s", diff)
			}
		})
	}
}

func (f facts) values() map[string]any { return f["values"].(map[string]any) }

// strictProblems compares all that a component holds with the facts about its
// release.
func strictProblems(t *testing.T, release *chart.Release, b *bundle.Bundle, c bundle.Component) []string {
	t.Helper()
	var found []string
	tree := values(t, b, c.Name)
	found = append(found, texts(release.CheckValues(tree))...)
	for _, text := range c.Manifests {
		object := decode(t, text)
		if strings.Contains(object["apiVersion"].(string), ".") {
			found = append(found, texts(release.CheckObject(object))...)
		}
		found = append(found, imageProblems(release, object)...)
	}
	text, ok := c.ChartManifests["manifests/clusterpolicy.yaml"]
	if !ok {
		return found
	}
	policy := decode(t, text)
	found = append(found, texts(release.CheckObject(policy))...)
	want, err := release.ClusterPolicy(tree)
	if err != nil {
		return append(found, err.Error())
	}
	if !cmp.Equal(want, policy) {
		found = append(found, "the ClusterPolicy is another")
	}
	return found
}

func texts(problems []chart.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.String())
	}
	return list
}

// imageProblems compares the images of a NicClusterPolicy with the release's.
func imageProblems(release *chart.Release, object map[string]any) []string {
	if object["kind"] != "NicClusterPolicy" {
		return nil
	}
	var found []string
	eachImage("", object["spec"].(map[string]any), func(path string, image map[string]any) {
		want, _ := release.Image(path)
		if got := (chart.Image{Repository: image["repository"].(string), Image: image["image"].(string), Version: image["version"].(string)}); got != want {
			found = append(found, fmt.Sprintf("%s: image %v, want %v", path, got, want))
		}
	})
	return found
}

// eachImage visits the components of a policy, which have an image.
func eachImage(prefix string, tree map[string]any, visit func(path string, image map[string]any)) {
	for name, value := range tree {
		below, isMap := value.(map[string]any)
		if !isMap {
			continue
		}
		path := strings.TrimPrefix(prefix+"."+name, ".")
		if _, ok := below["image"]; ok {
			visit(path, below)
			continue
		}
		eachImage(path, below, visit)
	}
}
