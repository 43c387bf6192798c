// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func testEngine(t *testing.T) engine {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return engine{catalog, bundle.NewRenderer(), component.Facts()}
}

// A probe with one start finds what the bundler does with a key.
func TestPlaces(t *testing.T) {
	t.Parallel()
	p := probe{engine: testEngine(t), component: "gpu-operator"}
	query := document.Query{Service: "eks", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.34"}
	before, ok := p.render(t.Context(), query, nil)
	if !ok {
		t.Fatal("no bundle to start from")
	}
	p.starts = []start{{query: query, settings: map[string]any{}, rendered: before}}
	for path, want := range map[string][]string{
		"K8s/config/mig":           {"values.yaml: migManager.enabled", "values.yaml: migManager.env"},
		"K8s/image/driver":         {"values.yaml: driver.version"},
		"K8s/image/gpu-operator":   {"chart version"},
		"K8s/server/version":       {},
		"K8s/config/runtime_class": {"values.yaml: operator.runtimeClass"},
	} {
		keys := p.renderer.Keys("gpu-operator")
		i := slices.IndexFunc(keys, func(k bundle.KeyInfo) bool { return k.Path == path })
		if i < 0 {
			t.Errorf("%s: the bundler does not read it", path)
			continue
		}
		got := p.places(t.Context(), keys[i])
		for _, place := range want {
			if !slices.Contains(got, place) {
				t.Errorf("%s: %q is not among %q", path, place, got)
			}
		}
		if len(want) == 0 && len(got) > 0 {
			t.Errorf("%s: ends up in %q, want checks only", path, got)
		}
	}
}

// Every release that the catalog chooses is probed: what only an older one reads
// is a place too.
func TestProbeLooksAtEveryRelease(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	for component, want := range map[string][]string{
		"gpu-operator":              {"1.36", "1.32", "1.31", "1.29"},
		"network-operator":          {"1.35", "1.30", "1.29"},
		"nvidia-dra-driver-gpu":     {"1.36"},
		"aws-efa-k8s-device-plugin": {"1.36"},
	} {
		got, err := e.minorsOf(component)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", component, err, diff)
		}
	}
	if _, err := e.newProbe(t.Context(), "gpu"); err == nil {
		t.Error("no error for a component of which there is no release")
	}
	p, err := e.newProbe(t.Context(), "gpu-operator")
	if err != nil {
		t.Fatal(err)
	}
	p.starts = slices.DeleteFunc(p.starts, func(s start) bool { return len(s.settings) > 0 || s.query.K8s == "1.36" })
	keys := p.renderer.Keys("gpu-operator")
	for path, want := range map[string]string{
		"K8s/config/cdi":                    "values.yaml: cdi.default",
		"K8s/config/confidential_computing": "values.yaml: kataManager.enabled",
	} {
		i := slices.IndexFunc(keys, func(k bundle.KeyInfo) bool { return k.Path == path })
		if i < 0 || !slices.Contains(p.places(t.Context(), keys[i]), want) {
			t.Errorf("%s: no release has %s", path, want)
		}
	}
}

func TestAnyShape(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"manifests/sriovnetworknodepolicy-bm-gpu-h100-8.yaml":           "manifests/sriovnetworknodepolicy-<shape>.yaml",
		"manifests/sriovnetworknodepolicy-bm-gpu-h100-8.yaml: spec.mtu": "manifests/sriovnetworknodepolicy-<shape>.yaml: spec.mtu",
		"manifests/network.yaml: spec":                                  "manifests/network.yaml: spec",
		"values.yaml: a":                                                "values.yaml: a",
		"chart version":                                                 "chart version",
	} {
		if got := anyShape(place); got != want {
			t.Errorf("%s became %s, want %s", place, got, want)
		}
	}
}

