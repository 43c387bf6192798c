// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Names in a provenance that are no overlay's.
const (
	baseName    = "base"
	requestName = "request"
)

// layer is the base or an overlay, flattened for merging. It never changes
// after it is read.
type layer struct {
	name       string
	conditions []condition
	entries    []*entry // sorted by path
	demands    []demand
}

// entry is one key that a layer sets, or removes when the value is nil.
type entry struct {
	path    measurement.Path
	name    string // path as text
	value   measurement.Reading
	context string
	layer   *layer
}

// demand is a version constraint of a layer.
type demand struct {
	field      string // a version field of the query, or "driver"
	constraint version.Range
	layer      *layer
}

func demandFields() []string { return []string{"osv", "kernel", "k8s", fieldDriver} }

func newLayer(name string, conditions []condition, types measurement.List) *layer {
	l := &layer{name: name, conditions: conditions}
	for _, m := range types {
		for _, s := range m.Subtypes {
			for key, value := range s.Data {
				path := measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}
				l.entries = append(l.entries, &entry{path: path, name: path.String(), value: value, context: s.Context[key], layer: l})
			}
		}
	}
	slices.SortFunc(l.entries, func(a, b *entry) int { return comparePaths(a.path, b.path) })
	return l
}

func comparePaths(a, b measurement.Path) int {
	if c := strings.Compare(string(a.Type), string(b.Type)); c != 0 {
		return c
	}
	if c := strings.Compare(a.Subtype, b.Subtype); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

// decodeOverlay reads {key, types, constraints}. The overlay's name is its key
// after the prefix.
func decodeOverlay(v document.Value, prefix string) (*layer, error) {
	fields, err := v.Object("key", "types", "constraints")
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, v.Errorf("the overlay is empty; give at least one of key, types and constraints")
	}
	var conditions []condition
	if key, ok := fields["key"]; ok {
		if conditions, err = decodeKey(key); err != nil {
			return nil, err
		}
	}
	var types measurement.List
	if field, ok := fields["types"]; ok {
		if types, err = field.Measurements(document.NullsRemove); err != nil {
			return nil, err
		}
	}
	l := newLayer(prefix+keyName(conditions), conditions, types)
	if field, ok := fields["constraints"]; ok {
		err = l.decodeDemands(field)
	}
	return l, err
}

func (l *layer) decodeDemands(v document.Value) error {
	fields, err := v.Object(demandFields()...)
	if err != nil {
		return err
	}
	for _, name := range demandFields() {
		field, ok := fields[name]
		if !ok {
			continue
		}
		text, err := field.Text()
		if err != nil {
			return err
		}
		c, err := version.ParseRange(text)
		if err != nil {
			return field.Errorf("%v", err)
		}
		l.demands = append(l.demands, demand{field: name, constraint: c, layer: l})
	}
	return nil
}

// mismatch returns the first condition that the query does not satisfy, or nil
// when the layer applies.
func (l *layer) mismatch(s *subject) *condition {
	for i := range l.conditions {
		if !s.satisfies(&l.conditions[i]) {
			return &l.conditions[i]
		}
	}
	return nil
}

// states reports whether the layer's key states an enumerated field's value.
func (l *layer) states(field, value string) bool {
	return slices.ContainsFunc(l.conditions, func(c condition) bool { return c.field == field && c.value == value })
}

// bySpecificity sorts layers by the number of stated fields and keeps the given
// order among equals.
func bySpecificity(layers []*layer) {
	slices.SortStableFunc(layers, func(a, b *layer) int { return cmp.Compare(len(a.conditions), len(b.conditions)) })
}

// subtypesSet returns the subtypes of K8s in which the layer sets a key, sorted.
func subtypesSet(l *layer) []string {
	var names []string
	for _, e := range l.entries { // sorted by path
		if e.path.Type == measurement.K8s && e.value != nil && !slices.Contains(names, e.path.Subtype) {
			names = append(names, e.path.Subtype)
		}
	}
	return names
}

// knownSubtypes returns the subtypes of K8s that bundles read or a catalogue's
// own layers set, sorted.
func knownSubtypes(layers []*layer) []string {
	known := []string{"config", "image", "network-config", "node", "server"}
	for _, l := range layers {
		known = append(known, subtypesSet(l)...)
	}
	slices.Sort(known)
	return slices.Compact(known)
}
