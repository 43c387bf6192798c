// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

func names(components []bundle.Component) []string {
	var list []string
	for _, c := range components {
		list = append(list, c.Name)
	}
	return list
}

func TestDefaultBundlers(t *testing.T) {
	t.Parallel()
	both, one := []string{"gpu-operator", "network-operator"}, []string{"gpu-operator"}
	withEFA, withDRA := []string{"aws-efa-k8s-device-plugin", "gpu-operator"}, []string{"gpu-operator", "nvidia-dra-driver-gpu"}
	for name, tt := range map[string]struct {
		change func(*scenario)
		want   []string
	}{
		"self-managed":    {func(*scenario) {}, both},
		"aks":             {func(s *scenario) { s.on("aks", "ubuntu", "h100").set(network("fabric"), "infiniband") }, both},
		"oke":             {func(s *scenario) { s.on("oke", "ubuntu", "h100") }, both},
		"no rdma":         {func(s *scenario) { s.set(config("rdma"), false) }, one},
		"no known NIC":    {func(s *scenario) { s.set(network("fabric"), nil) }, both},
		"no fabric":       {func(s *scenario) { s.set(network("fabric"), "none") }, one},
		"eks":             {func(s *scenario) { s.efa("v0.5.30", "h100") }, withEFA},
		"eks without EFA": {func(s *scenario) { s.efa("v0.5.30", "l40s").set(network("fabric"), "none") }, one},
		"gke":             {func(s *scenario) { s.onProvidersFabric("gke", "gpudirect") }, one},
		"compute domains": {func(s *scenario) { s.dra("{}").set(config("rdma"), false).Bundlers = nil }, withDRA},
		"no service":      {func(s *scenario) { s.on("", "ubuntu", "h100") }, one},
		"named":           {func(s *scenario) { s.Bundlers = []string{"network-operator", "network-operator"} }, []string{"network-operator"}},
		"both named, unordered": {func(s *scenario) {
			s.on("", "ubuntu", "h100")
			s.Bundlers = []string{"network-operator", "gpu-operator"}
		}, both},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, names(render(t, newScenario(t, tt.change).Request).Components)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNeededComponentWithoutRelease: what the platform needs never disappears.
func TestNeededComponentWithoutRelease(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.set(image("network-operator"), nil) })
	_, err := renderer().Render(t.Context(), s.Request)
	if err == nil || !strings.Contains(err.Error(), "recipe: K8s/image/network-operator is missing") {
		t.Errorf("got %v, want an error about the missing release", err)
	}
	s.Bundlers = []string{"gpu-operator"}
	if got := names(render(t, s.Request).Components); !slices.Equal(got, s.Bundlers) {
		t.Errorf("got %v, want what is named", got)
	}
}

func TestOutlineAgreesWithRender(t *testing.T) {
	t.Parallel()
	r := renderer()
	for _, chosen := range [][]string{{"gpu-operator"}, {"network-operator"}, {"network-operator", "gpu-operator"}} {
		namespaces := map[string]string{chosen[0]: "elsewhere"}
		for _, line := range releaseLines() {
			stated := map[string]string{"gpu-operator": strings.TrimPrefix(line.gpuOperator, "v"), "network-operator": "v" + line.networkOperator}
			outline, err := r.Outline(t.Context(), bundle.Request{Bundlers: chosen, Namespaces: namespaces, Releases: stated})
			if err != nil {
				t.Fatal(err)
			}
			s := newScenario(t, func(s *scenario) { s.line(line.gpuOperator, line.networkOperator, line.kubernetes) })
			s.Bundlers, s.Namespaces, s.Releases = chosen, namespaces, map[string]string{chosen[0]: stated[chosen[0]]}
			b, err := r.Render(t.Context(), s.Request)
			if err != nil {
				t.Fatal(err)
			}
			var known []bundle.Component
			for _, c := range b.Components {
				known = append(known, bundle.Component{
					Name: c.Name, Chart: c.Chart, Repository: c.Repository, Version: c.Version, Namespace: c.Namespace, ReleaseName: c.ReleaseName,
					Requires: c.Requires, Wave: c.Wave, Unknown: bundle.Unknown{Values: true, Manifests: true, Definitions: true, Prerequisites: true},
				})
			}
			if diff := cmp.Diff(outline, known); diff != "" {
				t.Errorf("%v %s (-outline +render):\n%s", chosen, line.gpuOperator, diff)
			}
		}
	}
}

