// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// TestUpgradesKeepObjects: a chart that was renamed goes on with the objects that it
// had, so that Helm replaces pods and none runs next to its successor. The files hold
// what Helm made of the real charts with the values that decide about names; those are
// still the values of a bundle.
func TestUpgradesKeepObjects(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/objects/*.yaml")
	if err != nil || files == nil {
		t.Fatalf("no files: %v", err)
	}
	facts := component.Facts()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		want := readObjects(t, file)
		var first string
		for _, r := range releasesOf(t, name) {
			rendered, known := want.Rendered[r.Version]
			if !known {
				continue
			}
			b := render(t, newScenario(t, func(s *scenario) { s.dra("{}").set(image(name), r.Version) }).Request)
			c := componentOf(t, b, name)
			if c.ReleaseName != want.Release || c.Namespace != want.Namespace {
				t.Errorf("%s %s: release %s in %s, the objects were made for %s in %s", name, r.Version, c.ReleaseName, c.Namespace, want.Release, want.Namespace)
			}
			release, err := facts.Release(name, r.Version)
			if err != nil {
				t.Fatal(err)
			}
			for path, made := range rendered.Values {
				value, set := tree.Lookup(values(t, b, name), path)
				if !set {
					value, _ = release.Default(path)
				}
				if diff := cmp.Diff(made, value); diff != "" {
					t.Errorf("%s %s: %s is another than the objects were made with; render the chart again (-made +now):\n%s", name, r.Version, path, diff)
				}
			}
			if first == "" {
				first = r.Version
			}
			if diff := cmp.Diff(want.Rendered[first].Objects, rendered.Objects); diff != "" || rendered.Objects == nil {
				t.Errorf("%s from %s to %s: objects (-before +after):\n%s", name, first, r.Version, diff)
			}
		}
	}
}

// objects is a file of testdata/objects.
type objects struct {
	Release, Namespace string
	Rendered           map[string]struct {
		Values  map[string]any
		Objects []string
	}
}

func readObjects(t *testing.T, file string) objects {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read objects
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func releasesOf(t *testing.T, name string) []component.Release {
	t.Helper()
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	e, known := set.Entry(name)
	if !known {
		t.Fatalf("there is no component %s", name)
	}
	return e.Releases
}
