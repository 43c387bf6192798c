// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Names in a provenance that are not an overlay's.
const (
	baseName    = "base"
	requestName = "request"
)

// layer is the base or an overlay. It never changes after it is read.
type layer struct {
	name       string
	conditions []condition
	when       component.Condition // besides
	content    func() content      // always the same; decoded at the first call where the layer is embedded
}

// content is what a layer sets and demands, flattened for merging.
type content struct {
	entries []*entry // sorted by path
	demands []demand
}

func (l *layer) entries() []*entry { return l.content().entries }

func (l *layer) demands() []demand { return l.content().demands }

// get returns the value that the layer sets at a path, nil for none.
func (l *layer) get(path measurement.Path) measurement.Reading {
	if e := find(l.entries(), path); e != nil {
		return e.value
	}
	return nil
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

// newLayer returns a layer of what is decoded already.
func newLayer(name string, sets settings) *layer {
	return (&layer{name: name}).holding(sets, nil)
}

// holding gives the layer its content.
func (l *layer) holding(sets settings, demands []demand) *layer {
	c := l.with(sets, demands)
	l.content = func() content { return c }
	return l
}

// with returns the content of the layer: what it sets and demands, and what
// follows from the oldest driver that a GPU runs with.
func (l *layer) with(sets settings, demands []demand) content {
	c := content{entries: make([]*entry, len(sets)), demands: demands}
	for i := range sets {
		e := sets[i]
		e.name, e.layer = e.path.String(), l
		c.entries[i] = &e
	}
	stated := slices.ContainsFunc(demands, func(d demand) bool { return d.field == fieldDriver })
	if floor, err := sets.driverFloor(); err == nil && floor != nil && !stated { // an error was reported when they were read
		c.demands = append(c.demands, demand{field: fieldDriver, constraint: *floor})
	}
	for i := range c.demands {
		c.demands[i].layer = l
	}
	return c
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

// settings are what a layer sets, sorted by path: a nil reading removes.
type settings []entry

func byPath(a, b entry) int { return comparePaths(a.path, b.path) }

func (s *settings) decode(v document.Value) error { return s.read(v, document.NullsRemove) }

func (s *settings) read(v document.Value, nulls document.Nulls) error {
	types, err := v.Measurements(nulls)
	if err != nil {
		return err
	}
	*s = nil
	for _, m := range types {
		for _, subtype := range m.Subtypes {
			for key, value := range subtype.Data {
				path := measurement.Path{Type: m.Type, Subtype: subtype.Name, Key: key}
				*s = append(*s, entry{path: path, value: value, context: subtype.Context[key]})
			}
		}
	}
	slices.SortFunc(*s, byPath)
	if _, err := s.driverFloor(); err != nil {
		return v.Errorf("%v", err)
	}
	return nil
}

// driverFloor returns what follows from GPU/driver/minimum-version, the oldest
// driver that a GPU runs with: a layer that sets it also demands it, unless its
// constraints say something else of the driver. It is nil where it is not set.
func (s settings) driverFloor() (*version.Range, error) {
	path := measurement.Path{Type: measurement.GPU, Subtype: "driver", Key: "minimum-version"}
	i := slices.IndexFunc(s, func(e entry) bool { return e.path == path && e.value != nil })
	if i < 0 {
		return nil, nil
	}
	oldest := s[i].value.String()
	if _, err := version.Parse(oldest); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	floor, err := version.ParseRange(">= " + oldest)
	return &floor, err
}

// overlay reads {name, key, when, types, constraints}. The overlay's name is the
// stated one, or else its key, after the prefix.
func (l *loader) overlay(v document.Value, prefix string) (*layer, error) {
	fields, err := v.Fields()
	if err == nil && len(fields) == 0 {
		err = v.Errorf("the overlay is empty; give at least one of key, when, types and constraints")
	}
	if err != nil {
		return nil, err
	}
	o := v.Object(nil, []string{"name", "key", "when", "types", "constraints"})
	name := document.Get(o, "name", layerName)
	conditions := document.Get(o, "key", l.key)
	var types settings
	o.Read("types", types.decode)
	demands := document.Get(o, "constraints", readDemands)
	when := document.Get(o, "when", readWhen)
	if o.Err() != nil {
		return nil, o.Err()
	}
	overlay := &layer{name: prefix + cmp.Or(name, keyName(conditions, when)), conditions: conditions, when: when}
	return overlay.holding(types, demands), nil
}

func readWhen(v document.Value) (when component.Condition, err error) {
	if v.IsNull() {
		return nil, v.Errorf("got null, want conditions; leave the field out where there are none")
	}
	if err := decoded(v, &when); err != nil {
		return nil, err
	}
	if err := readable(when, component.RequestField, component.RecipeKey, component.Snapshot); err != nil {
		return nil, v.Errorf("%v", err)
	}
	return when, nil
}

// layerName reads a name that can stand in a list of names.
func layerName(v document.Value) (string, error) {
	const longest = 64
	text, err := v.Text()
	if err == nil && (len(text) > longest || !words.Of(text, words.Letters+words.Digits+"-_./ ") || strings.TrimSpace(text) != text) {
		err = v.Errorf("got %s, want a name of at most %d letters, digits, blanks and the characters -_./", words.Quote(text), longest)
	}
	return text, err
}

func readDemands(v document.Value) ([]demand, error) {
	o := v.Object(nil, demandFields())
	var demands []demand
	for _, name := range demandFields() {
		o.Read(name, func(v document.Value) error {
			text, err := v.Text()
			if err != nil {
				return err
			}
			constraint, err := version.ParseRange(text)
			if err != nil {
				return v.Errorf("%v", err)
			}
			demands = append(demands, demand{field: name, constraint: constraint})
			return nil
		})
	}
	return demands, o.Err()
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

// bySpecificity sorts layers and keeps the given order among equals.
func bySpecificity(layers []*layer) {
	slices.SortStableFunc(layers, func(a, b *layer) int { return cmp.Compare(a.specificity(), b.specificity()) })
}

// specificity is the number of stated fields and of further conditions.
func (l *layer) specificity() int {
	n := len(l.conditions)
	if len(l.when) > 0 {
		n += len(l.when[0])
	}
	return n
}

// subtypesSet returns the subtypes of K8s in which the layer sets a key, sorted.
func subtypesSet(l *layer) []string {
	var names []string
	for _, e := range l.entries() { // sorted by path
		if e.path.Type == measurement.K8s && e.value != nil && !slices.Contains(names, e.path.Subtype) {
			names = append(names, e.path.Subtype)
		}
	}
	return names
}