// TestReleaseThatMayDiffer: where the rule is ignored, an outline does not know what
// the recipe is going to say.
func TestReleaseThatMayDiffer(t *testing.T) {
	t.Parallel()
	req := bundle.Request{Bundlers: []string{"gpu-operator"}, Releases: map[string]string{"gpu-operator": "v26.7.0"}}
	for _, change := range []func(*bundle.Request){
		func(r *bundle.Request) { r.IgnoreFindings = []string{"release-not-as-stated"} },
		func(r *bundle.Request) { r.Pending.IgnoreFindings = true },
	} {
		doubtful := req
		change(&doubtful)
		if outline, err := renderer().Outline(t.Context(), doubtful); err != nil || outline[0].Version != "" {
			t.Errorf("got %v and %v, want no version", outline, err)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	r := renderer()
	known := "; known are " + strings.Join(r.Bundlers(), ", ") + `; did you mean "gpu-operator"?`
	one := func(component, text string) map[string]string { return map[string]string{component: text} }
	for want, req := range map[string]bundle.Request{
		`bundlers: unknown component "gpu-operater"` + known:                      {Bundlers: []string{"gpu-operater"}},
		`namespaces["gpu-operator"]: got "A", want a namespace`:                   {Namespaces: one("gpu-operator", "A")},
		`namespaces["gpu-operater"]: unknown component "gpu-operater"` + known:    {Namespaces: one("gpu-operater", "a")},
		`releases["gpu-operater"]: unknown component "gpu-operater"` + known:      {Releases: one("gpu-operater", "v26.7.0")},
		`releases["gpu-operator"]: got "v26.7", want one release, such as`:        {Releases: one("gpu-operator", "v26.7")},
		`releases["gpu-operator"]: got "", want one release, such as`:             {Releases: one("gpu-operator", "")},
		`overrides["gpu-operater"]: unknown component "gpu-operater"` + known:     {Overrides: one("gpu-operater", "a: 1")},
		`overrides["gpu-operator"]: line 1, column 1: got a list, want a mapping`: {Overrides: one("gpu-operator", "[]")},
	} {
		if err := r.Validate(t.Context(), req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := r.Outline(t.Context(), req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("an outline: got %v, want %s", err, want)
		}
	}
}

func TestReasonsAreCommentsOnly(t *testing.T) {
	t.Parallel()
	recipe := fixture(t, "self-managed-h100-rdma")
	plain, other := render(t, bundle.Request{Recipe: recipe}), render(t, bundle.Request{
		Recipe: withContext(t, recipe, config("gds"), "another reason"),
	})
	for i, c := range plain.Components {
		if diff := cmp.Diff(c, other.Components[i]); diff != "" {
			t.Errorf("a reworded reason changed the component (-before +after):\n%s", diff)
		}
	}
	if plain.SHA256 == other.SHA256 {
		t.Error("the bundle's hash does not cover the comments of its files")
	}
	for _, path := range []string{"gpu-operator/values.yaml", "gpu-operator/README.md"} {
		if !strings.Contains(contents(other)[path], "another reason") {
			t.Errorf("%s does not give the reason", path)
		}
	}
	for i := range recipe.Measurements[0].Subtypes {
		recipe.Measurements[0].Subtypes[i].Context = nil
	}
	for line := range strings.Lines(contents(render(t, bundle.Request{Recipe: recipe}))["gpu-operator/README.md"]) {
		if strings.HasPrefix(line, "| driver.") && strings.Contains(line, "|  |") {
			t.Errorf("a recipe without context leaves no reason: %s", line)
		}
	}
}

func TestChecksums(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma")})
	files := contents(b)
	for _, c := range b.Components {
		var want []string
		for _, f := range b.Files {
			if rel, ok := strings.CutPrefix(f.Path, c.Name+"/"); ok && rel != "checksums.txt" {
				want = append(want, fmt.Sprintf("%x  %s\n", sha256.Sum256(f.Content), rel))
			}
		}
		if diff := cmp.Diff(strings.Join(want, ""), files[c.Name+"/checksums.txt"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Name, diff)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(c.Values))); got != c.ValuesSHA256 {
			t.Errorf("%s: ValuesSHA256 is %s, want %s", c.Name, c.ValuesSHA256, got)
		}
	}
	if !slices.IsSortedFunc(b.Files, func(a, b outdir.File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the files are not sorted")
	}
	for _, f := range b.Files {
		if want := path.Ext(f.Path) == ".sh"; f.Executable != want {
			t.Errorf("%s: executable %v, want %v", f.Path, f.Executable, want)
		}
	}
}

func TestRenderIsDeterministicAndConcurrent(t *testing.T) {
	t.Parallel()
	r := renderer()
	want := map[string]*bundle.Bundle{}
	for _, name := range fixtures() {
		want[name] = render(t, bundle.Request{Recipe: fixture(t, name)})
	}
	var wg sync.WaitGroup
	for range 8 {
		for _, name := range fixtures() {
			wg.Go(func() {
				got, err := r.Render(context.Background(), bundle.Request{Recipe: fixture(t, name)})
				if err != nil {
					t.Error(err)
					return
				}
				if got.SHA256 != want[name].SHA256 {
					t.Errorf("%s: the files differ", name)
				}
				if diff := cmp.Diff(want[name].Components, got.Components); diff != "" {
					t.Errorf("%s (-first +later):\n%s", name, diff)
				}
				if diff := cmp.Diff(want[name].Findings, got.Findings); diff != "" {
					t.Errorf("%s (-first +later):\n%s", name, diff)
				}
			})
		}
	}
	wg.Wait()
}

// TestOverridesEndWithTheirContext: the end of a context is not a mistake of an override.
func TestOverridesEndWithTheirContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	for name, req := range map[string]bundle.Request{
		"overrides":        {Overrides: map[string]string{"gpu-operator": "nfd: {enabled: false}"}},
		"object overrides": {ObjectOverrides: map[string]string{"network-operator/nicclusterpolicy": "spec: {}"}},
	} {
		if err := renderer().Validate(ctx, req); err == nil || err.Error() != "enough" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	before := []bundle.Installed{{Name: "gpu-operator", Version: "v26.3.3", Values: "{}"}}
	if _, err := renderer().Change(ctx, before, nil, bundle.Request{}); err == nil || err.Error() != "enough" {
		t.Errorf("installed values: got %v", err)
	}
}

func TestRenderStopsWhenCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b, err := renderer().Render(ctx, bundle.Request{Recipe: fixture(t, "aks-h100-training")}); b != nil || err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got %v, %v", b, err)
	}
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	for namespace, want := range map[string][]string{
		"kube-system": {}, // the cluster's own: neither labeled nor limited
		"gpus":        {"manifests/namespace.yaml", "manifests/resourcequota.yaml"},
	} {
		req := bundle.Request{Recipe: fixture(t, "gke-h100-inference"), Namespaces: map[string]string{"gpu-operator": namespace}}
		c := componentOf(t, render(t, req), "gpu-operator")
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(c.Manifests)), cmpopts.EquateEmpty()); diff != "" || c.Namespace != namespace {
			t.Errorf("namespace %s, want %s; manifests (-want +got):\n%s", c.Namespace, namespace, diff)
		}
		if got := c.Manifests["manifests/resourcequota.yaml"]; len(want) > 0 && !strings.Contains(got, "namespace: "+namespace) {
			t.Errorf("quota:\n%s", got)
		}
	}
}

