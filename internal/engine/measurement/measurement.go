// SPDX-License-Identifier: Apache-2.0

// Package measurement is the data model that every stage of the pipeline
// speaks: a measurement has a type, a type has subtypes, a subtype has keys,
// and a key has one scalar reading and, optionally, a context: the text that
// explains the value.
package measurement

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Type is the first level of the model.
type Type string

// The types, in the order in which documents list them.
const (
	K8s     Type = "K8s"
	GPU     Type = "GPU"
	OS      Type = "OS"
	SystemD Type = "SystemD"
)

// Types returns the valid types in canonical order.
func Types() []Type { return []Type{K8s, GPU, OS, SystemD} }

//nolint:gochecknoglobals // compiled once, on first use
var boundless = words.Pattern(`USec|^(Default)?(Limit|Memory(Low|Min|High|Max|SwapMax|ZSwapMax|Limit))|TasksMax$`)

// Normal returns the reading of a key as documents write it: the largest number of
// systemd is infinity where `systemctl show` says so, in times and limits (function
// bus_print_property of its shared/bus-print-properties.c).
func (t Type) Normal(key string, r Reading) Reading {
	if t == SystemD && r == unsigned(math.MaxUint64) && boundless().MatchString(key) {
		return Str("infinity")
	}
	return r
}

// Measurement is everything known of one type.
type Measurement struct {
	Type     Type
	Subtypes []Subtype
}

// Subtype is a named group of keys, such as K8s/image. Context holds texts for
// some or all keys of Data and may be nil.
type Subtype struct {
	Name    string
	Data    map[string]Reading
	Context map[string]string
}

// Path names one reading.
type Path struct {
	Type    Type
	Subtype string
	Key     string
}

// String returns "Type/subtype/key". Keys may themselves contain slashes.
func (p Path) String() string { return string(p.Type) + "/" + p.Subtype + "/" + p.Key }

// ParsePath takes "Type/subtype/key" apart. What is missing is "".
func ParsePath(text string) Path {
	t, rest, _ := strings.Cut(text, "/")
	subtype, key, _ := strings.Cut(rest, "/")
	return Path{Type: Type(t), Subtype: subtype, Key: key}
}

// List is a whole set of measurements. In a valid list every type, and within
// a type every subtype, occurs once.
type List []Measurement

// Subtype returns the subtype of that type and name, or nil.
func (l List) Subtype(t Type, name string) *Subtype {
	for i := range l {
		if l[i].Type != t {
			continue
		}
		for j := range l[i].Subtypes {
			if l[i].Subtypes[j].Name == name {
				return &l[i].Subtypes[j]
			}
		}
	}
	return nil
}

// Get returns the reading at a path, or nil when there is none.
func (l List) Get(t Type, subtype, key string) Reading {
	if s := l.Subtype(t, subtype); s != nil {
		return s.Data[key]
	}
	return nil
}

// With returns the list with a reading at a path. It may change l.
func (l List) With(p Path, r Reading) List {
	if s := l.Subtype(p.Type, p.Subtype); s != nil {
		s.Data[p.Key] = r
		return l
	}
	s := Subtype{Name: p.Subtype, Data: map[string]Reading{p.Key: r}}
	for i := range l {
		if l[i].Type == p.Type {
			l[i].Subtypes = append(l[i].Subtypes, s)
			return l
		}
	}
	return append(l, Measurement{Type: p.Type, Subtypes: []Subtype{s}})
}

// Text returns the reading at a path as text, or "" when there is none.
func (l List) Text(t Type, subtype, key string) string {
	if r := l.Get(t, subtype, key); r != nil {
		return r.String()
	}
	return ""
}

// All yields every reading, in no order.
func (l List) All() iter.Seq2[Path, Reading] {
	return func(yield func(Path, Reading) bool) {
		for _, m := range l {
			for _, s := range m.Subtypes {
				for key, reading := range s.Data {
					if !yield(Path{Type: m.Type, Subtype: s.Name, Key: key}, reading) {
						return
					}
				}
			}
		}
	}
}

// Sorted returns a copy with the types in canonical order and the subtypes in
// the order of their names. The data maps are shared with l.
func (l List) Sorted() List {
	types := Types()
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Measurement) int {
		return cmp.Compare(slices.Index(types, a.Type), slices.Index(types, b.Type))
	})
	for i := range sorted {
		sorted[i].Subtypes = slices.Clone(sorted[i].Subtypes)
		slices.SortStableFunc(sorted[i].Subtypes, func(a, b Subtype) int { return cmp.Compare(a.Name, b.Name) })
	}
	return sorted
}
