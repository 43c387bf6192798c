// SPDX-License-Identifier: Apache-2.0

package admission_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/combination"
)

// release is one of a component's chart, by the name of the component.
type release struct{ component, version string }

// manifests are distinct texts, of each the least of the points that have it and
// its path there.
type manifests map[string]string

// collection holds the manifests of combinations.
type collection struct {
	mu     sync.Mutex
	points int // rendered
	of     map[release]manifests
}

// collect renders all combinations.
func collect(t *testing.T) *collection {
	t.Helper()
	pipeline, err := combination.New()
	if err != nil {
		t.Fatal(err)
	}
	c := &collection{of: map[release]manifests{}}
	err = pipeline.RunAll(t.Context(), pipeline.Points(), func(o combination.Outcome) error {
		if o.Bundle != nil {
			c.add(o.Point, o.Bundle.Components)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *collection) add(point combination.Point, components []bundle.Component) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.points++
	for _, component := range components {
		r := release{component.Name, component.Version}
		if c.of[r] == nil {
			c.of[r] = manifests{}
		}
		for _, texts := range []map[string]string{component.Manifests, component.ChartManifests} {
			for path, text := range texts {
				where := point.String() + ": " + component.Name + "/" + path
				if known, ok := c.of[r][text]; !ok || where < known {
					c.of[r][text] = where
				}
			}
		}
	}
}

// kinds counts the distinct manifests of each kind.
func (c *collection) kinds(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, of := range c.of {
		for text, where := range of {
			var object metav1.TypeMeta
			if err := yaml.Unmarshal([]byte(text), &object); err != nil {
				t.Fatalf("%s: %v", where, err)
			}
			counts[object.Kind]++
		}
	}
	return counts
}

// rounds divides the releases so that no round has two of one chart, which
// define the same kinds differently.
func (c *collection) rounds() [][]release {
	releases := slices.SortedFunc(maps.Keys(c.of), func(a, b release) int {
		return strings.Compare(a.component+" "+a.version, b.component+" "+b.version)
	})
	var rounds [][]release
	seen := map[string]int{}
	for _, r := range releases {
		i := seen[r.component]
		seen[r.component]++
		if i == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[i] = append(rounds[i], r)
	}
	return rounds
}