// TestApplyOrder: every manifest has one, what needs a definition of the chart
// comes after it, and what needs one of the operator last.
func TestApplyOrder(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures() {
		for _, c := range render(t, bundle.Request{Recipe: fixture(t, name)}).Components {
			for path, text := range c.Manifests {
				want := bundle.AfterChart
				switch decode(t, text)["kind"] {
				case "Namespace", "ConfigMap", "ResourceQuota", "DaemonSet":
					want = bundle.BeforeChart
				case "IPPool":
					want = bundle.AfterReady
				}
				if c.ApplyOrder[path] != want {
					t.Errorf("%s %s: got %q, want %q", name, path, c.ApplyOrder[path], want)
				}
			}
			if len(c.ApplyOrder) != len(c.Manifests) {
				t.Errorf("%s %s: %d orders for %d manifests", name, c.Name, len(c.ApplyOrder), len(c.Manifests))
			}
		}
	}
}

func TestEmptyRecipe(t *testing.T) {
	t.Parallel()
	_, err := renderer().Render(t.Context(), bundle.Request{Recipe: document.Recipe{Measurements: measurement.List{}}})
	want := `recipe: K8s/image/gpu-operator is missing: it is the release of gpu-operator, such as "v26.7.0"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestLargeBundlesAreRefused has one file many times: a bundle that is too large
// would take minutes to render.
func TestLargeBundlesAreRefused(t *testing.T) {
	t.Parallel()
	files := slices.Repeat([]outdir.File{{Content: make([]byte, 1<<20)}}, 65)
	if err := bundle.CheckSize("gpu-operator", files[:64]); err != nil {
		t.Errorf("64 MiB: %v", err)
	}
	if err := bundle.CheckFormSize("flux", files[:64]); err != nil {
		t.Errorf("64 MiB: %v", err)
	}
	if err := bundle.CheckFormSize("flux", files); err == nil || !strings.Contains(err.Error(), "formats: the files of the bundle have 65 MiB with those of flux") {
		t.Errorf("65 MiB: %v", err)
	}
	err := bundle.CheckSize("gpu-operator", files)
	want := `overrides["gpu-operator"]: the files of the bundle have 65 MiB with those of this component; the limit is 64 MiB: give shorter values`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
