// SPDX-License-Identifier: Apache-2.0

package form

import (
	"cmp"
	"maps"
	"slices"
)

// namespaces is the name of the step that makes them, before all others: no component's,
// and not somebody else's in a namespace of Argo CD or Flux that several stacks share.
const namespaces = "eidos-namespaces"

// step is what is installed at once: a chart, or objects.
type step struct {
	name    string
	of      Component // none for namespaces
	chart   bool
	objects []Object
	// waits says that the objects may have a definition that nothing but a running
	// component installs.
	waits bool
	wave  int      // above those of all needs
	needs []string // steps to finish first, sorted
}

// steps are those of a bundle, each after its needs. Namespaces come first, of which
// components may share one.
func steps(b Bundle) []step {
	all := namespaceStep(b)
	last := map[string]string{} // by component, the step after which it is there
	for _, c := range inOrder(b.Components) {
		var needs []string
		if len(all) > 0 && all[0].name == namespaces {
			needs = append(needs, namespaces)
		}
		for _, name := range c.Requires {
			needs = append(needs, last[name])
		}
		for _, s := range c.steps() {
			s.of, s.needs = c, slices.Sorted(slices.Values(needs))
			all, needs = append(all, s), []string{s.name}
			last[c.Name] = s.name
		}
	}
	return all
}

func inOrder(components []Component) []Component {
	return slices.SortedFunc(slices.Values(components), func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Wave, b.Wave), cmp.Compare(a.Name, b.Name))
	})
}

// namespaceStep is the step of the namespaces of all components, none where the
// cluster has them all.
func namespaceStep(b Bundle) []step {
	objects := map[string]Object{}
	for _, c := range b.Components {
		for _, o := range c.Before {
			if isNamespace(o) {
				objects[c.Namespace] = Object{Name: c.Namespace, Tree: o.Tree}
			}
		}
	}
	if len(objects) == 0 {
		return nil
	}
	var sorted []Object
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		sorted = append(sorted, objects[name])
	}
	return []step{{name: namespaces, objects: sorted}}
}

func isNamespace(o Object) bool { return o.Tree["kind"] == "Namespace" }

// steps are those of a component, in order, without what they need. A component that
// is objects alone has its own name for them.
func (c Component) steps() []step {
	const waves = 10 // of steps, to a wave of components; the first is for what belongs to no component
	first := waves * (c.Wave + 1)
	before := step{name: c.Name + "-before", objects: slices.DeleteFunc(slices.Clone(c.Before), isNamespace), wave: first}
	chart := step{name: c.Name, chart: true, wave: first + 1}
	if c.Chart == "" {
		before.name, chart.chart = c.Name, false
	}
	after := step{name: c.Name + "-after", objects: c.After, waits: true, wave: first + 2}
	late := step{name: c.Name + "-late", objects: c.Late, waits: true, wave: first + 3}
	return slices.DeleteFunc([]step{before, chart, after, late}, func(s step) bool { return !s.chart && len(s.objects) == 0 })
}

// reports is whether the step ends with the object by which its component says that
// it is up: one of its objects, or else one that the chart makes.
func (s step) reports() bool {
	ready := s.of.Ready
	if ready == nil {
		return false
	}
	is := func(o Object) bool { return o.Tree["kind"] == ready.Kind && o.Tree["apiVersion"] == ready.APIVersion }
	if s.chart {
		return !slices.ContainsFunc(slices.Concat(s.of.Before, s.of.After, s.of.Late), is)
	}
	return slices.ContainsFunc(s.objects, is)
}