func TestDifferenceTellsOfAWholeFileOnce(t *testing.T) {
	t.Parallel()
	a, b := rendered{}, rendered{}
	a.add("values.yaml", "a: {b: 1, c: 2}")
	b.add("values.yaml", "a: {b: 1, c: 3}")
	b.add("manifests/x.yaml", "kind: X\nspec: {y: 1}")
	places := map[string]bool{}
	difference(a, b, places)
	want := map[string]bool{"values.yaml: a.c": true, "manifests/x.yaml": true}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Error(diff)
	}
	other, places := rendered{}, map[string]bool{}
	other.add("manifests/x.yaml", "kind: Y\nspec: {z: 1}")
	difference(rendered{"manifests/x.yaml": b["manifests/x.yaml"], "manifests/x.yaml: kind": "X"}, other, places)
	if diff := cmp.Diff(map[string]bool{"manifests/x.yaml": true}, places); diff != "" {
		t.Errorf("another kind of object: %s", diff)
	}
	if got, want := listed([]string{"manifests/x.yaml", "values.yaml: a.b", "values.yaml: a.c"}), "`manifests/x.yaml`; `values.yaml`: `a.b`, `a.c`"; got != want {
		t.Errorf("listed as %q, want %q", got, want)
	}
}

// A part of an object that only one rendering has is one place; of values it is
// its leaves that count.
func TestDifferenceTellsOfAPartOnce(t *testing.T) {
	t.Parallel()
	a, b := rendered{}, rendered{}
	a.add("values.yaml", "{}")
	a.add("manifests/x.yaml", "kind: X\nspec: {y: 1}")
	b.add("values.yaml", "a: {b: {c: 1, d: 2}}")
	b.add("manifests/x.yaml", "kind: X\nspec: {y: 1, part: {image: {name: i, tag: t}}, partly: 1}")
	places := map[string]bool{}
	difference(a, b, places)
	got := outermost(slices.Sorted(maps.Keys(places)))
	want := []string{"manifests/x.yaml: spec.part", "manifests/x.yaml: spec.partly", "values.yaml: a.b.c", "values.yaml: a.b.d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTableEscapesCells(t *testing.T) {
	t.Parallel()
	p := newPage("T", "D")
	p.table([]string{"a"}, [][]string{{"x|y"}})
	if !strings.HasSuffix(p.String(), "\n| a |\n| --- |\n| x\\|y |\n") {
		t.Errorf("got %q", p.String())
	}
}

// The compatibility page has a row for each Kubernetes version, chart release,
// product and GPU; the page of rules one for each rule.
func TestPagesAreComplete(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	text, err := e.compatibility()
	if err != nil {
		t.Fatal(err)
	}
	minors, err := e.minors()
	if err != nil {
		t.Fatal(err)
	}
	if minors[0] != "1.29" || minors[len(minors)-1] != "1.36" {
		t.Errorf("Kubernetes versions are %q", minors)
	}
	wanted := minors
	for _, name := range e.renderer.Bundlers() {
		for _, version := range e.facts.Releases(name) {
			wanted = append(wanted, name+" | `"+version+"`")
		}
	}
	wanted = append(wanted, e.catalog.Values("gpu")...)
	wanted = append(wanted, "`v25.3.0` | 8 | 20.04, 22.04, 24.04", "`v26.7.0` | 8, 9, 10 | 22.04, 24.04, 26.04", "`os=ubuntu,service=aks` | OS version `>= 22.04`")
	for _, start := range wanted {
		if !strings.Contains(text, "\n| "+start+" |") {
			t.Errorf("the compatibility page has no row %q", start)
		}
	}
	rules := rulesPage(e.renderer)
	for _, rule := range bundle.NewRenderer().Rules() {
		if !strings.Contains(rules, "\n| `"+rule.Name+"` | "+string(rule.Severity)+" |") {
			t.Errorf("the page of rules lacks %s", rule.Name)
		}
	}
	_, efa, _ := strings.Cut(rules, "\n## AWS EFA Kubernetes Device Plugin\n")
	efa, _, _ = strings.Cut(efa, "\n## ")
	if strings.Count(efa, "| `efa-") != 3 || strings.Contains(efa, "`unknown-value`") {
		t.Errorf("the rules of the EFA plugin are\n%s", efa)
	}
}

func TestRunReportsAnOutDirectoryThatIsNone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(file, "pages"), map[string]string{"a.md": "a"}); err == nil {
		t.Error("want an error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := (probe{engine: testEngine(t), component: "gpu-operator"}).render(ctx, document.Query{}, nil); ok {
		t.Error("a cancelled probe rendered something")
	}
}
